"""Tells agents of expected failures in our words."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from core.api.problems import Refused
from core.errors import DailiesError


def in_words(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool, whose expected failures are told in our words."""

    @functools.wraps(tool)
    async def told_async(*args: Any, **named: Any) -> Any:
        try:
            return await tool(*args, **named)
        except (DailiesError, Refused) as error:
            raise ToolError(_said(error)) from error

    @functools.wraps(tool)
    def told(*args: Any, **named: Any) -> Any:
        try:
            return tool(*args, **named)
        except (DailiesError, Refused) as error:
            raise ToolError(_said(error)) from error

    return told_async if inspect.iscoroutinefunction(tool) else told


def _said(error: DailiesError | Refused) -> str:
    if isinstance(error, Refused):
        return error.detail
    return f"{error.message} {error.hint}".strip()
