"""The emulator as an object: a web server in a thread, for fixtures, demo and command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.emulator.api.control import Control
from core.emulator.api.endpoints import Runway
from core.emulator.api.fault_injection import FaultInjection
from core.emulator.api.faults import Script
from core.emulator.api.listening import ListeningEmulator, nobody_listens
from core.emulator.checks.refusals import Refusal
from core.emulator.state.conditions import Rules, utc_now
from core.emulator.state.organization import Organization
from core.emulator.state.upload_tickets import Uploads
from core.generations import FIRST_PROVIDER

_CATALOG = Path(__file__).resolve().parents[3] / "data" / "catalog"


class Emulator(ListeningEmulator):
    def __init__(
        self,
        *,
        port: int = 0,
        tempo: str = "instant",
        concurrency: int | None = None,
        daily: int | None = None,
        credits: int = 25_000,
        folder: Path | None = None,
        keys: Iterable[str] | None = None,
        clock: Callable[[], datetime] = utc_now,
        catalog_dir: Path = _CATALOG,
        samples: Sequence[Path] = (),
        shared_clips: bool = False,
    ) -> None:
        """If rendering would take too long: `samples` are files that stand in for every clip; with
        `shared_clips`, requests for MP4 that differ only in what is seen share one."""
        super().__init__(port, folder, samples, shared_clips)
        self._rules = Rules(tempo=tempo, concurrency=concurrency, daily=daily, credits=credits)
        self._catalog = by_provider.only(Catalog.load(catalog_dir), FIRST_PROVIDER)
        self._keys = None if keys is None else frozenset(keys)
        self._clock = clock

    def script(self, faults: Sequence[Mapping[str, Any]]) -> None:
        self._control.script(faults)

    def configure(self, **settings: Any) -> None:
        self._control.configure(**settings)

    def reset(self, **settings: Any) -> None:
        self._control.reset(**settings)

    def clip(self, task_id: str) -> Path:
        with self._organization.lock:
            return self._folder.clip(self._organization.records.tasks[task_id].job.names[0])

    def ledger(self) -> dict[str, Any]:
        return self._control.ledger()

    def _application(self) -> FaultInjection:
        self._organization = Organization(self._folder, self._rules, self._clock, self._catalog)
        self._organization.open(self._renders)
        script = Script(self._rules.chance_seed)
        self._control = Control(self._organization, script, self._rules)
        uploads = Uploads(self._organization, self._folder, self._clock)
        runway = Runway(
            organization=self._organization,
            uploads=uploads,
            folder=self._folder,
            catalog=self._catalog,
            clock=self._clock,
            keys=self._keys,
        )
        app = Starlette(
            routes=[*runway.routes(), *self._control.routes()],
            exception_handlers={
                Refusal: _refused,
                HTTPException: _refused,
                ClientDisconnect: nobody_listens,
            },
        )
        return FaultInjection(app, script)


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, Refusal):
        return JSONResponse(error.body, error.status)
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)
