"""What following many open tasks costs.

Measured: processor time of a server that polls 500 and then 2,000 tasks at a provider that takes
200 ms to answer, for each poll that the provider gets, and how many those are in a second.
Baseline: a bare client that asks for as many tasks as often by as many threads over connections
that are kept, reads the answer and keeps nothing. Both take turns at one emulator, which runs in a
process of its own.
Bar: 30 % of one processor for the polls of 500 tasks.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

from core.worker.pool import POLLERS
from tests.benchmarks.figures import Figure
from tests.chaos.faults import late
from tests.chaos.load.scale import ANSWER_SECONDS, HEADERS, KEY, calls, fill, ledger, runway
from tests.chaos.servers import Server, settings_for

TASKS, SHORT_TASKS = (500, 2000), (20,)
MOST_PERCENT = 30
SECONDS, SHORT_SECONDS = 30.0, 2.0
POLL_SECONDS, SHORT_POLL_SECONDS = 5.0, 1.0


def measure(short: bool) -> Iterator[Figure]:
    """For each number of tasks: the share of a processor, and the polls."""
    every = SHORT_POLL_SECONDS if short else POLL_SECONDS
    for count in SHORT_TASKS if short else TASKS:
        with TemporaryDirectory(prefix="benchmark-") as temporary, runway() as url:
            server = Server(settings_for(Path(temporary), url, KEY, poll_seconds=every))
            fill(server.settings.data_dir, url, count)
            slow = late("task", ANSWER_SECONDS)
            requests.post(f"{url}/emulator/script", json=slow, timeout=30)
            server.start()
            server.until("leads")
            time.sleep(2 * every)
            seconds = SHORT_SECONDS if short else SECONDS
            ours = followed(psutil.Process(server.pid), url, seconds)
            server.stop()
            with bare(url, every):
                theirs = followed(psutil.Process(os.getpid()), url, seconds)
        most = MOST_PERCENT if count == TASKS[0] else None
        yield Figure(f"{count:,} open tasks: one processor", ours[0], theirs[0], "%", most=most)
        yield Figure(f"{count:,} open tasks: polls a second", ours[1], theirs[1], "")


def followed(process: psutil.Process, url: str, seconds: float) -> tuple[float, float]:
    """The share of a processor in percent, and the polls a second."""
    before, spent, began = calls(url), sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    taken = time.monotonic() - began
    share = 100 * (sum(process.cpu_times()[:2]) - spent) / taken
    return share, (calls(url) - before) / taken


@contextmanager
def bare(url: str, every: float) -> Iterator[None]:
    """Ask for every task so often."""
    addresses = [f"{url}/v1/tasks/{task['id']}" for task in ledger(url)["tasks"]]
    ending = threading.Event()

    def follow(these: list[str]) -> None:
        with requests.Session() as session:
            session.headers.update(HEADERS)
            while not ending.is_set():
                began = time.monotonic()
                for address in these:
                    if not ending.is_set():
                        session.get(address, timeout=30).json()
                ending.wait(max(0.0, began + every - time.monotonic()))

    with ThreadPoolExecutor(POLLERS) as pool:
        for place in range(POLLERS):
            pool.submit(follow, addresses[place::POLLERS])
        try:
            yield
        finally:
            ending.set()
