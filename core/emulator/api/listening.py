"""Listens on 127.0.0.1, and answers in a thread as an emulator has to: at once, or not at all."""

from __future__ import annotations

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.emulator.state.records import Folder
from core.emulator.state.renders import Renders

TRANSPORT = "emulator.transport"
"""The connection of a call, in its scope."""


class ListeningEmulator(ABC):
    """A provider on 127.0.0.1. Start it, use `url` as the base URL, stop it; or use it as a
    context."""

    url: str

    def __init__(
        self, port: int, folder: Path | None, samples: Sequence[Path], shared_clips: bool
    ) -> None:
        self._port = port
        self._where = folder
        self._samples = tuple(samples)
        self._shared_clips = shared_clips
        self._thread: threading.Thread | None = None

    @abstractmethod
    def _application(self) -> ASGIApp: ...

    def start(self) -> Self:
        self._folder = Folder(self._where)
        try:
            self._socket = _listen(self._port)
        except OSError:
            self._folder.close()
            raise
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._renders = Renders(self._folder, self._samples, shared=self._shared_clips)
        self._server = _web_server(self._application())
        # The socket is already listening: a call that comes before the thread is up just waits.
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="emulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._thread is None:
            return
        self._server.should_exit = self._server.force_exit = True
        self._renders.stop()
        self._thread.join()
        self._thread = None
        self._socket.close()
        self._folder.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


async def nobody_listens(_request: Request, _error: Exception) -> Response:
    """Whoever called was killed in the middle of it: no answer reaches them."""
    return Response(status_code=499)


def _listen(port: int) -> socket.socket:
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


def _web_server(app: ASGIApp) -> uvicorn.Server:
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
