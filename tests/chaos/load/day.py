"""A day of an account of the highest tier, ten times as fast: 25,000 generations at 20 slots, tasks
of 4 to 8 seconds, polled every half second (in short: 12, of half a second).

How many a minute, what the server takes of a processor and of memory, how long its pages wait for
what they show meanwhile, and whether the books balance in the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import quantiles
from typing import Any

import psutil

from core.storage.database import HistoryFile
from core.storage.open_rows import open_rows
from tests.chaos.books import Books
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground
from tests.chaos.servers import Many, Server, intent, settings_for

SLOTS = 20
DAY = 24 * 3600
RATE = 10.0
"""Times that of a day."""
MOST_PAGES_MS, MOST_MEGABYTES = 50.0, 20.0
PATIENCE_SECONDS = 300.0
"""Without anything that ends."""
KEY = "key_of_a_long_day"


@dataclass(frozen=True)
class Load:
    count: int
    batch: int
    tempo: str
    poll_seconds: float
    look_seconds: float


WHOLE = Load(25_000, 250, "seconds:4-8", 0.5, 5.0)
SHORT = Load(12, 6, "seconds:0.3-0.6", 0.2, 0.5)


@dataclass
class Watch:
    """What is seen of the server now and then."""

    server: Server
    pages: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def look(self) -> None:
        self.pages.append(1000 * self.server.time_pages())
        self.megabytes.append(psutil.Process(self.server.pid).memory_info().rss / 2**20)

    @property
    def growth(self) -> float:
        """From a third of the way to the end, each the mean of a tenth of the looks."""
        few = max(1, len(self.megabytes) // 10)
        third = len(self.megabytes) // 3
        early, late = self.megabytes[third : third + few], self.megabytes[-few:]
        return sum(late) / len(late) - sum(early) / len(early)


def run(short: bool) -> Iterator[Figure]:
    """Order batch after batch, so that there is always something waiting."""
    load = SHORT if short else WHOLE
    with ground(concurrency=SLOTS, tempo=load.tempo) as (folder, emulator):
        emulator.configure(url_ttl=DAY)
        server = Server(settings_for(folder, emulator.url, KEY, poll_seconds=load.poll_seconds))
        server.start()
        server.until("ready")
        process, watch = psutil.Process(server.pid), Watch(server)
        began = time.monotonic()
        with closing(HistoryFile(server.settings.data_dir / "history.db")) as file:
            yield from made(server, file, load, watch)
        seconds = time.monotonic() - began
        used = sum(process.cpu_times()[:4])
        server.stop()
        rate = load.count / seconds
        yield Measure("generations", load.count)
        yield Measure(
            "times the rate of 25,000 a day", rate * DAY / 25_000, least=None if short else RATE
        )
        yield Measure("of a processor, with all child processes", 100 * used / seconds, "%")
        most = None if short else MOST_MEGABYTES
        yield Measure("memory at the end", watch.megabytes[-1], "MB")
        yield Measure("memory, from a third of the way on", watch.growth, "MB more", most=most)
        most = None if short else MOST_PAGES_MS
        yield Measure("pages wait, 95 of 100", quantiles(watch.pages, n=20)[-1], "ms", most=most)
        tasks = emulator.ledger()["tasks"]
        yield from account(tasks, load)
        yield from Books.read(server.settings.data_dir, emulator, server.told).in_short(0)


def made(server: Server, file: HistoryFile, load: Load, watch: Watch) -> Iterator[Figure]:
    """Until all have ended. Of each tenth it is told how far it is."""
    began = moved = time.monotonic()
    ordered = ended = told = 0
    watch.look()
    while ended < load.count:
        while ordered < load.count and ordered - ended < 2 * load.batch:
            intents = tuple(intent(ordered + number) for number in range(load.batch))
            server.want(Many(f"takes {ordered}", intents))
            for _ in intents:
                server.until("accepted")
            ordered += load.batch
        server.hear(load.look_seconds)
        watch.look()
        now = time.monotonic()
        before, ended = ended, ordered - len(open_rows(file, demo=False))
        moved = now if ended > before else moved
        assert now - moved < PATIENCE_SECONDS, server.log[-4000:]
        if 10 * ended // load.count > told and load is WHOLE:
            told = 10 * ended // load.count
            yield Measure(f"seconds until {ended:,} had ended", now - began, "s")


def account(tasks: list[dict[str, Any]], load: Load) -> Iterator[Figure]:
    """What the provider saw."""
    queued = sum(task["admitted"] != task["created"] for task in tasks)
    yield Promise(f"tasks made while {SLOTS} were at work", queued)
    times = [[datetime.fromisoformat(at) for at in task["polls"]] for task in tasks]
    gaps = [(b - a).total_seconds() for polled in times for a, b in pairwise(polled)]
    soon = sum(gap < load.poll_seconds for gap in gaps)
    yield Promise(f"polls of one task within {load.poll_seconds:g} seconds", soon)
