"""What is looked up for /metrics: the history, the tracker, the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from core.census import Census
from core.database import HistoryFile
from core.metrics import Metrics, Sample, one
from core.tracker import Tracker


def watch(metrics: Metrics, file: HistoryFile, tracker: Tracker, folder: Path) -> None:
    """Let `metrics` show how things stand at the moment of each scrape."""
    census = Census(file)
    metrics.watch(
        "dailies_generations",
        "Generations of the history by status.",
        ("status", "mode"),
        census.generations,
    )
    metrics.watch(
        "dailies_credits",
        "Credits of the history by kind; pending is what is not settled yet.",
        ("kind", "mode"),
        census.credits,
    )
    metrics.watch(
        "dailies_tracker_leads",
        "1 where this server moves the generations of its data folder.",
        (),
        lambda: one(tracker.is_leader),
    )
    metrics.watch(
        "dailies_disk_free_bytes",
        "Free bytes on the disk of the data folder.",
        (),
        lambda: _free(folder),
    )


def _free(folder: Path) -> Iterable[Sample]:
    try:
        return one(shutil.disk_usage(folder).free)
    except OSError:
        return ()
