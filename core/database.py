"""The SQLite file of the history: opening, migrating, reading, and one way to write.

Connections are opened per call and never shared. synchronous=FULL makes "accepted" true after a
power cut. Every write is one `tx()`.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.errors import StoreError
from core.migrations import migrations

TIMEOUT_SECONDS = 30.0
TROUBLE = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
"""SQLite's codes for what befalls a file: busy, locked, read-only, input/output, corrupt, full,
cannot open, no database. Every other code is a mistake of ours, and should look like one."""
PRAGMAS = (
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    "pragma cache_size = -16384",
)


class HistoryFile:
    """One history.db. Migrates itself when opened, so a new file and an old one are the same."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when the file cannot be opened or was made by a newer Dailies."""
        self.path = path
        self._writing = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._migrate()
            # Kept open and unused: closing the last connection would checkpoint at every call.
            self._anchor = self._connect()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The history in {path.parent} cannot be opened ({error}).",
                "The folder must exist, be writable and have space; DAILIES_DATA_DIR moves it.",
            ) from error

    def close(self) -> None:
        """Close the file; every later call fails."""
        self._anchor.close()

    @contextmanager
    def reading(self, timeout: float = TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write, and waits `timeout` seconds for a lock.

        Raises StoreError.
        """
        with _trouble(), closing(self._connect(timeout)) as connection:
            connection.execute("pragma query_only = 1")
            yield connection

    @contextmanager
    def tx(self) -> Iterator[Database]:
        """One write transaction: all of the block, or none of it. Raises StoreError."""
        with self._writing, _trouble(), closing(self._connect()) as connection:
            connection.execute("begin immediate")
            try:
                yield Database(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def is_writable(self) -> bool:
        """Whether a write could begin within a second; nothing is written."""
        try:
            with closing(self._connect(timeout=1.0)) as connection:
                connection.execute("begin immediate")
                connection.rollback()
        except sqlite3.Error:
            return False
        return True

    def _connect(self, timeout: float = TIMEOUT_SECONDS) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=timeout, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    def _migrate(self) -> None:
        """Under a file lock: two servers that open a new file at once would collide (measured)."""
        with (
            open(self.path.with_suffix(".migrating"), "w") as lock,
            closing(self._connect()) as connection,
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            connection.execute("pragma journal_mode = wal")
            database = Database(connection)
            known = {migration.name for migration in migrations.pending(database)}
            applied = {migration.name for migration in migrations.applied(database)}
            if applied - known - {m.name for m in migrations._migrations}:
                raise StoreError(
                    "The history was written by a newer version of Dailies.",
                    "Update Dailies, or point DAILIES_DATA_DIR at another folder.",
                )
            migrations.apply(database)


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in TROUBLE:
            raise
        raise StoreError(
            f"The history cannot be read or written at the moment ({error}).",
            "Is the disk full, or the data folder gone? Nothing that was saved is lost.",
        ) from error


def stamp(moment: datetime) -> str:
    """An aware moment as UTC text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    """The aware moment that `stamp` wrote."""
    return datetime.fromisoformat(text)
