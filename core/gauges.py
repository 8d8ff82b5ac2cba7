"""The figures read for /metrics: history, tracker, breakers and disk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from core.errors import DiskFull
from core.media.disk_space import Disk
from core.media.library import Media
from core.monitoring.metrics import Metrics, Sample, one
from core.providers.breaker_panel import BreakerPanel
from core.storage.database import HistoryFile
from core.storage.stats import HistoryStats
from core.worker.tracker import Tracker


def watch(
    metrics: Metrics, file: HistoryFile, tracker: Tracker, breakers: BreakerPanel, media: Media
) -> None:
    """Let `metrics` show the state at the moment of each scrape."""
    stats = HistoryStats(file)
    metrics.watch(
        "dailies_generations",
        "Generations of the history by status.",
        ("status", "mode"),
        stats.generations,
    )
    metrics.watch(
        "dailies_credits",
        "Credits of the history by kind; pending is what is not settled yet.",
        ("kind", "mode"),
        stats.credits,
    )
    metrics.watch(
        "dailies_tracker_leads",
        "1 where this server moves the generations of its data folder.",
        (),
        lambda: one(tracker.is_leader),
    )
    metrics.watch(
        "dailies_breaker_open",
        "1 while this breaker holds work up; those of one model only while they do.",
        ("breaker",),
        lambda: (((name,), state == "open") for name, state in breakers.states()),
    )
    metrics.watch(
        "dailies_disk_free_bytes",
        "Free bytes on the disk of the data folder.",
        (),
        lambda: _bytes(media.disk, "free"),
    )
    metrics.watch(
        "dailies_disk_floor_bytes",
        "Free bytes below which nothing new is begun.",
        (),
        lambda: _bytes(media.disk, "floor"),
    )


def _bytes(disk: Disk, name: Literal["free", "floor"]) -> Iterable[Sample]:
    try:
        return one(getattr(disk.room(), name))
    except DiskFull:
        return ()
