"""Where everything is put together."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from core import demo, gauges
from core.access.grants import Grants
from core.access.guarded import Asker, Gate, guarded
from core.accounting.account_alerts import AccountAlerts
from core.accounting.differences import Differences
from core.accounting.reconciliation import Books
from core.accounting.resolution import Resolution
from core.catalog import price_overrides
from core.catalog.loader import Catalog
from core.catalog.model import UNKNOWN_MODEL
from core.errors import StoreError
from core.export.packages import Exports
from core.media import permissions
from core.media.address_book import AddressBook
from core.media.disk_space import MEGABYTE, Disk
from core.media.library import open_folder
from core.media.server_secret import server_secret
from core.monitoring.metrics import Metrics
from core.notifications import cap_notices
from core.notifications.channels import Services
from core.notifications.deliverer import Deliverer
from core.notifications.webhooks import Poster
from core.people import Person
from core.recovery import rescue, restore
from core.recovery.emptying import Emptying
from core.recovery.maintenance import Maintenance
from core.recovery.recorded_store import RecordedStore
from core.runway import sessions
from core.runway.account import AccountReader
from core.runway.breakers import Breakers
from core.runway.client import Client
from core.sandbox import inspection
from core.settings import Settings
from core.sharing.file_links import FileLinks
from core.sharing.passwords import COST, Passwords
from core.storage.audit import AuditStore
from core.storage.batches import BatchStore
from core.storage.caps import CapStore
from core.storage.comparisons import ComparisonStore
from core.storage.database import utc_now
from core.storage.decisions import Decisions
from core.storage.drafts import DraftStore
from core.storage.families import FamilyStore
from core.storage.guests import GuestStore
from core.storage.history import History
from core.storage.ledger import Ledger
from core.storage.live_views import LiveViewTexts
from core.storage.notes import NoteStore
from core.storage.people import PeopleStore
from core.storage.projects import ProjectStore, ViewStore
from core.storage.reviews import ReviewStore
from core.storage.shares import ShareStore
from core.storage.subscriptions import SubscriptionStore
from core.storage.timeline import Timeline
from core.storage.tokens import TokenStore
from core.storage.trash import TrashStore
from core.studio.audit import Audit
from core.studio.batches import Batches
from core.studio.caps import Caps
from core.studio.channels import Channels
from core.studio.comparisons import Comparisons
from core.studio.composer import Composer
from core.studio.families import Families
from core.studio.generations import Generations
from core.studio.guests import Guests
from core.studio.lists import Lists
from core.studio.people import People
from core.studio.projects import Projects, Views
from core.studio.queue import Queue
from core.studio.reviews import Reviews
from core.studio.server import Server
from core.studio.shares import Shares
from core.studio.tokens import Tokens
from core.studio.trash import Trash
from core.studio.uploads import Uploads
from core.studio.webhooks import Webhooks
from core.subscriptions import Way
from core.worker.fetcher import Fetcher
from core.worker.poller import Poller
from core.worker.previewer import Previewer
from core.worker.sender import Sender
from core.worker.slots import Slots
from core.worker.stages import Stages
from core.worker.tracker import Tracker

log = logging.getLogger(__name__)

DRAFT_LIFE = timedelta(days=30)


class Studio:
    """Dailies without its pages. Open it once per server; close it with the server."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        ticks: Callable[[], float] = time.monotonic,
        password_cost: int = COST,
    ) -> None:
        """Raises SettingsError, CatalogError or StoreError, each with a sentence for the person
        who starts the server."""
        self.settings = settings
        if not settings.demo:
            sessions.check(settings.base_url)
        packaged = Catalog.load(settings.catalog_dir)
        self.overrides = price_overrides.read(settings.data_dir / price_overrides.FILE, packaged)
        self.catalog = packaged.with_prices(self.overrides.prices)
        self._clock = clock
        disk = Disk(settings.data_dir, settings.disk_floor)
        self.media = open_folder(settings.data_dir, disk, settings.largest_file * MEGABYTE)
        permissions.tighten(settings.data_dir)
        folder = restore.data_folder(settings, self.media, self.catalog, clock)
        self._file = rescue.open_history(folder, clock())
        self._store = RecordedStore(self._file, self.media)
        names = self.catalog.names | {"": UNKNOWN_MODEL}
        self.history = History(self._file, {model: (name,) for model, name in names.items()})
        self._drafts, self._kinship = DraftStore(self._file), FamilyStore(self._file)
        self._reading: threading.Thread | None = None
        self._emulator = demo.emulator(settings) if settings.demo else None
        self._online = demo.connected(settings, self._emulator)
        self._client = Client(self._online)
        self.breakers = Breakers(clock, ticks)
        self.account = AccountReader(self._client, self.breakers, clock, ticks)
        self.metrics = Metrics()
        self.previews = self.media.previews
        self.previewer = Previewer(self.previews)
        self._poller, self.tracker = self._workers(ticks)
        gauges.watch(self.metrics, self._file, self.tracker, self.breakers, self.media)
        self.uploads = Uploads(
            store=self._store, families=self._kinship, media=self.media, clock=clock
        )
        self._emptying = Emptying(self._file, self.media, settings.trash_days)
        self.maintenance = Maintenance(
            folder,
            self._file,
            self._store,
            self.tracker,
            self._emptying,
            self.uploads.add,
            clock,
        )
        self.caps = self._spending_caps()
        self.compose = self._composer()
        self.batches = self._many_at_once()
        self.lists = Lists(
            catalog=self.catalog, compose=self.compose, history=self.history, demo=settings.demo
        )
        self.generations = Generations(
            store=self._store, poller=self._poller, tracker=self.tracker, breakers=self.breakers
        )
        reviews = ReviewStore(self._file)
        self.exports = Exports(self.media, self.history, self.catalog, reviews, clock)
        ledger = Ledger(self._file)
        self.queue = Queue(
            store=self._store,
            ledger=ledger,
            tracker=self.tracker,
            account=lambda: self.account.seen().organization,
            clock=clock,
            ticks=ticks,
            demo=settings.demo,
        )
        self.books = Books(ledger, self.account, demo=settings.demo)
        self.differences = Differences(ledger, self.catalog, demo=settings.demo)
        self.account_alerts = AccountAlerts(
            self.account,
            self.history,
            low_balance=settings.low_balance,
            demo=settings.demo,
            clock=clock,
        )
        self.decisions = self._desk(ledger)
        self.server = self._reporter()
        self._open_desk()
        self._open_notifications()
        self._open_to_guests(ticks, Passwords(password_cost))
        self._open_to_people(ticks)

    def asked_by(self, person: Person | None) -> Studio:
        """The same, for this person: what they may not do raises NotAllowed, by the role that they
        have at each call. None is somebody who is not let in."""
        return self.asked(Asker(lambda: self.people.now(person)))

    def asked(self, asker: Asker) -> Studio:
        """The same, for whoever `asker` tells at each call."""
        return guarded(Gate(self, asker, self.people.admins, self.audit.enter), self)

    def _open_to_people(self, ticks: Callable[[], float]) -> None:
        settings = self.settings
        self.people = People(
            store=PeopleStore(self._file),
            grants=Grants(settings.admins, settings.makers, settings.viewers),
            changed=self.maintenance.follow_desk,
            clock=self._clock,
            ticks=ticks,
        )
        self.audit = Audit(store=AuditStore(self._file), clock=self._clock)

    def _open_notifications(self) -> None:
        store = SubscriptionStore(self._file)
        secret = server_secret(self.settings.data_dir)
        poster = Poster(secret, self.settings.inside_hosts, self._clock)
        book = AddressBook(self.settings.data_dir)
        services = Services(book, self.settings.inside_hosts)
        self.deliverer = Deliverer(
            store,
            {Way.WEBHOOK: poster.post, Way.CHANNEL: services.post},
            leads=lambda: self.tracker.is_leader,
            look=lambda: cap_notices.write(self.caps.standings, store, self._clock()),
            clock=self._clock,
        )
        self.webhooks = Webhooks(
            store=store, poster=poster, deliverer=self.deliverer, clock=self._clock
        )
        self.channels = Channels(store=store, services=services, book=book, clock=self._clock)

    def _open_desk(self) -> None:
        decisions = Decisions(self._file, clock=self._clock)
        self.reviews = Reviews(
            decisions=decisions,
            store=ReviewStore(self._file),
            notes=NoteStore(self._file),
            clock=self._clock,
        )
        self.projects = Projects(
            decisions=decisions, store=ProjectStore(self._file), clock=self._clock
        )
        self.trash = Trash(
            decisions=decisions,
            store=TrashStore(self._file),
            generations=self._store,
            emptying=self._emptying,
            client=self._client,
            clock=self._clock,
            demo=self.settings.demo,
        )
        self.comparisons = Comparisons(
            store=ComparisonStore(self._file), generations=self._store, clock=self._clock
        )
        self.families = Families(store=self._kinship)
        self.views = Views(store=ViewStore(self._file))
        self.timeline = Timeline(self._file)
        self.tokens = Tokens(
            store=TokenStore(self._file), changed=self.maintenance.follow_desk, clock=self._clock
        )

    def _open_to_guests(self, ticks: Callable[[], float], passwords: Passwords) -> None:
        secret = server_secret(self.settings.data_dir)
        self.file_links = FileLinks(secret, self._clock)
        self.shares = Shares(
            store=ShareStore(self._file),
            views=LiveViewTexts(self._file),
            generations=self._store,
            history=self.history,
            changed=self.maintenance.follow_desk,
            secret=secret,
            passwords=passwords,
            clock=self._clock,
            ticks=ticks,
        )
        self.guests = Guests(store=GuestStore(self._file), clock=self._clock, ticks=ticks)

    def _workers(self, ticks: Callable[[], float]) -> tuple[Poller, Tracker]:
        stopping = threading.Event()
        shared = (self.breakers, stopping, self.metrics)
        asked = (self._online, self._store, self._client)
        kept = (self.media, self.catalog, stopping, self.metrics, self.previewer)
        fetcher = Fetcher(self._client, *kept)
        poller = Poller(*asked, self.media, fetcher, self.breakers, self._clock, ticks)
        sender = Sender(*asked, self.media, *shared, self.catalog)
        steps = (sender, poller, self.breakers, stopping)
        stages = Stages(self._store, *steps, self._clock)
        lock = self.settings.data_dir / "tracker.lock"
        demo = self.settings.demo
        slots = Slots(self._client.limits, unlimited=self.settings.runway_queues)
        return poller, Tracker(self._store, stages, lock, self.metrics, slots, ticks, demo=demo)

    def _composer(self) -> Composer:
        return Composer(
            catalog=self.catalog,
            store=self._store,
            drafts=self._drafts,
            families=self._kinship,
            history=self.history,
            media=self.media,
            tracker=self.tracker,
            caps=self.caps,
            clock=self._clock,
            demo=self.settings.demo,
        )

    def _many_at_once(self) -> Batches:
        return Batches(
            store=BatchStore(self._file),
            compose=self.compose,
            caps=self.caps,
            history=self.history,
            tracker=self.tracker,
            record_soon=self._store.record_soon,
            changed=self.maintenance.follow_desk,
            clock=self._clock,
            demo=self.settings.demo,
        )

    def _spending_caps(self) -> Caps:
        return Caps(
            store=CapStore(self._file, demo=self.settings.demo),
            projects=ProjectStore(self._file),
            models=self.catalog.names,
            changed=self.maintenance.follow_desk,
            clock=self._clock,
        )

    def _desk(self, ledger: Ledger) -> Resolution:
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
        inspection.warm()
        self._reading = threading.Thread(target=self._read, name="history", daemon=True)
        self._reading.start()
        self._drafts.drop(self._clock() - DRAFT_LIFE)
        self.tracker.start()
        self.maintenance.start()
        self.previewer.start()
        self.exports.start()
        self.account.start()
        self.deliverer.start()
        if not self.settings.demo:
            self.account.seen()
            self.account.usage()

    def _read(self) -> None:
        try:
            self.history.prepare()
        except StoreError as error:
            log.warning("the history is read at the first question: %s", error.message)

    def close(self) -> None:
        self.deliverer.stop()
        self.account.stop()
        self.exports.stop()
        self.previewer.stop()
        self.maintenance.stop()
        self.tracker.stop()
        self._client.close()
        if self._emulator:
            self._emulator.stop()
        if self._reading:
            self._reading.join()
        self._file.close()

    @property
    def now(self) -> datetime:
        return self._clock()

    @property
    def today(self) -> date:
        """The day in UTC, which is how days are counted everywhere."""
        return self._clock().date()
