"""The data folder, opened: the catalogue with its own prices, the files and the history."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from core import known_providers
from core.access.grants import Grants
from core.bucket.clips_elsewhere import ClipsElsewhere
from core.bucket.objects import Buckets
from core.bucket.recall import Recall
from core.catalog import by_provider, price_overrides
from core.catalog.catalog import Catalog
from core.catalog.model import UNKNOWN_MODEL
from core.errors import StoreError
from core.media import permissions
from core.media.disk_space import MEGABYTE, Disk
from core.media.library import open_folder
from core.media.server_secret import server_secret
from core.monitoring.servers import Servers
from core.recovery import rescue, restore
from core.recovery.beside.recorded_store import RecordedStore
from core.recovery.room.emptying import Emptying
from core.settings import Settings
from core.storage.clip_copies import ClipCopies
from core.storage.desk.projects import ProjectStore
from core.storage.desk.reviews import ReviewStore
from core.storage.history import History
from core.storage.in_flight import InFlight
from core.storage.making.drafts import DraftStore
from core.storage.making.families import FamilyStore
from core.storage.spending.ledger import Ledger

log = logging.getLogger(__name__)

DRAFT_LIFE = timedelta(days=30)


class Records:
    """Everything that several parts of the Studio read or write. What only one part needs is made
    for it alone."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Raises CatalogError or StoreError."""
        self._clock = clock
        self.grants = Grants(settings.admins, settings.makers, settings.viewers)
        packaged = Catalog.load(settings.catalog_dir)
        self.overrides = price_overrides.read(settings.data_dir / price_overrides.FILE, packaged)
        priced = packaged.with_prices(self.overrides.prices)
        self.catalog = by_provider.led_by(priced, known_providers.reached(settings))

        disk = Disk(settings.data_dir, settings.disk_floor)
        self.media = open_folder(settings.data_dir, disk, settings.largest_file * MEGABYTE)
        permissions.tighten(settings.data_dir)
        self.server_secret = server_secret(settings.data_dir)
        self.folder = restore.data_folder(settings, self.media, self.catalog, clock)

        self.servers = Servers(settings.data_dir, clock)
        self.file = rescue.open_history(self.folder, clock())
        self.clip_copies, self.buckets = ClipCopies(self.file), Buckets()
        cache = settings.media_cache
        most = None if cache is None else cache * MEGABYTE
        self.recall = Recall(self.media.clips.at_hand, most, disk.has_plenty)
        self.media.clips.elsewhere = ClipsElsewhere(
            self.clip_copies,
            self.buckets,
            settings.media_url,
            clock,
            gives_addresses=settings.media_presigned,
            cdn=settings.media_cdn,
            played=self.recall.soon,
        )
        self.store = RecordedStore(self.file, self.media)
        names = self.catalog.names | {"": UNKNOWN_MODEL}
        worths = {one.id: one.credit_usd for one in self.catalog.suppliers}
        self.history = History(self.file, {model: (name,) for model, name in names.items()}, worths)
        self.in_flight = InFlight(self.file)
        self.drafts = DraftStore(self.file)
        self.families = FamilyStore(self.file)
        self.projects = ProjectStore(self.file)
        self.reviews = ReviewStore(self.file)
        self.ledger = Ledger(self.file)
        self.emptying = Emptying(self.file, self.media, settings.trash_days)
        self._reading = threading.Thread(target=self._read, name="history", daemon=True)

    def start(self) -> None:
        self.servers.begin()
        self._reading.start()
        self.drafts.drop(self._clock() - DRAFT_LIFE)

    def _read(self) -> None:
        try:
            self.history.prepare()
        except StoreError as error:
            log.warning("the history is read at the first question: %s", error.message)

    def close(self) -> None:
        if self._reading.ident is not None:  # it was started
            self._reading.join()
        self.recall.stop()
        self.servers.end()
        self.in_flight.close()
        self.file.close()
