"""The history cannot be written exactly when the answer to a create call comes.

Four calls are out at a time; then the database is locked for ten seconds, or the disk is full, or
the file is replaced by an older copy, with the server running or killed, or it is destroyed and
every copy with it. Afterwards every id must be in the history, by its answer or by its receipt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils.utils import sqlite3

from core.emulator import Emulator
from core.generations import Status
from core.studio import Studio
from tests.chaos import desk_books
from tests.chaos.answers.disk import Disk, disk
from tests.chaos.books import Books, rows
from tests.chaos.faults import late
from tests.chaos.figures import Figure, Promise
from tests.chaos.killed.kill9 import LONG_LIFE, SHORT_LIFE, ground, settle
from tests.chaos.servers import Intent, Server, intent, settings_for

AT_ONCE = 4
ROUNDS, SHORT_ROUNDS = 5, 1
LOCKED_SECONDS = 10.0
ANSWER_SECONDS = 1.5
KEY = "key_of_a_full_disk"

Trouble = Callable[[Server, Disk], None]


def run(short: bool) -> Iterator[Figure]:
    """Each trouble in a folder of its own."""
    rounds = SHORT_ROUNDS if short else ROUNDS
    recovered = 0
    for name, trouble in TROUBLES.items():
        with ground() as (folder, emulator), disk(folder) as place:
            emulator.script(late("create", ANSWER_SECONDS))
            server = Server(settings_for(place.folder, emulator.url, KEY))
            for number in range(rounds):
                one_round(server, emulator, place, trouble, number)
                settle(server, life=SHORT_LIFE if short else LONG_LIFE)
            desk_books.last_round(server)
            server.stop()
            books = Books.read(server.settings.data_dir, emulator, server.told)
            ids = [row for row in books.rows if row.task_id]
            recovered += len(ids)
            yield Promise(f"{name}: ids recovered", len(ids), rounds * AT_ONCE)
            yield from books.in_short(ambiguous=0)
            yield from desk_books.in_short(server.settings, server.desk)
    yield Promise("ids recovered, all in all", recovered, len(TROUBLES) * rounds * AT_ONCE)


def one_round(
    server: Server, emulator: Emulator, place: Disk, trouble: Trouble, number: int
) -> None:
    """Four calls go out, the trouble comes, and goes."""
    already = emulator.ledger()["calls"].get("create", 0)
    write_down(server, [intent(AT_ONCE * number + one) for one in range(AT_ONCE)])
    if server.process is None or not server.process.is_alive():
        server.start()
    end = time.monotonic() + 60
    while emulator.ledger()["calls"].get("create", 0) < already + AT_ONCE:
        assert time.monotonic() < end, f"the calls never went out:\n{server.log[-2000:]}"
        time.sleep(0.02)
    trouble(server, place)


def write_down(server: Server, wanted: list[Intent]) -> None:
    """All at the same moment, by another server on the folder; then keep a copy of the history."""
    with closing(Studio(server.settings)) as studio:
        for one in wanted:
            server.write_down(one, studio)
            server.decide_by(studio)
    history = server.settings.data_dir / "history.db"
    with closing(sqlite3.connect(history)) as source, closing(sqlite3.connect(_copy(server))) as to:
        source.backup(to)


def locked(server: Server, _place: Disk) -> None:
    """Somebody else writes, for ten seconds; who decides on something meanwhile has to wait."""
    file = sqlite3.connect(server.settings.data_dir / "history.db", isolation_level=None)
    with closing(file):
        file.execute("begin immediate")
        for _ in range(AT_ONCE):
            server.decide()
        time.sleep(LOCKED_SECONDS)
        file.execute("rollback")


def full(server: Server, place: Disk) -> None:
    """Not a byte is free until well after the answers have come.

    The write-ahead log is emptied first: what it has allocated takes writes on a full disk too.
    """
    with closing(sqlite3.connect(server.settings.data_dir / "history.db")) as file:
        file.execute("pragma wal_checkpoint(truncate)")
    place.fill(server.pid)
    for _ in range(AT_ONCE):
        server.decide()
    time.sleep(2 * ANSWER_SECONDS)
    waiting = [row for row in rows(server.settings.data_dir) if row.status is Status.SUBMITTING]
    assert len(waiting) == AT_ONCE, "the disk was not full"
    place.clear(server.pid)


def replaced(server: Server, _place: Disk) -> None:
    """The older copy takes the place of the file, under a server that runs."""
    _put_back(server)


def restored(server: Server, _place: Disk) -> None:
    """The server is killed, and starts again on the older copy."""
    server.kill()
    _put_back(server)
    server.start()


def destroyed(server: Server, _place: Disk) -> None:
    """The server is killed, and neither the file nor any copy of it can be read any more.

    What was decided lies in the files beside it a second later.
    """
    desk_books.until_recorded(server)
    server.kill()
    history = server.settings.data_dir / "history.db"
    for path in [*history.parent.glob("history.db*"), *history.parent.glob("backups/*.db")]:
        path.write_bytes(b"no database " * 1000)
    server.start()
    server.until("ready")


def _put_back(server: Server) -> None:
    history = server.settings.data_dir / "history.db"
    for kind in ("-wal", "-shm"):
        history.with_name(history.name + kind).unlink(missing_ok=True)
    _copy(server).replace(history)


def _copy(server: Server) -> Path:
    return server.settings.data_dir / "older.copy"


TROUBLES: dict[str, Trouble] = {
    "database locked": locked,
    "disk full": full,
    "database replaced": replaced,
    "server killed, database replaced": restored,
    "server killed, database and copies destroyed": destroyed,
}
