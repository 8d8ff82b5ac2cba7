"""How much of the time the slots of an account are at work while a batch is made.

Measured: a batch of 300 at five slots, tasks of 20 to 60 seconds, asked for every 5 seconds; the
share of the slots' time between the first start and the last that no task was in them, by the
emulator's own moments. In short: tasks of 1 to 3 seconds, asked for every 0.25 seconds.
Baseline: one client on an emulator of its own at the same time, which every 5 seconds asks for each
task that it has sent, one after the other, and sends the next for each that has ended.
Bar: at most 2 % of the time, and never more than five at the provider.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from core.emulator import Emulator
from core.emulator.state.conditions import Tempo
from core.generations import Request, Value
from core.settings import Settings
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.benchmarks.figures import Figure

SLOTS = 5
MOST_IDLE_PERCENT = 2.0
KEY = "key_of_busy_slots"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Runway-Version": "2024-11-06"}


@dataclass(frozen=True)
class Order:
    count: int
    tempo: str
    poll_seconds: float


WHOLE, SHORT = Order(300, "seconds:20-60", 5.0), Order(8, "seconds:1-3", 0.25)


def measure(short: bool) -> Iterator[Figure]:
    order = SHORT if short else WHOLE
    with (
        Emulator(concurrency=SLOTS, credits=10**6, shared_clips=True) as ours,
        Emulator(concurrency=SLOTS, credits=10**6, shared_clips=True) as theirs,
        TemporaryDirectory() as folder,
        ThreadPoolExecutor(1) as pool,
    ):
        for emulator in (ours, theirs):
            draw_once(emulator)
            emulator.reset(tempo=order.tempo)
        bare = pool.submit(one_by_one, theirs.url, order)
        settings = Settings(
            Path(folder), api_key=KEY, base_url=ours.url, poll_seconds=order.poll_seconds
        )
        with closing(Studio(settings)) as studio:
            as_a_batch(studio, order.count)
        bare.result()
        idle, most = used(ours.ledger()["tasks"], order)
        idle_bare, most_bare = used(theirs.ledger()["tasks"], order)
    yield Figure("time of the slots without a task", idle, idle_bare, "%", MOST_IDLE_PERCENT)
    yield Figure("most tasks at once", most, most_bare, "", SLOTS)


def draw_once(emulator: Emulator) -> None:
    """The clip that all tasks share: nothing waits for footage later."""
    task = created(requests.Session(), emulator.url, 0)
    while asked(requests.Session(), emulator.url, task) != "SUCCEEDED":
        time.sleep(0.1)


def as_a_batch(studio: Studio, count: int) -> None:
    """Order it, and wait until it has ended."""
    params: dict[str, Value] = {"ratio": "1280:720", "duration": 2}
    wanted = [
        Wanted(Request("text_to_video", "gen4.5", f"Take {number}", params))
        for number in range(count)
    ]
    studio.start()
    batch, _ = studio.batches.submit("Takes", wanted, "click")
    while studio.batches.tally(batch.id).is_open:
        time.sleep(0.2)
    assert studio.batches.tally(batch.id).done == count


def one_by_one(url: str, order: Order) -> None:
    """What a script does: look at all that it has sent, send the next ones, sleep."""
    with requests.Session() as session:
        number, sent = 0, list[str]()
        while sent or number < order.count:
            sent = [task for task in sent if asked(session, url, task) != "SUCCEEDED"]
            while number < order.count and len(sent) < SLOTS:
                sent.append(created(session, url, number))
                number += 1
            time.sleep(order.poll_seconds)


def created(session: requests.Session, url: str, number: int) -> str:
    body = {"model": "gen4.5", "promptText": f"Take {number}", "ratio": "1280:720", "duration": 2}
    answer = session.post(f"{url}/v1/text_to_video", json=body, headers=HEADERS, timeout=30)
    return str(answer.json()["id"])


def asked(session: requests.Session, url: str, task: str) -> str:
    return str(session.get(f"{url}/v1/tasks/{task}", headers=HEADERS, timeout=30).json()["status"])


def used(tasks: Sequence[dict[str, Any]], order: Order) -> tuple[float, int]:
    """Per cent of the slots' time, from the first start to the last, in which nothing was in them;
    and how many tasks the provider had at once at most, those that waited there too."""
    assert len(tasks) == order.count
    tempo = Tempo.parse(order.tempo)
    made = [datetime.fromisoformat(task["created"]) for task in tasks]
    begun = [datetime.fromisoformat(task["admitted"]) for task in tasks]
    ended = [tempo.of(task["id"]).due(at) for task, at in zip(tasks, begun, strict=True)]
    ends = [end for end in ended if end]
    first, last = min(begun), max(begun)
    busy = sum(
        (min(end, last) - min(at, last)).total_seconds()
        for at, end in zip(begun, ends, strict=True)
    )
    idle = 1 - busy / SLOTS / (last - first).total_seconds()
    changes = sorted([(at, 1) for at in made] + [(end, -1) for end in ends])
    return 100 * idle, max(accumulate(change for _at, change in changes))
