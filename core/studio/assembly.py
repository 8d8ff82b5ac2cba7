"""Puts together the parts of the Studio that need several things: each by keywords, from the
records, the engine and other parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.accounting.account_alerts import AccountAlerts
from core.accounting.resolution import Resolution
from core.domain.subscriptions import Way
from core.media.address_book import AddressBook
from core.notifications import cap_notices
from core.notifications.audience import Audience
from core.notifications.channels import Services
from core.notifications.deliverer import Deliverer
from core.notifications.pictures import Pictures
from core.notifications.webhooks import Poster
from core.recovery.maintenance import Maintenance
from core.recovery.room.cleanup import Cleanup
from core.settings import Settings
from core.sharing.passwords import Passwords
from core.storage.desk.decisions import Decisions
from core.storage.desk.trash import TrashStore
from core.storage.identity.people import PeopleStore
from core.storage.making.batches import BatchStore
from core.storage.making.turns import TurnStore
from core.storage.making.upload_tickets import UploadTickets
from core.storage.outside.live_views import LiveViewTexts
from core.storage.outside.shares import ShareStore
from core.storage.outside.subscriptions import SubscriptionStore
from core.storage.spending.cap_standings import CapStandings
from core.storage.spending.caps import CapStore
from core.studio.desk.trash import Trash
from core.studio.engine import Engine
from core.studio.identity.people import People
from core.studio.making.batches import Batches
from core.studio.making.caps import Caps
from core.studio.making.composer import Composer
from core.studio.making.queue import Queue
from core.studio.making.uploads import Uploads
from core.studio.outside.channels import Channels
from core.studio.outside.shares import Shares
from core.studio.outside.webhooks import Webhooks
from core.studio.records import Records
from core.studio.server import Server


@dataclass(frozen=True)
class Notifications:
    deliverer: Deliverer
    webhooks: Webhooks
    channels: Channels


@dataclass(frozen=True)
class Assembly:
    """What each part is made of. `changed`, where a part takes it, is called after each change
    that is also kept outside the history."""

    settings: Settings
    records: Records
    engine: Engine
    clock: Callable[[], datetime]
    ticks: Callable[[], float]

    # -- making clips ---------------------------------------------------------------------------

    def maintenance(self, uploads: Uploads, cleanup: Cleanup) -> Maintenance:
        return Maintenance(
            self.records.folder,
            self.records.file,
            self.records.store,
            self.engine.tracker,
            self.records.emptying,
            cleanup,
            uploads.add,
            UploadTickets(self.records.file).forget_dead,
            self.clock,
        )

    def caps(self, changed: Callable[[], None]) -> Caps:
        return Caps(
            store=CapStore(self.records.file),
            used=CapStandings(
                self.records.file, self.records.catalog.suppliers, demo=self.settings.demo
            ),
            projects=self.records.projects,
            models=self.records.catalog.names,
            suppliers=self.records.catalog.suppliers,
            changed=changed,
            clock=self.clock,
        )

    def composer(self, caps: Caps) -> Composer:
        return Composer(
            catalog=self.records.catalog,
            store=self.records.store,
            drafts=self.records.drafts,
            families=self.records.families,
            history=self.records.history,
            media=self.records.media,
            tracker=self.engine.tracker,
            caps=caps,
            connected=self.engine.connections,
            clock=self.clock,
            demo=self.settings.demo,
        )

    def batches(self, compose: Composer, caps: Caps, changed: Callable[[], None]) -> Batches:
        return Batches(
            store=BatchStore(self.records.file),
            compose=compose,
            caps=caps,
            history=self.records.history,
            tracker=self.engine.tracker,
            record_soon=self.records.store.record_soon,
            changed=changed,
            clock=self.clock,
            demo=self.settings.demo,
        )

    def queue(self, changed: Callable[[], None]) -> Queue:
        return Queue(
            store=self.records.store,
            role_turns=TurnStore(self.records.file),
            turns=self.engine.turns,
            ledger=self.records.ledger,
            tracker=self.engine.tracker,
            connections=self.engine.connections,
            changed=changed,
            clock=self.clock,
            ticks=self.ticks,
            demo=self.settings.demo,
        )

    # -- the account and the server -------------------------------------------------------------

    def account_alerts(self) -> AccountAlerts:
        return AccountAlerts(
            self.engine.accounts,
            self.records.catalog.suppliers,
            self.records.history,
            low_balance=self.settings.low_balance,
            demo=self.settings.demo,
            clock=self.clock,
        )

    def resolution(self, compose: Composer) -> Resolution:
        return Resolution(
            self.records.store,
            self.records.ledger,
            self.engine.connections,
            self.records.catalog.suppliers,
            compose.submit,
            self.engine.tracker.look_at,
            self.clock,
            demo=self.settings.demo,
        )

    def server(self) -> Server:
        return Server(
            settings=self.settings,
            addresses={one.provider.name: one.provider.address for one in self.engine.connections},
            file=self.records.file,
            media=self.records.media,
            copies=self.records.clip_copies,
            tracker=self.engine.tracker,
            breakers=self.engine.breakers,
            servers=self.records.servers,
            clock=self.clock,
        )

    # -- people, inside and outside -------------------------------------------------------------

    def people(self, changed: Callable[[], None]) -> People:
        return People(
            store=PeopleStore(self.records.file),
            grants=self.records.grants,
            changed=changed,
            clock=self.clock,
            ticks=self.ticks,
        )

    def shares(self, passwords: Passwords, people: People, changed: Callable[[], None]) -> Shares:
        return Shares(
            store=ShareStore(self.records.file),
            views=LiveViewTexts(self.records.file),
            generations=self.records.store,
            history=self.records.history,
            seen_as=people.seen_as,
            changed=changed,
            secret=self.records.server_secret,
            passwords=passwords,
            clock=self.clock,
            ticks=self.ticks,
        )

    def trash(self, decisions: Decisions) -> Trash:
        return Trash(
            decisions=decisions,
            store=TrashStore(self.records.file),
            generations=self.records.store,
            emptying=self.records.emptying,
            connections=self.engine.connections,
            suppliers=self.records.catalog.suppliers,
            clock=self.clock,
            demo=self.settings.demo,
        )

    def notifications(self, caps: Caps, people: People) -> Notifications:
        store = SubscriptionStore(self.records.file)
        book, inside = AddressBook(self.settings.data_dir), self.settings.inside_hosts
        poster = Poster(self.records.server_secret, inside, self.clock)
        generations, batches = self.records.store, BatchStore(self.records.file)
        pictures = Pictures(generations, batches, self.records.media.previews, people.seen_as)
        services = Services(book, inside, pictures.of, self.records.catalog.suppliers)
        audience = Audience(
            generations,
            batches,
            CapStore(self.records.file),
            people.seen_as,
        )
        deliverer = Deliverer(
            store,
            {Way.WEBHOOK: poster.post, Way.CHANNEL: services.post},
            leads=lambda: self.engine.tracker.is_leader,
            may_hear=audience.may_hear,
            look=lambda: cap_notices.write(caps.standings, store, self.clock()),
            clock=self.clock,
        )
        return Notifications(
            deliverer,
            Webhooks(store=store, poster=poster, deliverer=deliverer, clock=self.clock),
            Channels(store=store, services=services, book=book, clock=self.clock),
        )
