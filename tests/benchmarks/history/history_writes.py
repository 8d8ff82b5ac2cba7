"""How many generations a second one history can take, whoever writes.

Measured: milliseconds for all that is written of a generation from the click to its clip (five
commits, each on the disk before it counts), by one process and by four at once.
Baseline: as many commits of one small row each, by plain sqlite3 with the same durability.
Runway's highest tier makes some 9 million clips a year, one in 3.5 seconds; `deploy/README.md` says
what follows.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.pool import Pool
from pathlib import Path
from tempfile import TemporaryDirectory

from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.benchmarks.figures import Figure
from tests.forks import FORKS

LIVES, SHORT_LIVES = 60, 5
PROCESSES = 4
WAY = (Status.SUBMITTING, Status.PENDING, Status.RUNNING, Status.DOWNLOADING)
Write = Callable[[tuple[Path, int, int]], None]


def measure(short: bool) -> Iterator[Figure]:
    lives = SHORT_LIVES if short else LIVES
    for processes in (1, PROCESSES):
        measured, baseline = (timed(write, lives, processes) for write in (ours, plain))
        name = f"a generation's writes, {processes} process{'es' if processes > 1 else ''}"
        yield Figure(name, measured, baseline, "ms")


def timed(write: Write, lives: int, processes: int) -> float:
    """Milliseconds of a life, while so many processes write into one file."""
    with TemporaryDirectory() as folder, FORKS.Pool(processes) as pool:
        path = Path(folder, "history.db")
        write((path, 0, 1))  # the file is made
        began = time.perf_counter()
        spread(pool, write, path, lives, processes)
        return 1000 * (time.perf_counter() - began) / (lives * processes)


def spread(pool: Pool, write: Write, path: Path, lives: int, processes: int) -> None:
    pool.map(write, [(path, number + 1, lives) for number in range(processes)], 1)


def ours(told: tuple[Path, int, int]) -> None:
    """What becomes of so many generations, at one clip after the other."""
    path, who, lives = told
    wanted = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})
    with closing(HistoryFile(path)) as file:
        store = Store(file)
        for number in range(lives):
            now = datetime.now(UTC)
            row, _ = store.add(
                wanted,
                idempotency_key=f"{who}-{number}",
                kind="text",
                quoted=24,
                demo=False,
                now=now,
            )
            for status in WAY:
                store.move(store.get(row.id), status, now, task_id=f"{who}-{number}")


def plain(told: tuple[Path, int, int]) -> None:
    path, _who, lives = told
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("create table if not exists lives (id integer primary key, at text)")
        for _ in range(lives * (len(WAY) + 1)):
            connection.execute("begin immediate")
            connection.execute("insert into lives (at) values ('now')")
            connection.execute("commit")
