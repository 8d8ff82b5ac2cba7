"""What turns requests into clips: the connections to providers, and the threads that use them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from core import gauges
from core.bucket.cache import Cache
from core.bucket.carrier import Carrier
from core.demo import Demo
from core.files import Output
from core.generations import FIRST_PROVIDER
from core.media.disk_space import MEGABYTE
from core.monitoring.logs import hide
from core.monitoring.metrics import Metrics
from core.providers.account import AccountReader
from core.providers.accounts import Accounts
from core.providers.breaker_panel import BreakerPanel
from core.providers.breakers import Breakers
from core.providers.connections import Connection, Connections
from core.providers.provider import Provider
from core.providers.submitters import Submitters
from core.settings import Settings
from core.storage.identity.people import PeopleStore
from core.storage.making.provider_uploads import ProviderUploads
from core.storage.making.turns import TurnStore
from core.storage.open_rows import OpenRows
from core.storage.room.former_versions import FormerVersions
from core.studio.records import Records
from core.worker.fetcher import Fetcher
from core.worker.poller import Poller
from core.worker.previewer import Previewer
from core.worker.queue.slots import Slots
from core.worker.queue.turn_history import TurnHistory
from core.worker.sender import Sender
from core.worker.stages import Stages
from core.worker.tracker import Tracker

Connect = Callable[[Settings], Sequence[Provider]]
"""The providers that settings give access to, the usual one first."""


class Engine:
    """In the demo, connections lead to emulators that start and end with this."""

    def __init__(
        self,
        settings: Settings,
        records: Records,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        connect: Connect,
    ) -> None:
        self._demo = Demo(settings) if settings.demo else None
        self.online = self._demo.connected(settings) if self._demo else settings
        self.connections = Connections(
            _connection(provider, clock, ticks) for provider in connect(self.online)
        )
        self.breakers = BreakerPanel(self.connections)
        self.accounts = Accounts(self.connections)
        self.metrics = Metrics()
        self.previewer = Previewer(records.media.previews)
        self.turns = TurnHistory(TurnStore(records.file), PeopleStore(records.file), records.grants)
        self.carrier = _carrier(settings, records, lambda: self.tracker.is_leader, clock)

        stopping = threading.Event()
        needed = (self.online, records.store, self.connections, records.media)
        fetcher = Fetcher(
            self.connections, records.media, records.catalog, stopping, self.metrics, self.kept
        )
        self.poller = Poller(*needed, fetcher, clock, ticks)
        sent_files = ProviderUploads(records.file)
        self.submitters = Submitters()
        sender = Sender(
            *needed, sent_files, stopping, self.metrics, records.catalog, self.submitters
        )
        stages = Stages(records.store, sender, self.poller, self.breakers, stopping, clock)
        self._open_rows = OpenRows(records.file, demo=settings.demo)
        self.tracker = Tracker(
            records.store,
            self._open_rows,
            stages,
            settings.data_dir / "tracker.lock",
            self.metrics,
            Slots(self.connections.limits, {FIRST_PROVIDER} if settings.runway_queues else set()),
            self.turns.read,
            ticks,
        )
        gauges.watch(self.metrics, records.file, self.tracker, self.breakers, records.media)
        gauges.watch_orders(
            self.metrics, records.file, records.catalog.suppliers, clock, demo=settings.demo
        )
        if settings.media_url:
            gauges.watch_bucket(self.metrics, records.clip_copies, settings.media_url, clock)

    def kept(self, output: Output) -> None:
        """A file has come onto the disk: it gets previews, and goes to the bucket."""
        self.previewer.soon(output)
        self.carrier.soon(output)

    def close(self) -> None:
        """To be called once every thread that uses them has stopped."""
        self._open_rows.close()
        self.connections.close()
        if self._demo:
            self._demo.stop()


def _carrier(
    settings: Settings,
    records: Records,
    leads: Callable[[], bool],
    clock: Callable[[], datetime],
) -> Carrier:
    media, copies, buckets = records.media, records.clip_copies, records.buckets
    url, cache = settings.media_url, settings.media_cache
    folder = media.clips.folder
    trimmed = Cache(
        folder,
        copies,
        buckets.at(url),
        None if cache is None or not url else cache * MEGABYTE,
        lambda: media.disk.room().missing,
        lambda file: media.previews.are_made(Path(file).stem),
    )
    versions = FormerVersions(records.file)
    at_hand = media.clips.at_hand
    return Carrier(url, folder, copies, versions, buckets, at_hand, trimmed, leads, clock)


def _connection(
    provider: Provider, clock: Callable[[], datetime], ticks: Callable[[], float]
) -> Connection:
    hide(provider.key)
    breakers = Breakers(provider.title, clock, ticks)
    return Connection(provider, breakers, AccountReader(provider, breakers, clock, ticks))
