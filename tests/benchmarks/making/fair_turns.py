"""How soon small orders end beside a large one.

Measured: three people order 300, 30 and 3 clips at once, at five slots; the moment at which each
order has ended, in lengths of one clip, by the turns that the queue gives. Clips take 0.9 to 1.1 of
that length. Baseline: what a round robin gives by arithmetic.
Bar: at most 1.2 times the arithmetic for the two small ones.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from core.generations import FIRST_PROVIDER, Status
from core.storage.open_rows import OpenRow
from core.worker.queue.turns import Turns, in_turn
from tests.benchmarks.figures import Figure

ORDERS = {"Anna": 300, "Ben": 30, "Cleo": 3}
SLOTS = 5
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODEL = "gen4.5"
EQUAL: Mapping[str, int] = {}


def measure(short: bool) -> Iterator[Figure]:
    """When each order has ended."""
    found, expected = ends(ORDERS, SLOTS), arithmetic(ORDERS, SLOTS)
    for person, size in ORDERS.items():
        most = None if size == max(ORDERS.values()) else 1.2
        name = f"{size} of {sum(ORDERS.values())} clips ended at {SLOTS} slots"
        yield Figure(name, found[person], expected[person], "clips", most_times=most)


def arithmetic(
    orders: Mapping[str, int], slots: int, weights: Mapping[str, int] = EQUAL
) -> dict[str, int]:
    """Lengths until each order has ended, if everyone with something left has as many starts in
    each round as their weight."""
    return {
        person: math.ceil(
            sum(
                min(math.ceil(size / weights.get(person, 1)) * weights.get(other, 1), count)
                for other, count in orders.items()
            )
            / slots
        )
        for person, size in orders.items()
    }


def ends(orders: Mapping[str, int], slots: int) -> dict[str, float]:
    """When each order has ended, simulated start by start."""
    lengths = random.Random(7)
    waiting = {row.id: row for row in _rows(orders)}
    had = Turns()
    running: list[tuple[float, str]] = []
    now, ended = 0.0, dict.fromkeys(orders, 0.0)
    while waiting or running:
        while waiting and len(running) < slots:
            row = next(in_turn(waiting.values(), had))
            del waiting[row.id]
            had.note(row, NOON)
            heapq.heappush(running, (now + lengths.uniform(0.9, 1.1), row.author))
        now, person = heapq.heappop(running)
        ended[person] = now
    return ended


def queued(number: int, author: str, batch: str | None = None) -> OpenRow:
    """A row that waits its turn."""
    return OpenRow(
        id=number,
        status=Status.QUEUED,
        model=MODEL,
        cancel_requested=False,
        reason="",
        retry_at=None,
        polled_at=None,
        since=NOON,
        batch_id=batch,
        author=author,
        is_held=False,
        first_at="",
        before_all=False,
        provider=FIRST_PROVIDER,
        state=(),
    )


def _rows(orders: Mapping[str, int]) -> Iterator[OpenRow]:
    people = [person for person, size in orders.items() for _ in range(size)]
    for number, person in enumerate(people):
        yield queued(number, person)
