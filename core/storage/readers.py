"""Read-only connections, kept and lent to one caller at a time.

A new one would read the schema, and every page of an index, from the file again: with a large
history that takes longer than most queries.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils.utils import sqlite3

from core import visibility
from core.storage import private_projects

KEPT = 4
"""Idle connections to keep of each kind, each with its own cache. More may be lent at a time."""
Place = tuple[int, int]
"""Device and inode."""


@dataclass
class Reader:
    """A connection to the file at a place; `patience` is how many milliseconds it waits for a
    lock."""

    place: Place | None
    connection: sqlite3.Connection
    patience: int = -1

    def wait(self, seconds: float) -> None:
        milliseconds = round(1000 * seconds)
        if milliseconds != self.patience:
            self.connection.execute(f"pragma busy_timeout = {milliseconds}")
            self.patience = milliseconds


class Readers:
    """Connections to one file, as long as its path leads to the same one."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._lock = threading.Lock()
        self._idle: dict[bool, list[Reader]] = {False: [], True: []}
        self._closed = False

    @contextmanager
    def lent(self, timeout: float) -> Iterator[sqlite3.Connection]:
        """A connection that waits `timeout` seconds for a lock. Raises sqlite3.Error."""
        place, is_limited = place_of(self._path), visibility.reader() is not None
        reader = self._taken(place, is_limited) or Reader(place, self._opened(is_limited))
        try:
            reader.wait(timeout)
            yield reader.connection
        except BaseException:
            # An interrupted transaction may still hold an old state of the file.
            reader.connection.close()
            raise
        self._give_back(reader, is_limited)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle = [one for kind in self._idle.values() for one in kind]
            self._idle = {False: [], True: []}
        for reader in idle:
            reader.connection.close()

    def _opened(self, is_limited: bool) -> sqlite3.Connection:
        connection = self._connect()
        if is_limited:
            private_projects.limit(connection)
        connection.execute("pragma query_only = 1")
        return connection

    def _taken(self, place: Place | None, is_limited: bool) -> Reader | None:
        """The one given back last, whose cache is warmest; connections to a replaced file are
        closed."""
        with self._lock:
            idle = self._idle[is_limited]
            while idle:
                reader = idle.pop()
                if reader.place == place:
                    return reader
                reader.connection.close()
        return None

    def _give_back(self, reader: Reader, is_limited: bool) -> None:
        with self._lock:
            idle = self._idle[is_limited]
            if reader.place and not self._closed and len(idle) < KEPT:
                idle.append(reader)
                return
        reader.connection.close()


def place_of(path: Path) -> Place | None:
    """None when there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
