"""The connection that writes, kept from one write to the next.

A new one would read the schema from the file again: that takes longer than most writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.storage.readers import Place, place_of


class Writer:
    """The writing connection to one file, as long as its path leads to the same one. Lent to one
    thread at a time."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._kept: tuple[Place | None, Database] | None = None

    @contextmanager
    def lent(self) -> Iterator[Database]:
        """Raises sqlite3.Error."""
        place = place_of(self._path)
        database = self._taken(place) or Database(self._connect())
        try:
            yield database
        except BaseException:
            # An interrupted transaction may still hold an old state of the file.
            database.conn.close()
            raise
        self._kept = place, database

    def close(self) -> None:
        if self._kept:
            self._kept[1].conn.close()
            self._kept = None

    def _taken(self, place: Place | None) -> Database | None:
        kept, self._kept = self._kept, None
        if kept and kept[0] == place:
            return kept[1]
        if kept:
            kept[1].conn.close()
        return None
