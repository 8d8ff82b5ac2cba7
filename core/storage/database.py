"""The SQLite file of the history: opening, migrating, reading, and the one way to write.

All writes take turns on one connection. synchronous=FULL keeps "accepted" true after a power cut.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.errors import NewerHistory, StoreError
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.latest import Latest
from core.storage.migrations import migrations
from core.storage.readers import Readers
from core.storage.writer import Writer

TIMEOUT_SECONDS = 30.0
TROUBLE = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
"""SQLite's codes for trouble with the file: busy, locked, read-only, input/output, corrupt, full,
cannot open, not a database. Any other code is a bug of ours, and should look like one."""
BROKEN = frozenset({11, 26})
"""The codes for a damaged file."""
PRAGMAS = (
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    "pragma cache_size = -16384",
)


class HistoryFile:
    """A history.db that migrates itself when opened, so new and old files look the same."""

    def __init__(
        self, path: Path, before_migration: Callable[[HistoryFile], None] | None = None
    ) -> None:
        """Raises StoreError when the file cannot be opened, NewerHistory where a newer Dailies made
        it.

        `before_migration` is called with an older history before its schema is changed.
        """
        self.path = path
        self._writing = threading.Lock()
        self._before_migration = before_migration
        self._readers = Readers(path, self._connect)
        self._writer = Writer(path, self._connect)
        self._latest = Latest(path, self.reading)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as opened:
                # Held while the file is open, so that nobody can replace it.
                using = opened.enter_context(path.with_suffix(".using").open("w"))
                fcntl.flock(using, fcntl.LOCK_SH)
                self._gate = opened.enter_context(path.with_suffix(".gate").open("w"))
                self._migrate()
                # Kept open, unused: closing the last connection would checkpoint after every call.
                opened.enter_context(closing(self._connect()))
                opened.enter_context(closing(self._readers))
                opened.callback(self._end_writing)
                self._opened = opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The history in {path.parent} cannot be opened ({error}).",
                "The folder must exist, be writable and have space; DAILIES_DATA_DIR moves it.",
            ) from error

    def close(self) -> None:
        self._opened.close()

    def _end_writing(self) -> None:
        with self._writing:
            self._writer.close()

    @contextmanager
    def reading(self, timeout: float = TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        """A read-only connection that waits `timeout` seconds for a lock. Raises StoreError."""
        with _trouble(), self._readers.lent(timeout) as connection:
            yield connection

    def indexed(
        self, timeout: float = TIMEOUT_SECONDS
    ) -> AbstractContextManager[tuple[sqlite3.Connection, Facets]]:
        return self._latest.held(timeout)

    @contextmanager
    def tx(self) -> Iterator[Database]:
        """A write transaction: the whole block, or nothing. Raises StoreError."""
        with (
            self._writing,
            self._gated(fcntl.LOCK_SH),
            _trouble(),
            self._writer.lent() as database,
        ):
            database.conn.execute("begin immediate")
            try:
                yield database
            except BaseException:
                database.conn.rollback()
                raise
            database.conn.commit()

    def count(self) -> int:
        with self.reading() as connection:
            row = connection.execute("select count(*) as found from generations").fetchone()
        return int(row["found"])

    def copy(self, path: Path) -> None:
        """Write everything committed to a new, compacted file at `path`. Raises StoreError."""
        with _trouble(), closing(self._connect()) as connection:
            connection.execute("vacuum into ?", [str(path)])

    def replace_with(
        self, other: Path, aside: Path, finish: Callable[[sqlite3.Connection], None]
    ) -> None:
        """Take over the whole history at `other`, in one step for every reader, after copying the
        present one to `aside`. Nobody can write meanwhile, in any process.

        `finish` prepares `other` and may read the present history; afterwards `other` must be
        closed and have the newest schema. Raises StoreError.
        """
        with (
            self._writing,
            self._gated(fcntl.LOCK_EX),
            _trouble(),
            closing(self._connect()) as ours,
        ):
            ours.execute("vacuum into ?", [str(aside)])
            finish(ours)
            with closing(sqlite3.connect(other)) as theirs:
                theirs.execute("update epoch set id = hex(randomblob(16))")
                theirs.commit()
                theirs.backup(ours)

    @contextmanager
    def _gated(self, kind: int) -> Iterator[None]:
        """Writers share the gate; replacing the whole history takes it exclusively."""
        fcntl.flock(self._gate, kind)
        try:
            yield
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def is_writable(self) -> bool:
        """Whether a write could begin within a second. Writes nothing."""
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
        """Under a file lock: two servers that open a new file at once do collide (measured)."""
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
                raise NewerHistory(
                    "The history was written by a newer version of Dailies.",
                    "Update Dailies, restore the backup from before the update by"
                    " `python -m core.recovery`, or point DAILIES_DATA_DIR at another folder.",
                )
            if applied and known and self._before_migration:
                self._before_migration(self)
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


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether no process has the history open; inside, none can open it."""
    with path.with_suffix(".using").open("w") as using:
        try:
            fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def damage(path: Path) -> str:
    """What is wrong with a history file, in SQLite's words; empty when it is sound. Writes nothing,
    not even a checkpoint of the -wal. Raises StoreError."""
    try:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=TIMEOUT_SECONDS)) as connection:
            found = [row[0] for row in connection.execute("pragma quick_check(3)")]
            count = "select count(*) from sqlite_master where name = 'generations'"
            known = connection.execute(count).fetchone()[0]
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in BROKEN:
            raise StoreError(f"The history cannot be checked at the moment ({error}).") from error
        return str(error)
    if found != ["ok"]:
        return " ".join(" ".join(found).split())
    return "" if known or not path.stat().st_size else "it holds no history"


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """UTC text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    return moment(text) if text else None
