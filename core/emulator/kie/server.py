"""The emulator of KIE as an object: a web server in a thread, for demo, tests and command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core.emulator.api.listening import ListeningEmulator, nobody_listens
from core.emulator.kie.account import Account, Rules
from core.emulator.kie.answers import Refusal, refused
from core.emulator.kie.endpoints import Kie
from core.emulator.state.conditions import utc_now


class KieEmulator(ListeningEmulator):
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
        super().__init__(port, folder, samples, shared_clips)
        self._rules = Rules(**rules)
        self._clock = clock

    def configure(self, **rules: Any) -> None:
        self.account.configure(Rules(**(self.account.rules.model_dump() | rules)))

    def reset(self, **rules: Any) -> None:
        self.account.reset(Rules(**(self._rules.model_dump() | rules)))

    def _application(self) -> Starlette:
        self.account = Account(self._rules, self._folder, self._renders, self._clock)
        return Starlette(
            routes=Kie(self.account).routes(),
            exception_handlers={
                Refusal: self._refused,
                HTTPException: self._refused,
                ClientDisconnect: nobody_listens,
            },
        )

    async def _refused(self, _request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = Refusal(error.status_code, error.detail)
        assert isinstance(error, Refusal)
        return refused(error, real_status=self.account.rules.real_status)
