"""Tells open pages whether any generation in flight has changed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core import visibility
from core.generations import OPEN, Status
from core.storage import private_projects
from core.storage.database import HistoryFile
from core.storage.open_rows import PAUSED
from core.storage.versions import Version, Versions

LIFE = 0.5
"""Seconds for which an answer counts, since every open page asks all the time."""
SEEN = f"""
    select id, status, cancel_requested, reason, retry_at, held_at, first_at, before_all, {PAUSED},
        round(progress, 2) as progress
    from generations indexed by generations_status
    where status in ({", ".join("?" * len(OPEN))}) order by id
"""
"""Leaves out what a poll without news writes, such as its moment."""
MOST = 100
"""Progress is told of so many, the newest ones."""


@dataclass(frozen=True)
class Known:
    etag: str = ""
    progress: Mapping[int, float] = field(default_factory=dict)


class InFlight:
    def __init__(self, file: HistoryFile, ticks: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._ticks = ticks
        self._versions = Versions(file.path, timeout=0)
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._version: Version | None = None
        self._known = Known()

    def etag(self) -> str:
        """Changes with everything that is open except its progress, whichever process wrote it,
        whoever may see it. The same in all processes. Raises StoreError."""
        return self._now().etag

    def progress(self) -> Mapping[int, float]:
        """How far running generations are, from 0 to 1, by number. Raises StoreError."""
        progress = self._now().progress
        if visibility.reader() is None:
            return progress
        with self._file.reading(timeout=0) as connection:
            seen = private_projects.seen(connection, [*progress])
        return {number: progress[number] for number in seen}

    def _now(self) -> Known:
        """Reads only after something was written. Waits for nobody once anything is known: while
        another thread reads, the previous answer counts."""
        if not self._lock.acquire(blocking=self._version is None):
            return self._known
        try:
            if self._ticks() - self._read_at >= LIFE:
                version = self._versions.now()  # first, so that a write meanwhile is read next time
                if version != self._version:
                    self._known, self._version = self._read(), version
                self._read_at = self._ticks()
            return self._known
        finally:
            self._lock.release()

    def close(self) -> None:
        self._versions.close()

    def _read(self) -> Known:
        with visibility.everything(), self._file.reading(timeout=0) as connection:
            (last,) = connection.execute("select max(id) from events").fetchone()
            rows = connection.execute(SEEN, [*OPEN]).fetchall()
        seen = repr((last, [tuple(row)[:-1] for row in rows]))
        made = [row for row in rows if row["status"] == Status.RUNNING and row["progress"]]
        progress = {row["id"]: row["progress"] for row in made[-MOST:]}
        return Known(hashlib.sha256(seen.encode()).hexdigest()[:16], progress)
