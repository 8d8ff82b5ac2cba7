"""The one object that pages, routes and programs talk to, and where its parts are put together."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from threading import Timer
from typing import Protocol

from core import known_providers
from core.access.guarded import Asker, Gate, guarded
from core.accounting.differences import Differences
from core.accounting.reconciliation import Books
from core.accounting.spending import Spending
from core.domain.people import Person
from core.export.packages import Exports
from core.outbound import sessions
from core.sandbox import inspection
from core.settings import Settings
from core.sharing.file_links import FileLinks
from core.sharing.passwords import COST, Passwords
from core.storage.database import utc_now
from core.storage.desk.comparisons import ComparisonStore
from core.storage.desk.decisions import Decisions
from core.storage.desk.guests import GuestStore
from core.storage.desk.notes import NoteStore
from core.storage.desk.projects import ViewStore
from core.storage.identity.audit import AuditStore
from core.storage.identity.tokens import TokenStore
from core.storage.making.upload_tickets import UploadTickets
from core.storage.making.wildcards import WildcardStore
from core.storage.spending.known_differences import KnownDifferenceStore
from core.storage.timeline import Timeline
from core.studio.assembly import Assembly
from core.studio.desk.comparisons import Comparisons
from core.studio.desk.families import Families
from core.studio.desk.projects import Projects, Views
from core.studio.desk.reviews import Reviews
from core.studio.engine import Connect, Engine
from core.studio.identity.audit import Audit
from core.studio.identity.tokens import Tokens
from core.studio.making.lists import Lists
from core.studio.making.uploads import Uploads
from core.studio.making.wildcards import Wildcards
from core.studio.outside.guests import Guests
from core.studio.records import Records
from core.studio.room_assembly import RoomAssembly

WARM_AFTER_SECONDS = 3.0
"""The first visitor comes with the start, and needs the processor first."""


class Background(Protocol):
    """What goes on beside the pages, on a thread or in a process of its own."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Studio:
    """Dailies without its pages. Open it once per server; close it with the server."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        ticks: Callable[[], float] = time.monotonic,
        password_cost: int = COST,
        connect: Connect = known_providers.connect,
    ) -> None:
        """Raises SettingsError, CatalogError or StoreError, each with a sentence for the person
        who starts the server."""
        if not settings.demo:
            for address in known_providers.addresses(settings):
                sessions.check(address)
        self.settings = settings
        self._clock = clock
        self._records = records = Records(settings, clock)
        self._engine = engine = Engine(settings, records, clock, ticks, connect)
        assembly = Assembly(settings, records, engine, clock, ticks)
        self._file, self._store = records.file, records.store

        self.catalog, self.overrides = records.catalog, records.overrides
        self.media, self.previews, self.history = (
            records.media,
            records.media.previews,
            records.history,
        )
        self.tracker, self.breakers, self.metrics = engine.tracker, engine.breakers, engine.metrics
        self.previewer, self.carrier = engine.previewer, engine.carrier
        self.accounts, self.in_flight = engine.accounts, records.in_flight
        self.uploads = Uploads(
            store=self._store, families=records.families, media=self.media, clock=clock
        )
        room = RoomAssembly(settings, records, engine, clock, ticks)
        self.exports = Exports(self.media, self.history, self.catalog, records.reviews, clock)
        cleanup = room.cleanup(self.exports.promised)
        self.maintenance = assembly.maintenance(self.uploads, cleanup)
        self.cleanup = room.cleanup_rules(cleanup, self.maintenance.follow_desk)
        self.generations = room.generations(cleanup)
        self.usage = room.usage()

        self._open_making(assembly)
        self._open_accounting(assembly)
        self._open_access(assembly, ticks, password_cost)
        self._open_review_desk(assembly)
        self._warming = Timer(WARM_AFTER_SECONDS, inspection.warm)
        self._warming.daemon = True
        self._background: tuple[Background, ...] = (
            engine.submitters,
            self.tracker,
            self.maintenance,
            self.previewer,
            self.carrier,
            self.exports,
            self.accounts,
            self.deliverer,
        )

    def _open_making(self, assembly: Assembly) -> None:
        changed = self.maintenance.follow_desk
        self.caps = assembly.caps(changed)
        self.compose = assembly.composer(self.caps)
        self.batches = assembly.batches(self.compose, self.caps, changed)
        self.lists = Lists(
            catalog=self.catalog,
            compose=self.compose,
            history=self.history,
            demo=self.settings.demo,
        )
        self.wildcards = Wildcards(WildcardStore(self._file))
        self.queue = assembly.queue(changed)

    def _open_accounting(self, assembly: Assembly) -> None:
        ledger, demo = self._records.ledger, self.settings.demo
        usual = self._engine.connections.usual
        name = usual.provider.name
        self.spending = Spending(self.history, self.catalog.suppliers, name, demo=demo)
        self.books = Books(ledger, usual.account, name, demo=demo)
        known = KnownDifferenceStore(self._file, demo=demo)
        self.differences = Differences(ledger, self.catalog, known, self._clock, name, demo=demo)
        self.account_alerts = assembly.account_alerts()
        self.decisions = assembly.resolution(self.compose)
        self.server = assembly.server()

    def _open_review_desk(self, assembly: Assembly) -> None:
        records, clock = self._records, self._clock
        decisions = Decisions(self._file, clock=clock)
        self.reviews = Reviews(
            decisions=decisions, store=records.reviews, notes=NoteStore(self._file), clock=clock
        )
        self.projects = Projects(
            decisions=decisions,
            store=records.projects,
            people=self.people.names,
            changed=self.maintenance.follow_desk,
            clock=clock,
        )
        self.trash = assembly.trash(decisions)
        self.comparisons = Comparisons(
            store=ComparisonStore(self._file), generations=self._store, clock=clock
        )
        self.families = Families(store=records.families)
        self.views = Views(store=ViewStore(self._file))
        self.timeline = Timeline(self._file)

    def _open_access(
        self, assembly: Assembly, ticks: Callable[[], float], password_cost: int
    ) -> None:
        changed, clock = self.maintenance.follow_desk, self._clock
        self.people = assembly.people(changed)
        self.audit = Audit(store=AuditStore(self._file), clock=clock)
        self.tokens = Tokens(
            store=TokenStore(self._file), changed=changed, clock=clock, ticks=ticks
        )
        self.shares = assembly.shares(Passwords(password_cost), self.people, changed)
        self.upload_tickets = UploadTickets(self._file)
        self.file_links = FileLinks(self._records.server_secret, clock)
        self.guests = Guests(store=GuestStore(self._file), clock=clock, ticks=ticks)
        notifications = assembly.notifications(self.caps, self.people)
        self.deliverer = notifications.deliverer
        self.webhooks, self.channels = notifications.webhooks, notifications.channels

    def asked_by(self, person: Person | None) -> Studio:
        """The same for this person: what they may not do by their role at each call raises
        NotAllowed. None is somebody who is not let in."""
        return self.asked(Asker(lambda: self.people.now(person)))

    def asked(self, asker: Asker) -> Studio:
        """The same for whoever `asker` names at each call."""
        return guarded(Gate(self, asker, self.people.admins, self.audit), self)

    def start(self) -> None:
        self._warming.start()
        self._records.start()
        for work in self._background:
            work.start()
        for name in self.accounts.names:  # or the first visitor's page is drawn twice
            self.accounts.seen(name)
            if not self.settings.demo:
                self.accounts.usage(name)

    def close(self) -> None:
        self._warming.cancel()
        for work in reversed(self._background):
            work.stop()
        self._engine.close()
        self._records.close()

    @property
    def now(self) -> datetime:
        return self._clock()

    @property
    def today(self) -> date:
        """The day in UTC, which is how days are counted everywhere."""
        return self._clock().date()
