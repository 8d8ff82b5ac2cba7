"""The emulator of KIE as an object: a web server in a thread, for demo, tests and command line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.emulator.api.listening import listen, web_server
from core.emulator.kie.account import Account, Rules
from core.emulator.kie.answers import Refusal, refused
from core.emulator.kie.endpoints import Kie
from core.emulator.state.conditions import utc_now
from core.emulator.state.records import Folder
from core.emulator.state.renders import Renders


class KieEmulator:
    """KIE on 127.0.0.1. Start it, use `url` as the base URL, stop it; or use it as a context."""

    def __init__(
        self,
        *,
        port: int = 0,
        folder: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        samples: Sequence[Path] = (),
        shared_clips: bool = False,
        **rules: Any,
    ) -> None:
        """`rules` are those of `core.emulator.kie.account.Rules`; `samples` and `shared_clips` as
        for Runway's."""
        self._rules = Rules(**rules)
        self._port = port
        self._where = folder
        self._clock = clock
        self._samples = tuple(samples)
        self._shared_clips = shared_clips
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen, and continue where an earlier run in the same folder stopped."""
        self._folder = Folder(self._where)
        try:
            self._socket = listen(self._port)
        except OSError:
            self._folder.close()
            raise
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._renders = Renders(self._folder, self._samples, shared=self._shared_clips)
        self.account = Account(self._rules, self._folder, self._renders, self._clock)
        app = Starlette(
            routes=Kie(self.account).routes(),
            exception_handlers={Refusal: self._refused, HTTPException: self._refused},
        )
        self._server = web_server(app)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="kie-emulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop at once, dropping calls and renders in progress. Stopping twice is harmless."""
        if self._thread is None:
            return
        self._server.should_exit = self._server.force_exit = True
        self._renders.stop()
        self._thread.join()
        self._thread = None
        self._socket.close()
        self._folder.close()

    def configure(self, **rules: Any) -> None:
        self.account.configure(Rules(**(self.account.rules.model_dump() | rules)))

    def reset(self, **rules: Any) -> None:
        """Forget everything and return to the initial rules, with some replaced."""
        self.account.reset(Rules(**(self._rules.model_dump() | rules)))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _refused(self, _request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = Refusal(error.status_code, error.detail)
        assert isinstance(error, Refusal)
        return refused(error, real_status=self.account.rules.real_status)
