"""Three out of ten calls go wrong, for 300 generations at once: how much longer, how much more.

Refusals, poll faults and download faults, none of them ambiguous; polled every second. Beside it
the same work without a fault, in the same run on the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from tests.chaos.books import Books
from tests.chaos.faults import DOWNLOADS, POLLS, REFUSALS, mixture
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.kill9 import ground, settle
from tests.chaos.servers import Server, intent, settings_for

GENERATIONS, SHORT_GENERATIONS = 300, 4
SHARE = 0.30
TIMES, EXTRA = 3.0, 0.05
DAY = 24 * 3600
KEY = "key_of_a_storm"


def run(short: bool) -> Iterator[Figure]:
    """The calm, then the storm."""
    count = SHORT_GENERATIONS if short else GENERATIONS
    calm, _ = passed(count, [])
    faults = [
        *mixture("create", ("refused", SHARE, REFUSALS)),
        *mixture("task", ("poll", SHARE, POLLS)),
        *mixture("output", ("download", SHARE, DOWNLOADS)),
    ]
    storm, figures = passed(count, faults)
    yield Promise("generations in the storm", count, count)
    yield from figures
    yield Measure("seconds without a fault", calm, "s")
    yield Measure("seconds in the storm", storm, "s")
    # A few generations cannot show it: one that waits for its turn is a large part of them.
    most = None if short else TIMES
    yield Measure("the storm takes longer by", storm / calm, "times", most=most)


def passed(count: int, faults: list[dict[str, Any]]) -> tuple[float, list[Figure]]:
    """Seconds until all are at their end, and what the books say then."""
    with ground() as (folder, emulator):
        emulator.configure(url_ttl=DAY)
        emulator.script(faults)
        server = Server(settings_for(folder, emulator.url, KEY, poll_seconds=1.0))
        server.start()
        server.until("ready")
        began = time.monotonic()
        for number in range(count):
            server.want(intent(number))
        for _ in range(count):
            server.until("accepted")
        settle(server)
        seconds = time.monotonic() - began
        server.stop()
        books = Books.read(server.settings.data_dir, emulator, server.told)
        whole = sum(emulator.clip(task["id"]).stat().st_size for task in books.tasks)
        sent = emulator.ledger()["bytes_sent"]["output"]
        extra = max(0, round(sent - (1 + EXTRA) * whole))
        return seconds, [
            *books.in_short(ambiguous=0),
            Measure("bytes of clips sent, beside their sizes", 100 * sent / whole, "%"),
            Promise(f"bytes of clips beyond {EXTRA:.0%} extra", extra),
        ]
