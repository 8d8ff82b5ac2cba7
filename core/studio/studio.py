"""Where everything is put together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from core import demo, gauges
from core.accounting.reconciliation import Books
from core.accounting.resolution import Resolution
from core.catalog.loader import Catalog
from core.media import permissions
from core.media.disk_space import MEGABYTE, Disk
from core.media.library import open_folder
from core.monitoring.metrics import Metrics
from core.recovery import rescue, restore
from core.recovery.maintenance import Maintenance
from core.recovery.manifests import RecordedStore
from core.runway import sessions
from core.runway.account import AccountReader
from core.runway.breakers import Breakers
from core.runway.client import Client
from core.sandbox import inspection
from core.settings import Settings
from core.storage.database import utc_now
from core.storage.history import History
from core.storage.ledger import Ledger
from core.studio.composer import Composer
from core.studio.generations import Generations
from core.studio.server import Server
from core.studio.uploads import Uploads
from core.worker.fetcher import Fetcher
from core.worker.poller import Poller
from core.worker.sender import Sender
from core.worker.stages import Stages
from core.worker.tracker import Tracker

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
        self.breakers = Breakers(clock, ticks)
        self.account = AccountReader(self._client, self.breakers, clock, ticks)
        self.metrics = Metrics()
        self._poller, self.tracker = self._workers(ticks)
        gauges.watch(self.metrics, self._file, self.tracker, self.breakers, self.media)
        self.uploads = Uploads(store=self._store, media=self.media, clock=clock)
        self.maintenance = Maintenance(
            folder, self._file, self._store, self.tracker, self.uploads.add, clock
        )
        self.compose = self._composer()
        self.generations = Generations(
            store=self._store, poller=self._poller, tracker=self.tracker, breakers=self.breakers
        )
        ledger = Ledger(self._file)
        self.books = Books(ledger, self.account, demo=settings.demo)
        self.decisions = self._desk(ledger)
        self.server = self._reporter()

    def _workers(self, ticks: Callable[[], float]) -> tuple[Poller, Tracker]:
        stopping = threading.Event()
        shared = (self.breakers, stopping, self.metrics)
        fetcher = Fetcher(self._client, self.media, self.catalog, stopping, self.metrics)
        asked = (self._online, self._store, self._client)
        poller = Poller(*asked, self.media, fetcher, self.breakers, self._clock, ticks)
        sender = Sender(*asked, self.media, *shared, self.catalog)
        steps = (sender, poller, self.breakers, stopping)
        stages = Stages(self._store, *steps, self._clock)
        lock = self.settings.data_dir / "tracker.lock"
        demo = self.settings.demo
        return poller, Tracker(self._store, stages, lock, self.metrics, ticks, demo=demo)

    def _composer(self) -> Composer:
        return Composer(
            catalog=self.catalog,
            store=self._store,
            history=self.history,
            media=self.media,
            tracker=self.tracker,
            clock=self._clock,
            demo=self.settings.demo,
        )

    def _desk(self, ledger: Ledger) -> Resolution:
        """Where a person decides what the program cannot."""
        return Resolution(
            self._store,
            ledger,
            self._client,
            self.account,
            self.compose.submit,
            self.tracker.look_at,
            self._clock,
            demo=self.settings.demo,
        )

    def _reporter(self) -> Server:
        return Server(
            settings=self.settings,
            base_url=self._online.base_url,
            file=self._file,
            media=self.media,
            tracker=self.tracker,
            breakers=self.breakers,
            clock=self._clock,
        )

    def start(self) -> None:
        """Begin to move open generations forward."""
        inspection.warm()
        self._store.drop_drafts(self._clock() - DRAFT_LIFE)
        self.tracker.start()
        self.maintenance.start()
        self.account.start()

    def close(self) -> None:
        """Stop, and leave nothing half done."""
        self.account.stop()
        self.maintenance.stop()
        self.tracker.stop()
        self._client.close()
        if self._emulator:
            self._emulator.stop()
        self._file.close()

    @property
    def now(self) -> datetime:
        """This moment, by the studio's clock."""
        return self._clock()

    @property
    def today(self) -> date:
        """The day in UTC, which is how days are counted everywhere."""
        return self._clock().date()
