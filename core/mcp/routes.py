"""Where agents come in over HTTP. Known at the start, loaded by the first of them."""

from __future__ import annotations

from collections.abc import Collection

from starlette.routing import BaseRoute, Route

from core.api.admission import Admission
from core.api.routes import Lazily, below, refuse_briefly, shared


def routes(base: str, origins: Collection[str]) -> list[BaseRoute]:
    agents = Admission(Lazily("core.mcp.application"), refuse_briefly)
    return [Route(f"{below(base)}/mcp", shared(agents, origins))]


def places(base: str) -> tuple[str, ...]:
    """Under which agents call."""
    return (f"{below(base)}/mcp",)


def largest(base: str) -> dict[str, int]:
    """How many bytes a call may bring, by the start of its path."""
    return {f"{below(base)}/mcp": 4 * 1024**2}
