"""The server as its operator sees it: its health, its versions, its disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core import health, visibility
from core.media.disk_space import Room
from core.media.library import Media
from core.media.permissions import Exposure, exposures
from core.monitoring.servers import Fault, Process, Servers
from core.outbound import sessions
from core.providers.breaker_panel import BreakerPanel
from core.settings import Settings
from core.storage.clip_copies import ClipCopies, Tally
from core.storage.database import HistoryFile
from core.storage.stats import HistoryStats
from core.worker.agenda import LONG_AGO
from core.worker.tracker import Tracker


class Server:
    def __init__(
        self,
        *,
        settings: Settings,
        addresses: Mapping[str, str],
        file: HistoryFile,
        media: Media,
        copies: ClipCopies,
        tracker: Tracker,
        breakers: BreakerPanel,
        servers: Servers,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._addresses = addresses
        self._file = file
        self._media = media
        self._copies = copies
        self._tracker = tracker
        self._breakers = breakers
        self._servers = servers
        self._clock = clock

    def health(self) -> tuple[bool, dict[str, Any]]:
        parts = (self._file, self._tracker, self._breakers, self._media)
        well, report = health.report(*parts, demo=self._settings.demo)
        return well, report | {"clips_overdue": self.overdue()} | self._bucket_report()

    def bucket(self) -> Tally | None:
        """The state of the clips in the bucket; None where there is no bucket."""
        url = self._settings.media_url
        return self._copies.tally(url) if url else None

    def _bucket_report(self) -> dict[str, Any]:
        if not (tally := self.bucket()):
            return {}
        since = tally.since.isoformat() if tally.since else None
        return {
            "clips_waiting_for_bucket": tally.waiting,
            "clips_waiting_since": since,
            "bucket_trouble": tally.trouble or None,
        }

    def overdue(self) -> int:
        """How many clips were finished long ago and are still not on our disk: providers keep them
        for a day."""
        before = self._clock() - LONG_AGO
        with visibility.everything():
            return HistoryStats(self._file).overdue(before, demo=self._settings.demo)

    def processes(self) -> list[tuple[Process, bool]]:
        """The servers on this data folder, the oldest first, each with whether it leads."""
        leader = self._tracker.leader
        return [(one, f"{one.host}-{one.pid}" == leader) for one in self._servers.running()]

    def faults(self, most: int) -> list[Fault]:
        return self._servers.faults(most)

    def queued(self) -> tuple[int, int]:
        """How many generations wait for a slot, and how many a person holds."""
        rows = HistoryStats(self._file).queued(demo=self._settings.demo)
        return sum(row.waits_its_turn for row in rows), sum(row.is_held for row in rows)

    def versions(self) -> dict[str, str]:
        return health.versions()

    def exposures(self) -> list[Exposure]:
        return list(exposures(self._settings))

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each provider is, or its emulator, the usual one first."""
        return self._addresses

    @property
    def proxy(self) -> str:
        return sessions.proxy(next(iter(self._addresses.values())))

    def disk_room(self) -> Room:
        """Raises DiskFull when the disk does not answer."""
        return self._media.disk.room()

    def check_disk(self) -> None:
        """Raises DiskFull when there is no room for new clips."""
        self._media.disk.check()
