"""500 open tasks at a Runway that takes 200 ms to answer, polled every 5 seconds (in short: 2).

How many polls a second, how late, at what cost; then the server is restarted, and later killed
while a second one takes over. No task may ever be asked for twice within 5 seconds, by the clock of
the emulator, which runs in a process of its own. Plain HTTP: TLS would cost once a connection.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import requests
from prometheus_client.parser import text_string_to_metric_families as families

from core.generations import Status
from core.settings import ROOT
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.chaos.faults import late
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.servers import Server, intent, settings_for

TASKS, SHORT_TASKS = 500, 20
WATCHED, SHORT_WATCHED = 60.0, 3.0
AFTER, SHORT_AFTER = 20.0, 3.0
POLL_SECONDS, SHORT_POLL_SECONDS, ANSWER_SECONDS = 5.0, 2.0, 0.2
LEAST_RATE, MOST_LATE_MS, MOST_CPU, MOST_MEGABYTES = 95.0, 500.0, 30.0, 80.0
KEY = "key_of_many_tasks"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Runway-Version": "2024-11-06"}


def run(short: bool) -> Iterator[Figure]:
    """Measure, restart, kill; then count the polls."""
    count = SHORT_TASKS if short else TASKS
    after = SHORT_AFTER if short else AFTER
    every = SHORT_POLL_SECONDS if short else POLL_SECONDS
    with TemporaryDirectory(prefix="chaos-") as temporary, runway() as url:
        settings = settings_for(Path(temporary), url, KEY, poll_seconds=every)
        server, second = Server(settings), Server(settings)
        server.start()
        server.until("leads")
        time.sleep(2)
        idle = megabytes(server)
        server.stop()
        fill(settings.data_dir, url, count)
        requests.post(f"{url}/emulator/script", json=late("task", ANSWER_SECONDS), timeout=30)
        server.start()
        time.sleep(every * (1.5 if short else 2.5))
        yield Measure("open tasks", count)
        yield from steady(server, url, idle, short)
        server.stop()
        server.start()
        time.sleep(after)
        second.start()
        second.until("ready")
        server.kill()
        second.until("leads")
        time.sleep(after)
        second.stop()
        yield from polls(url, count, every)


@contextmanager
def runway() -> Iterator[str]:
    """An emulator in a process of its own, whose tasks run for a thousand polls; its address."""
    command = [sys.executable, "-m", "core.emulator", "--tempo", "polls:1000"]
    with subprocess.Popen(
        [*command, "--credits", "100000000"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().split()[-1]
        process.terminate()


def fill(folder: Path, url: str, count: int) -> None:
    """Tasks at the emulator, and their rows in the history, without a create call of ours."""
    now = datetime.now(UTC)
    with (
        closing(HistoryFile(folder / "history.db")) as file,
        ThreadPoolExecutor(8) as pool,
    ):
        store = Store(file)
        for number, task in enumerate(pool.map(lambda _: created(url), range(count))):
            one = intent(number)
            row, _ = store.add(
                one.request, idempotency_key=one.key, kind="video", quoted=24, demo=False, now=now
            )
            store.move(row, Status.SUBMITTING, now, attempts=1, submitted_at=now)
            sent = store.get(row.id)
            store.move(sent, Status.PENDING, now, task_id=task, credits_estimated=24)


def created(url: str) -> str:
    """A task of which we only need the id."""
    body = {"model": "gen4.5", "promptText": "Many", "ratio": "1280:720", "duration": 2}
    answer = requests.post(f"{url}/v1/text_to_video", json=body, headers=HEADERS, timeout=60)
    return str(answer.json()["id"])


def steady(server: Server, url: str, idle: float, short: bool) -> Iterator[Figure]:
    """The figures of a while in which nothing else happens. A short while shows no bar."""
    seconds = SHORT_WATCHED if short else WATCHED
    process = psutil.Process(server.pid)
    before, late_before, cpu = calls(url), lateness(server), sum(process.cpu_times()[:2])
    began = time.monotonic()
    time.sleep(seconds)
    taken = time.monotonic() - began
    used = sum(process.cpu_times()[:2]) - cpu
    rate = (calls(url) - before) / taken
    after = lateness(server)
    spread = {bound: after[bound] - late_before[bound] for bound in after}
    yield Measure("polls a second", rate, least=None if short else LEAST_RATE)
    most = None if short else MOST_LATE_MS
    yield Measure("lateness, 99 of 100 at most", 1000 * bound_of(spread, 0.99), "ms", most=most)
    yield Measure("lateness, half of them at most", 1000 * bound_of(spread, 0.5), "ms")
    most = None if short else MOST_CPU
    yield Measure("share of one core", 100 * used / taken, "%", most=most)
    yield Measure("above idle", megabytes(server) - idle, "MB", most=MOST_MEGABYTES)


def polls(url: str, count: int, every: float) -> Iterator[Figure]:
    """Every poll of every task, by the emulator's clock."""
    tasks = ledger(url)["tasks"]
    times = [[datetime.fromisoformat(at) for at in task["polls"]] for task in tasks]
    gaps = [(b - a).total_seconds() for polled in times for a, b in pairwise(polled)]
    soon = [gap for gap in gaps if gap < every]
    yield Promise("tasks that were polled before and after", sum(len(t) > 2 for t in times), count)
    yield Measure("polls, all in all", sum(map(len, times)))
    example = ", ".join(f"{gap:.3f} s" for gap in sorted(soon)[:5])
    yield Promise(f"polls of one task within {every:g} seconds", len(soon), example=example)
    yield Measure("shortest time between two polls of a task", min(gaps), "s")
    yield Measure("longest, over the restart and the kill", max(gaps), "s")


def lateness(server: Server) -> dict[float, float]:
    """How many polls were at most so many seconds late, by the server's own metrics."""
    found = {}
    for family in families(server.look()):
        if family.name == "dailies_poll_lateness_seconds":
            for sample in family.samples:
                if sample.name.endswith("_bucket"):
                    found[float(sample.labels["le"])] = sample.value
    return found


def bound_of(spread: dict[float, float], share: float) -> float:
    """The smallest bound under which that share of all polls lies."""
    whole = max(spread.values())
    return min(bound for bound, polls in spread.items() if polls >= share * whole)


def ledger(url: str) -> dict[str, Any]:
    """What the emulator knows."""
    found: dict[str, Any] = requests.get(f"{url}/emulator/ledger", timeout=60).json()
    return found


def calls(url: str) -> int:
    """How often any task was asked for."""
    return int(ledger(url)["calls"].get("task", 0))


def megabytes(server: Server) -> float:
    """What the server holds in memory."""
    return psutil.Process(server.pid).memory_info().rss / 1024**2
