"""Keeps the facets of a history file as new as the file, whichever process wrote last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlite_utils.utils import sqlite3

from core.errors import StoreError
from core.storage import private_projects
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import OutOfOrder
from core.storage.readers import Place, place_of

Source = tuple[Place | None, str]
"""The file, and the epoch of the history in it: a restore begins another."""


class Latest:
    """One for each open history file. Only one thread at a time holds the facets."""

    def __init__(
        self, path: Path, reading: Callable[[float], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._path = path
        self._reading = reading
        self._lock = threading.Lock()
        self._facets: Facets | None = None
        self._source: Source = (None, "")
        self._seen = 0

    @contextmanager
    def held(self, timeout: float) -> Iterator[tuple[sqlite3.Connection, Facets]]:
        """A connection that sees one state of the file, and the facets of exactly that state, as
        far as the reader may see them.

        Never call this inside itself. Raises StoreError, also when others hold the facets for
        longer than `timeout` seconds.
        """
        if not self._lock.acquire(timeout=timeout):
            raise StoreError("The history is still being read.", "Try again in a moment.")
        try:
            # Looked up first: if the file is replaced meanwhile, the next call notices.
            place = place_of(self._path)
            with self._reading(timeout) as connection:
                connection.execute("begin")
                facets = self._caught_up(connection, place)
                yield connection, facets.without(private_projects.hidden_projects(connection))
                connection.execute("rollback")
        finally:
            self._lock.release()

    def _caught_up(self, connection: sqlite3.Connection, place: Place | None) -> Facets:
        epoch, first, last = connection.execute(
            "select (select id from epoch), coalesce((select min(number) from changes), 0),"
            " coalesce((select max(number) from changes), 0)"
        ).fetchone()
        # None until all are read, so that an error leaves no half-updated facets behind.
        facets, self._facets = self._facets, None
        known = self._source == (place, epoch) and first - 1 <= self._seen <= last
        if facets is None or not known:
            facets = _read(connection)
        elif self._seen < last:
            facets = _changed(connection, facets, self._seen)
        self._facets, self._source, self._seen = facets, (place, epoch), last
        return facets


def _read(connection: sqlite3.Connection) -> Facets:
    facets = Facets()
    facets.load(connection)
    return facets


def _changed(connection: sqlite3.Connection, facets: Facets, seen: int) -> Facets:
    rows = connection.execute(
        "select distinct generation_id from changes where number > ?", [seen]
    ).fetchall()
    try:
        facets.load(connection, [row["generation_id"] for row in rows])
    except OutOfOrder:
        return _read(connection)
    return facets
