"""Three out of ten calls go wrong for a batch of 300: how much longer, how much more. Then the same
while the server is killed by `kill -9` every 10 seconds: nothing but the time is different.

Refusals, poll faults and download faults, none of them ambiguous; five at once, polled every
second. Beside it the same work without a fault, in the same run on the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.generations import OPEN
from tests.chaos.books import Books, rows
from tests.chaos.faults import DOWNLOADS, POLLS, REFUSALS, mixture
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground
from tests.chaos.servers import Many, Server, intent, settings_for

GENERATIONS, SHORT_GENERATIONS = 300, 4
SLOTS = 5
SHARE = 0.30
TIMES, EXTRA = 3.0, 0.05
DAY = 24 * 3600
PATIENCE_SECONDS = 1800.0
KEY = "key_of_a_storm"


@dataclass(frozen=True)
class Kills:
    """At most so many, that many seconds apart."""

    most: int
    seconds: float


NONE, ALWAYS, ONCE = Kills(0, 0.0), Kills(10**6, 10.0), Kills(1, 0.7)
STORM: list[dict[str, Any]] = [
    *mixture("create", ("refused", SHARE, REFUSALS)),
    *mixture("task", ("poll", SHARE, POLLS)),
    *mixture("output", ("download", SHARE, DOWNLOADS)),
]


def run(short: bool) -> Iterator[Figure]:
    """The calm, the storm, and the storm with kills."""
    count = SHORT_GENERATIONS if short else GENERATIONS
    calm, _ = passed(count, [], NONE)
    storm, figures = passed(count, STORM, NONE)
    yield Promise("generations in the storm", count, count)
    yield from figures
    yield Measure("seconds without a fault", calm, "s")
    yield Measure("seconds in the storm", storm, "s")
    # A few generations cannot show it: one that waits for its turn is a large part of them.
    most = None if short else TIMES
    yield Measure("the storm takes longer by", storm / calm, "times", most=most)
    killed, figures = passed(count, STORM, ONCE if short else ALWAYS)
    yield Promise("generations in the storm with kills", count, count)
    yield from figures
    yield Measure("seconds in the storm with kills", killed, "s")


def passed(count: int, faults: list[dict[str, Any]], kills: Kills) -> tuple[float, list[Figure]]:
    """Seconds until all of a batch are at their end, and what the books say then."""
    with ground(concurrency=SLOTS) as (folder, emulator):
        emulator.configure(url_ttl=DAY)
        emulator.script(faults)
        server = Server(settings_for(folder, emulator.url, KEY, poll_seconds=1.0))
        server.start()
        server.until("ready")
        began = time.monotonic()
        server.want(Many("takes", tuple(map(intent, range(count)))))
        for _ in range(count):
            server.until("accepted")
        killed = settle(server, kills)
        seconds = time.monotonic() - began
        server.stop()
        books = Books.read(server.settings.data_dir, emulator, server.told)
        whole = sum(emulator.clip(task["id"]).stat().st_size for task in books.tasks)
        sent = emulator.ledger()["bytes_sent"]["output"]
        extra = max(0, round(sent - (1 + EXTRA) * whole))
        queued = [task["id"] for task in books.tasks if task["admitted"] != task["created"]]
        return seconds, [
            *books.in_short(ambiguous=0),
            Promise("tasks made", len(books.tasks), count),
            Promise(f"tasks made while {SLOTS} were at work", len(queued)),
            *([Promise("kill -9 of the server", killed, 1, at_least=True)] if kills.most else []),
            Measure("bytes of clips sent, beside their sizes", 100 * sent / whole, "%"),
            # What a killed server had on its way is on its way again.
            *([] if kills.most else [Promise(f"bytes of clips beyond {EXTRA:.0%} extra", extra)]),
        ]


def settle(server: Server, kills: Kills) -> int:
    """Wait until nothing is open, and kill the server meanwhile; how often."""
    killed, began = 0, time.monotonic()
    next_at = began + kills.seconds
    while any(row.status in OPEN for row in rows(server.settings.data_dir)):
        server.hear(0.2)
        now = time.monotonic()
        assert now - began < PATIENCE_SECONDS, f"still open:\n{server.log[-4000:]}"
        if killed < kills.most and now >= next_at:
            server.kill()
            server.start()
            killed, next_at = killed + 1, now + kills.seconds
    return killed
