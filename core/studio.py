"""The one object that pages talk to, and the place where everything is put together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from core import demo, gauges, health
from core.accounting.reconciliation import Books
from core.accounting.resolution import Resolution
from core.catalog.loader import Catalog
from core.catalog.model import Model
from core.catalog.prices import Given
from core.compose import checks
from core.errors import InvalidRequest, Problem, UnknownGeneration
from core.generations import Event, Generation, Output, Request, Upload
from core.media import permissions
from core.media.disk_space import MEGABYTE, Disk
from core.media.library import open_folder
from core.media.permissions import Exposure, exposures
from core.media.uploads import EVERY_MEDIUM
from core.monitoring.metrics import Metrics
from core.recovery import rescue, restore
from core.recovery.maintenance import Maintenance
from core.recovery.manifests import RecordedStore
from core.runway import sessions
from core.runway.account import Account, AccountReader
from core.runway.breakers import Breakers
from core.runway.client import Client
from core.runway.failure_codes import Again, explain
from core.sandbox import inspection
from core.sandbox.inspection import Which
from core.settings import Settings
from core.storage.database import utc_now
from core.storage.history import History
from core.storage.ledger import Ledger
from core.storage.stats import HistoryStats
from core.worker.poller import Poller
from core.worker.sender import Sender
from core.worker.stages import Stages
from core.worker.tracker import LONG_AGO, Tracker

DRAFT_LIFE = timedelta(days=30)


class Studio:
    """Dailies without its pages. Open it once per server; close it with the server."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises SettingsError, CatalogError or StoreError, each with a sentence for the person
        who starts the server."""
        self.settings = settings
        if not settings.demo:
            sessions.check(settings.base_url)
        self.catalog = Catalog.load(settings.catalog_dir)
        self._clock = clock
        disk = Disk(settings.data_dir, settings.disk_floor)
        self.media = open_folder(settings.data_dir, disk, settings.largest_file * MEGABYTE)
        permissions.tighten(settings.data_dir)
        folder = restore.data_folder(settings, self.media, self.catalog, clock)
        self._file = rescue.open_history(folder, clock())
        self._store = RecordedStore(self._file, self.media)
        self.history = History(self._file)
        self._emulator = demo.emulator(settings) if settings.demo else None
        self._online = demo.connected(settings, self._emulator)
        self._client = Client(self._online)
        self._recovering = threading.Lock()
        self.breakers = Breakers(clock, ticks)
        self.account_reader = AccountReader(self._client, self.breakers, clock, ticks)
        self.metrics = Metrics()
        self._poller, self.tracker = self._workers(ticks)
        gauges.watch(self.metrics, self._file, self.tracker, self.breakers, self.media)
        self.upkeep = Maintenance(
            folder, self._file, self._store, self.tracker, self.add_upload, clock
        )
        ledger = Ledger(self._file)
        self.books = Books(ledger, self.account_reader, demo=settings.demo)
        self.decisions = self._desk(ledger)

    def _desk(self, ledger: Ledger) -> Resolution:
        """Where a person decides what the program cannot."""
        return Resolution(
            self._store,
            ledger,
            self._client,
            self.account_reader,
            self.submit,
            self.tracker.look_at,
            self._clock,
            demo=self.settings.demo,
        )

    def _workers(self, ticks: Callable[[], float]) -> tuple[Poller, Tracker]:
        stopping = threading.Event()
        shared = (self.breakers, stopping, self.metrics)
        parts = (self._online, self._store, self._client, self.media, *shared)
        poller = Poller(*parts, self.catalog, self._clock, ticks)
        steps = (Sender(*parts, self.catalog), poller, self.breakers, stopping)
        stages = Stages(self._store, *steps, self._clock)
        lock = self.settings.data_dir / "tracker.lock"
        demo = self.settings.demo
        return poller, Tracker(self._store, stages, lock, self.metrics, ticks, demo=demo)

    def start(self) -> None:
        """Begin to move open generations forward."""
        inspection.warm()
        self._store.drop_drafts(self._clock() - DRAFT_LIFE)
        self.tracker.start()
        self.upkeep.start()
        self.account_reader.start()

    def close(self) -> None:
        """Stop, and leave nothing half done."""
        self.account_reader.stop()
        self.upkeep.stop()
        self.tracker.stop()
        self._client.close()
        if self._emulator:
            self._emulator.stop()
        self._file.close()

    # -- compose --------------------------------------------------------------------------------

    def model(self, request: Request) -> Model | None:
        """The catalogue's entry for the request."""
        return self.catalog.find(request.endpoint, request.model)

    def problems(self, request: Request) -> list[Problem]:
        """All that stands against sending the request; empty when it can be sent."""
        model = self.model(request)
        if model is None:
            return [Problem("model", "Choose a model.")]
        runs = self.settings.demo
        found = checks.problems(model, request, self._store.upload, retired_runs=runs)
        return [*found, *self._stopped(request), *self.media.disk.problems()]

    def _stopped(self, request: Request) -> list[Problem]:
        """What moderation stopped is not sent again unchanged: it is charged, and counts as a hit
        on the account."""
        failed = self.history.failed(request.fingerprint, demo=self.settings.demo)
        number = next((n for n, code in failed if explain(code).again is Again.NEVER), None)
        if number is None:
            return []
        stopped = f"Moderation stopped exactly this before (generation {number})."
        return [Problem("prompt", f"{stopped} Change the prompt or the files first.")]

    def duplicate(self, request: Request) -> Generation | None:
        """The newest generation that exactly this request has already made, or may have."""
        return self.history.duplicate(request.fingerprint, demo=self.settings.demo)

    def quote(self, request: Request) -> int | None:
        """Credits by our catalogue; None where the price is not known before submit."""
        model = self.model(request)
        return model.quote(request.params, self.given(request)) if model else None

    def given(self, request: Request) -> list[Given]:
        """What is known of each input of the request."""
        return [Given.of(item, self._store.upload(item.sha256)) for item in request.inputs]

    def submit(self, request: Request, idempotency_key: str) -> tuple[Generation, bool]:
        """Write the request down to be sent; the generation, and whether it is a new one.

        Raises InvalidRequest with every problem. Sends nothing itself: it only inserts a row.
        """
        model = self.model(request)
        if model is None or (problems := self.problems(request)):
            raise InvalidRequest(problems if model else [Problem("model", "Choose a model.")])
        generation, new = self._store.add(
            request,
            idempotency_key=idempotency_key,
            kind=model.kind,
            quoted=model.quote(request.params, self.given(request)),
            demo=self.settings.demo,
            now=self._clock(),
        )
        self.tracker.look_at(generation.id)
        return generation, new

    def save_draft(self, key: str, request: Request) -> None:
        """Keep what a person is composing, so that a reload loses nothing."""
        self._store.save_draft(key, request, self._clock())

    def draft(self, key: str) -> Request | None:
        """What was being composed under that key."""
        return self._store.draft(key)

    # -- files to start from --------------------------------------------------------------------

    def add_upload(
        self, name: str, content: bytes | BinaryIO, media: Sequence[str] = EVERY_MEDIUM
    ) -> tuple[Upload, tuple[str, ...]]:
        """Keep a picture, video or sound; the upload, and sentences on what was changed.

        The content tells what it is, never the name. Raises InvalidUpload with a sentence when it
        is none of `media`, damaged, or too large.
        """
        upload, notices = self.media.uploads.keep(name, content, self._clock(), media)
        self._store.add_upload(upload)
        return upload, notices

    def upload(self, sha256: str) -> Upload | None:
        """The file of that hash, if we have it."""
        return self._store.upload(sha256)

    def uploads(self, limit: int = 24, media: Sequence[str] = ("image",)) -> list[Upload]:
        """The newest files of these media."""
        return self._store.uploads(limit, media)

    def preview(self, upload: Upload, width: int, height: int) -> bytes:
        """The picture as Runway will crop it to width:height, as a small JPEG.

        Raises InvalidUpload when its file is gone.
        """
        return self.media.uploads.crop(upload, width, height)

    def use_output(self, generation: Generation, position: int) -> Upload:
        """A made file kept as an upload, to start the next generation from.

        Raises InvalidUpload when Runway does not take such a file, or when it is gone.
        """
        output = _output(generation, position)
        path, name = self.media.output(output), f"output of {generation.id}"
        upload = self.media.uploads.adopt(name, output, path, self._clock())
        self._store.add_upload(upload)
        return upload

    def frame(self, generation: Generation, which: Which, position: int = 0) -> Upload:
        """A frame of a made video or archive, kept as an upload: first, last, or that of a second.

        Raises Unplayable when there is none.
        """
        output = _output(generation, position)
        path, name = self.media.output(output), _frame_name(generation, which)
        upload = self.media.uploads.cut(name, path, output.media_type, which, self._clock())
        self._store.add_upload(upload)
        return upload

    # -- follow ---------------------------------------------------------------------------------

    def generation(self, generation_id: int) -> Generation:
        """Raises UnknownGeneration."""
        return self._store.get(generation_id)

    def events(self, generation_id: int) -> list[Event]:
        """The timeline, oldest first."""
        return self._store.events(generation_id)

    def cancel(self, generation_id: int) -> None:
        """Ask for the end of an open generation. What Runway has begun is charged."""
        self._store.note(generation_id, cancel_requested=True, retry_at=None)
        self.tracker.look_at(generation_id)

    def retry_now(self, generation_id: int) -> None:
        """Try a generation that waits again now, because what held it up has perhaps gone."""
        self._store.note(generation_id, retry_at=None)
        self.breakers.force_retry(generation_id)
        self.tracker.look_at(generation_id)

    def set_favourite(self, generation_id: int, favourite: bool) -> None:
        """Mark or unmark a generation."""
        self._store.note(generation_id, favourite=favourite)

    def recover(self, generation_id: int) -> Generation:
        """Fetch the outputs again while Runway has them, whatever the generation ended as.

        Raises DiskFull, RunwayError, DownloadError.
        """
        generation = self._store.get(generation_id)
        if generation.task_id is None or not generation.status.is_final:
            raise UnknownGeneration("There is nothing at Runway to recover yet.")
        with self._recovering:
            self._poller.recover(generation)
        self.tracker.look_at(generation_id)
        return self._store.get(generation_id)

    # -- the account and the server -------------------------------------------------------------

    def account(self) -> Account:
        """Balance and limits as last known. Nobody waits for Runway here."""
        return self.account_reader.seen()

    def exposures(self) -> list[Exposure]:
        """What other users of this machine can look into."""
        return list(exposures(self.settings))

    @property
    def proxy(self) -> str:
        """The proxy that stands between this server and Runway; empty for none."""
        return sessions.proxy(self._online.base_url)

    @property
    def now(self) -> datetime:
        """This moment, by the studio's clock."""
        return self._clock()

    @property
    def today(self) -> date:
        """The day in UTC, which is how days are counted everywhere."""
        return self._clock().date()

    def disk(self) -> dict[str, tuple[int, int]]:
        """Files and bytes in the data folder, by kind."""
        return self.media.sizes()

    def versions(self) -> dict[str, str]:
        """What runs here, for a report of a fault."""
        return health.versions()

    def overdue(self) -> int:
        """Clips that Runway has long made and that are not on our disk: it keeps them for a day."""
        return HistoryStats(self._file).overdue(self._clock() - LONG_AGO, demo=self.settings.demo)

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether the server is well, and what was looked at."""
        parts = (self._file, self.tracker, self.breakers, self.media)
        well, report = health.report(*parts, demo=self.settings.demo)
        return well, report | {"clips_overdue": self.overdue()}


def _output(generation: Generation, position: int) -> Output:
    found = next((o for o in generation.outputs if o.position == position), None)
    if found is None:
        raise UnknownGeneration("This generation has no such file.")
    return found


def _frame_name(generation: Generation, which: Which) -> str:
    moment = which if isinstance(which, str) else f"{which:g} s"
    return f"{moment} frame of {generation.id}.png"
