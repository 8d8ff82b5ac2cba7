"""The tools over streamable HTTP: each call stands alone, with its own token and no session."""

from __future__ import annotations

import asyncio

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from core.mcp.tools import Tools

JUDGED_BEFORE = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""Under which names and from which pages it may be called, the guard before everything decides: by
itself this would answer under the names of this machine alone."""


def build() -> Application:
    return Application()


class Application:
    """It is opened by its first call, in the loop that serves, and ends with that."""

    def __init__(self) -> None:
        server = Tools().server()
        server.streamable_http_app(
            stateless_http=True, json_response=True, transport_security=JUDGED_BEFORE
        )
        self._manager: StreamableHTTPSessionManager = server.session_manager
        self._opening = asyncio.Lock()
        self._open: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opening:
            if self._open is None:
                opened = asyncio.Event()
                self._open = asyncio.create_task(self._hold(opened))
                await opened.wait()
        await self._manager.handle_request(scope, receive, send)

    async def _hold(self, opened: asyncio.Event) -> None:
        async with self._manager.run():
            opened.set()
            await asyncio.Event().wait()
