"""Puts together the parts about room on the disk: clean-up, and what takes how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.domain.cleanup import UNTOUCHED
from core.recovery.room.bringing_back import BringingBack
from core.recovery.room.cleanup import Cleanup
from core.recovery.room.live_links import LiveLinks
from core.settings import Settings
from core.storage.room.cleanup_rules import CleanupRuleStore
from core.storage.room.former_versions import FormerVersions
from core.storage.room.originals import OriginalStore
from core.storage.room.usage import UsageStore
from core.studio.engine import Engine
from core.studio.making.generations import Generations
from core.studio.records import Records
from core.studio.room.cleanup import CleanupRules
from core.studio.room.usage import RoomUsage


@dataclass(frozen=True)
class RoomAssembly:
    settings: Settings
    records: Records
    engine: Engine
    clock: Callable[[], datetime]
    ticks: Callable[[], float]

    def cleanup(self, promised: Callable[[], set[int]]) -> Cleanup:
        """`promised` are the generations of archives that somebody may still save, or could a few
        days ago."""
        live = LiveLinks(self.records.file, self.records.history)
        return Cleanup(
            OriginalStore(self.records.file, demo=self.settings.demo),
            CleanupRuleStore(self.records.file),
            self.records.media,
            lambda now: live.shown(now - UNTOUCHED) | promised(),
            self.records.store.record,
            self.engine.metrics.removed,
            self.settings.demo,
        )

    def cleanup_rules(self, cleanup: Cleanup, changed: Callable[[], None]) -> CleanupRules:
        records = self.records
        versions = FormerVersions(records.file)
        needed = (cleanup.originals, versions, records.buckets, records.media)
        return CleanupRules(
            store=cleanup.rules,
            cleanup=cleanup,
            bringing_back=BringingBack(*needed, self.engine.kept, records.store.record),
            generations=records.store,
            changed=changed,
            clock=self.clock,
            demo=self.settings.demo,
        )

    def generations(self, cleanup: Cleanup) -> Generations:
        return Generations(
            store=self.records.store,
            originals=cleanup.originals,
            media=self.records.media,
            poller=self.engine.poller,
            tracker=self.engine.tracker,
            breakers=self.engine.breakers,
            suppliers=self.records.catalog.suppliers,
            clock=self.clock,
        )

    def usage(self) -> RoomUsage:
        store = UsageStore(self.records.file)
        return RoomUsage(store=store, media=self.records.media, clock=self.clock, ticks=self.ticks)
