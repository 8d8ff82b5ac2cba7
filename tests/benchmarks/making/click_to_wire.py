"""From an order to its POST at the provider.

Measured: milliseconds from the call by which a page orders until the emulator has the create call:
the row is on the disk, the tracker takes it up, and a process of its own makes the one call. One
after the other, as people click; the emulator runs in a process of its own, over plain HTTP.
Baseline: the same call made at once by this process, over a new connection.
Bar: 95 of 100 within 300 ms.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import requests

from core.generations import Request
from core.settings import Settings
from core.studio import Studio
from tests.benchmarks.figures import Figure, p95
from tests.chaos.load.scale import HEADERS, KEY, created, ledger, runway

ORDERS, SHORT_ORDERS = 40, 3
MOST_MS = 300
PATIENCE_SECONDS = 60


def measure(short: bool) -> Iterator[Figure]:
    """The middle and the slow order."""
    ours: list[float] = []
    bare: list[float] = []
    with TemporaryDirectory() as temporary, runway() as url:
        slots = {"concurrency": 1000}
        requests.post(f"{url}/emulator/settings", json=slots, headers=HEADERS, timeout=30)
        settings = Settings(Path(temporary), api_key=KEY, base_url=url)
        with closing(Studio(settings)) as studio:
            studio.start()
            for number in range(1 + (SHORT_ORDERS if short else ORDERS)):
                ours.append(ordered(studio, url, number))
                bare.append(posted(url))
    del ours[0], bare[0]  # the first ones load what is needed
    yield Figure("order to POST at the provider, median", median(ours), median(bare), "ms")
    slow = p95(ours), p95(bare)
    yield Figure("order to POST at the provider, p95", *slow, "ms", most=MOST_MS)


def ordered(studio: Studio, url: str, number: int) -> float:
    """Milliseconds until the emulator has what is ordered now."""
    params: dict[str, Any] = {"ratio": "1280:720", "duration": 2}
    wanted = Request("text_to_video", "gen4.5", f"Take {number}", params)
    began = datetime.now(UTC)
    row, _ = studio.compose.submit(wanted, f"take {number}")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (task := studio.generations.get(row.id).task_id):
        assert time.monotonic() < deadline, "it was never sent"
        time.sleep(0.02)
    return _milliseconds(began, url, task)


def posted(url: str) -> float:
    began = datetime.now(UTC)
    return _milliseconds(began, url, created(url))


def _milliseconds(began: datetime, url: str, task_id: str) -> float:
    tasks = {task["id"]: task for task in ledger(url)["tasks"]}
    arrived = datetime.fromisoformat(tasks[task_id]["created"])
    return 1000 * (arrived - began).total_seconds()
