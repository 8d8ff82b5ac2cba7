"""Whether the server is well, and what runs here."""

from __future__ import annotations

import platform
from typing import Any

from sqlite_utils.utils import sqlite3

from core import VERSION
from core.media.library import Media
from core.providers.breaker_panel import BreakerPanel
from core.storage.database import HistoryFile
from core.worker.tracker import Tracker


def report(
    file: HistoryFile, tracker: Tracker, breakers: BreakerPanel, media: Media, *, demo: bool
) -> tuple[bool, dict[str, Any]]:
    """Whether rows can be written and open generations are followed, with the findings."""
    writable = file.is_writable()
    stepped = tracker.last_step
    found = {
        "database_writable": writable,
        "tracker_alive": tracker.is_alive,
        "tracker_leads": tracker.is_leader,
        "tracker_stepped_at": stepped.isoformat() if stepped else None,
        "breakers": dict(breakers.states()),
        "mode": "demo" if demo else "live",
    }
    return writable and tracker.is_alive, found | media.disk.report()


def versions() -> dict[str, str]:
    return {
        "Dailies": VERSION,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }
