"""Tells whether anything was written to a history file since one last looked, in any process."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlite_utils.utils import sqlite3

from core.errors import StoreError
from core.storage.readers import Place, place_of

Version = tuple[Place | None, int, int]


class Versions:
    """Of the file at a path. Keeps a connection for it: SQLite counts, for each connection, the
    commits of all others. Waits `timeout` seconds for a lock."""

    def __init__(self, path: Path, timeout: float = 5) -> None:
        self._path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._place: Place | None = None
        self._opened = 0
        self._connection: sqlite3.Connection | None = None

    def now(self) -> Version:
        """Equal to an earlier one only if nobody has written in between. Raises StoreError."""
        with self._lock:
            place = place_of(self._path)
            try:
                if self._connection is None or place != self._place:
                    self._reopen(place)
                assert self._connection is not None
                (count,) = self._connection.execute("pragma data_version").fetchone()
            except sqlite3.DatabaseError as error:
                said = f"The history cannot be read at the moment ({error})."
                raise StoreError(said) from error
            return place, self._opened, count

    def close(self) -> None:
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def _reopen(self, place: Place | None) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None  # the file may be away just now
        address = f"{self._path.resolve().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(
            address,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=self._timeout,
        )
        self._place = place
        self._opened += 1
