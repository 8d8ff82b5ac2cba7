"""Processes that begin as copies of one that has imported all that a server needs.

A server takes four seconds of a processor to import what it and its pages run, a copy none.
"""

from __future__ import annotations

import ast
import multiprocessing
from collections.abc import Iterator

from core.settings import ROOT


def _imported_by_the_app() -> Iterator[str]:
    for node in ast.parse((ROOT / "app.py").read_text()).body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module.startswith(("core", "pages")):  # a module of a package, or else a name
                yield from (f"{node.module}.{name.name}" for name in node.names)


def _drawn_by_pages() -> Iterator[str]:
    """What a page imports when it is drawn for the first time."""
    for path in sorted((ROOT / "pages" / "ui").rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "pytest",
        "streamlit.web.cli",
        "streamlit.web.bootstrap",
        "streamlit.web.server.app_discovery",
        "streamlit.web.server.starlette.starlette_agent_routes",
        "starlette.middleware.sessions",
        "uvicorn.protocols.websockets.websockets_sansio_impl",
        "anyio._backends._asyncio",
        "altair",
        *_imported_by_the_app(),
        *_drawn_by_pages(),
        "core.emulator.api.server",
        "core.emulator.kie.server",
        "tests.chaos.servers",
        "tests.chaos.killed.resends",
        "core.api.application",
        "av",
        "PIL.JpegImagePlugin",
    ]
)
