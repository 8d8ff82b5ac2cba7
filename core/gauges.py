"""The figures read for /metrics: history, queue, caps, messages, tracker, breakers, disk and
bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from core import visibility
from core.catalog.suppliers import Suppliers
from core.media.library import Media
from core.monitoring.metrics import Metrics, Sample, one
from core.providers.breaker_panel import BreakerPanel
from core.storage.clip_copies import ClipCopies, State
from core.storage.database import HistoryFile
from core.storage.open_rows import OpenRow
from core.storage.spending.cap_standings import CapStandings
from core.storage.spending.caps import CapStore
from core.storage.stats import HistoryStats
from core.worker.tracker import Tracker


def watch(
    metrics: Metrics, file: HistoryFile, tracker: Tracker, breakers: BreakerPanel, media: Media
) -> None:
    stats = HistoryStats(file)
    metrics.watch(
        "dailies_generations",
        "Generations of the history by status.",
        ("status", "mode"),
        stats.generations,
    )
    metrics.watch(
        "dailies_credits",
        "Credits of the history by kind and provider; pending is what is not settled yet.",
        ("kind", "mode", "provider"),
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
        lambda: one(media.disk.room().free),
    )
    metrics.watch(
        "dailies_disk_floor_bytes",
        "Free bytes below which nothing new is begun.",
        (),
        lambda: one(media.disk.room().floor),
    )


def watch_orders(
    metrics: Metrics,
    file: HistoryFile,
    suppliers: Suppliers,
    clock: Callable[[], datetime],
    *,
    demo: bool,
) -> None:
    stats, caps = HistoryStats(file), CapStore(file)
    used = CapStandings(file, suppliers, demo=demo)
    metrics.watch(
        "dailies_queue",
        "Generations that are not sent yet: they wait for a slot, or are held by a person.",
        ("state",),
        lambda: _queue(stats.queued(demo=demo)),
    )
    metrics.watch(
        "dailies_queue_oldest_seconds",
        "How long the oldest of those that wait for a slot has waited.",
        (),
        lambda: one(_longest(stats.queued(demo=demo), clock())),
    )
    metrics.watch(
        "dailies_caps",
        "Caps on spending, by how they stand: open, warning, reached.",
        ("state",),
        lambda: _caps(caps, used, clock()),
    )
    metrics.watch(
        "dailies_deliveries",
        "Messages to webhooks and channels: waiting, delivered and given up, of the last days.",
        ("way", "state"),
        stats.deliveries,
    )


def watch_bucket(
    metrics: Metrics, copies: ClipCopies, bucket: str, clock: Callable[[], datetime]
) -> None:
    metrics.watch(
        "dailies_bucket_clips",
        "Clips of the bucket: stored, waiting for it, missing here and there, leaving it.",
        ("state",),
        lambda: _bucket_clips(copies, bucket),
    )
    metrics.watch(
        "dailies_bucket_oldest_seconds",
        "How long the oldest of those that wait for the bucket has waited.",
        (),
        lambda: one(_age(copies.tally(bucket).since, clock())),
    )


def _bucket_clips(copies: ClipCopies, bucket: str) -> Iterable[Sample]:
    tally = copies.tally(bucket)
    for state in State:
        yield (state,), getattr(tally, state)


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0


def _queue(rows: Sequence[OpenRow]) -> Iterable[Sample]:
    yield ("waiting",), sum(row.waits_its_turn for row in rows)
    yield ("held",), sum(row.is_held for row in rows)


def _longest(rows: Sequence[OpenRow], now: datetime) -> float:
    waits = [(now - row.since).total_seconds() for row in rows if row.waits_its_turn]
    return max(waits, default=0.0)


def _caps(caps: CapStore, used: CapStandings, now: datetime) -> Iterable[Sample]:
    with visibility.everything():
        standings = used.of(caps.holding(), now)
    reached = sum(each.is_reached for each in standings)
    warning = sum(each.warns for each in standings)
    yield ("open",), len(standings) - reached - warning
    yield ("warning",), warning
    yield ("reached",), reached
