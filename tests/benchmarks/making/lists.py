"""A list of 10,000 rows, read, checked and priced (in short: 300).

Measured: seconds from the bytes of the file to what is said beside each row; how much memory the
process took for it at most; the same again after one cell was changed; and, in another thread of
the process, how long a page of the history takes meanwhile (95 of 100 questions).
Baseline: pandas reads the file, and checks nothing; the page of the history while nothing else
runs.
Bar: 5 seconds and 200 MB.
"""

from __future__ import annotations

import csv
import io
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pandas as pd
import psutil

from core.compose import sheets
from core.generations import Request
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from core.studio.making.lists import Known
from tests.benchmarks.figures import Figure, p95
from tests.forks import FORKS

ROWS, SHORT_ROWS = 10_000, 300
MOST_SECONDS, MOST_MEGABYTES = 5.0, 200.0
EVERY_SECONDS = 0.02
MODELS = ("gen4.5", "veo3.1", "veo3.1_fast", "gen4.5")
Found = TypeVar("Found")
FORM = Request("text_to_video", "gen4.5", "A sea", {"ratio": "1280:720", "duration": 5})


def measure(short: bool) -> Iterator[Figure]:
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=checked, args=(SHORT_ROWS if short else ROWS, theirs))
    process.start()
    theirs.close()
    figures: list[Figure] = ours.recv()
    process.join()
    yield from figures


def checked(count: int, wire: Connection) -> None:
    """In a process of its own, whose memory is only this."""
    content = written(count)
    known: Known = {}
    with (
        TemporaryDirectory() as folder,
        closing(Studio(Settings(Path(folder), demo_seconds=0, disk_floor=0))) as studio,
    ):
        studio.lists.check(sheets.read(sheets.EXAMPLE.encode()).rows, FORM, {})
        plain, _ = timed(lambda: pd.read_csv(io.BytesIO(content)))
        with looking(studio) as idle:
            time.sleep(1.0)
        before = psutil.Process().memory_info().rss
        with looking(studio) as meanwhile:
            seconds, rows = timed(lambda: list(sheets.read(content).rows))
            more, found = timed(lambda: studio.lists.check(rows, FORM, {}, known))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
        rows[1] = {**rows[1], "prompt": "Another sea"}
        again, _ = timed(lambda: studio.lists.check(rows, FORM, {}, known))
        assert sum(bool(one.reasons) for one in found) == len(range(0, count, 100))
    name, busy = f"{count:,} rows", 1000 * p95(meanwhile)
    wire.send(
        [
            Figure(f"{name} checked and priced", seconds + more, plain, "s", MOST_SECONDS),
            Figure(f"{name} again, one cell changed", again, plain, "s", MOST_SECONDS),
            Figure("memory for it", most / 2**20, len(content) / 2**20, "MB", MOST_MEGABYTES),
            Figure("a page of the history meanwhile", busy, 1000 * p95(idle), "ms"),
        ]
    )


def written(count: int) -> bytes:
    """A CSV in which one row of 100 has a ratio that no model has."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["prompt", "model", "ratio", "duration", "seed", "tags"])
    for number in range(count):
        model = MODELS[number % len(MODELS)]
        ratio = "16:9" if number % 100 else "7:3"
        words = f"Shot {number}: a paper boat drifts down a rainy street, neon in the water"
        table.writerow([words, model, ratio, "", number, "night, rain"])
    return out.getvalue().encode()


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


@contextmanager
def looking(studio: Studio) -> Iterator[list[float]]:
    """The seconds that each page of the history takes while inside."""
    seconds: list[float] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(EVERY_SECONDS):
            began = time.perf_counter()
            studio.history.page(Filter(), Order.NEWEST, 1, 24)
            seconds.append(time.perf_counter() - began)

    thread = threading.Thread(target=look)
    thread.start()
    yield seconds
    ended.set()
    thread.join()
