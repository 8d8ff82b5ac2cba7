"""Listens on 127.0.0.1, and answers in a thread as an emulator has to: at once, or not at all."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "emulator.transport"
"""The connection of a call, in its scope."""


def listen(port: int) -> socket.socket:
    """A listening socket.

    Without TCP named as its protocol, asyncio leaves Nagle on, and an answer takes 40 ms.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class _Connection(H11Protocol):
    """A connection that gives the app its transport, to break on purpose."""

    def shutdown(self) -> None:
        """Hang up at once. From Python 3.12 on the server would wait for every caller."""
        super().shutdown()
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False
        app = self.app

        async def reachable(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, TRANSPORT: transport}, receive, send)

        self.app = reachable


def web_server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Connection,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,  # the process may also run Streamlit, and decides about logging
            # The default is five seconds, just when the next poll reuses the connection.
            timeout_keep_alive=75,
            proxy_headers=False,
            server_header=False,
        )
    )
