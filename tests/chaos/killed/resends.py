"""`kill -9` of a server whose callers send each create again, as callers do that got no answer.

Three of them, each by connections of its own, send the same creates under the same keys: two side
by side, one from the other end. What is not answered is sent until it is.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import requests
import uvicorn
from starlette.applications import Starlette

from core import serving
from core.api import routes as programs
from core.generations import OPEN, Status
from core.monitoring import logs
from core.settings import Settings
from core.studio import Studio
from tests.browser.serving import free_port
from tests.chaos.books import Books, rows
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground
from tests.chaos.servers import settings_for
from tests.forks import FORKS
from tests.program_tokens import token_in

CREATES, SHORT_CREATES = 500, 6
LEAST_KILLS, SHORT_LEAST_KILLS = 15, 2
CALLERS = 3
LONGEST_LIFE = 3.0
LONGEST_PAUSE = 0.1
SECONDS_UNTIL_AGAIN = 0.2
PATIENCE = 900.0
KEY = "key_of_a_server_that_is_asked_again"


@dataclass
class Server:
    """The API of a Studio in a process of its own, always at the same port."""

    settings: Settings
    port: int = field(default_factory=free_port)
    process: ForkServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        # A Settings does not show its key, and is not pickled with it: it goes apart.
        plain, key = replace(self.settings, api_key=""), self.settings.api_key
        self.process = FORKS.Process(target=serve, args=(plain, key, self.port), daemon=True)
        self.process.start()

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        assert self.process
        assert self.process.pid
        os.kill(self.process.pid, sign)
        self.process.join(60)


def serve(settings: Settings, key: str, port: int) -> None:
    """The life of such a server."""
    with (settings.data_dir.parent / "servers.log").open("ab") as file:
        os.dup2(file.fileno(), 2)
    settings = replace(settings, api_key=key)
    logs.begin(settings)
    app = Starlette(routes=programs.routes("", ()))
    with serving.serve(Studio(settings)):
        uvicorn.run(app, port=port, lifespan="off", log_config=None)


@dataclass
class Callers:
    """What all of them were told: the tasks of each create, and whatever else."""

    urls: Sequence[str]
    """Of servers on the same data folder, which are asked by turns."""
    token: str
    tasks: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    refusals: list[str] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, creates: int) -> list[threading.Thread]:
        order = list(range(creates))
        orders = [order, order, order[::-1]]
        threads = [
            threading.Thread(target=self.send_all, args=(numbers, random.Random(seed)), daemon=True)
            for seed, numbers in enumerate(orders)
        ]
        for thread in threads:
            thread.start()
        return threads

    def send_all(self, numbers: Sequence[int], dice: random.Random) -> None:
        for number in numbers:
            while not self._send(number):
                time.sleep(SECONDS_UNTIL_AGAIN)
            time.sleep(dice.uniform(0.0, LONGEST_PAUSE))

    def _send(self, number: int) -> bool:
        """Whether it was answered for good; what does not answer, or asks to wait, is asked
        again."""
        shown = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"create {number}"}
        body = {"model": "gen4.5", "promptText": f"Take {number}", "duration": 2}
        with self._lock:
            url = self.urls[self.sent % len(self.urls)]
            self.sent += 1
        try:
            answer = requests.post(
                f"{url}/api/generate-video", json=body, headers=shown, timeout=60
            )
        except requests.RequestException:
            return False
        if answer.status_code == 503:
            return False
        with self._lock:
            self.answered[number] += 1
            if answer.ok:
                self.tasks[number].add(answer.json()["taskId"])
            else:
                self.refusals.append(f"{answer.status_code} {answer.text}")
        return True


def run(short: bool) -> Iterator[Figure]:
    """Kill until everything was answered to everybody, then let it all be made."""
    creates = SHORT_CREATES if short else CREATES
    least = SHORT_LEAST_KILLS if short else LEAST_KILLS
    with ground() as (folder, emulator):
        server = Server(settings_for(folder, emulator.url, KEY))
        callers = Callers([server.url], token_in(server.settings.data_dir))
        kills = kill(server, callers.begin(creates), least)
        settle(server)
        server.kill(signal.SIGTERM)
        books = Books.read(server.settings.data_dir, emulator, set())
        yield Promise("kill -9 of the API", kills, least, at_least=True)
        yield from outcome(callers, books, creates)
        yield from books.in_short(0)


def kill(server: Server, callers: Sequence[threading.Thread], least: int) -> int:
    """End it at any moment from its start on, again and again; how many times. The last one
    lives."""
    dice = random.Random(3)
    kills = 0
    server.start()
    deadline = time.monotonic() + PATIENCE
    while kills < least or any(caller.is_alive() for caller in callers):
        assert time.monotonic() < deadline, log(server)
        if is_up(server) or dice.random() < 0.01:
            time.sleep(dice.uniform(0.0, LONGEST_LIFE))
            server.kill()
            kills += 1
            server.start()
        time.sleep(0.05)
    return kills


def is_up(server: Server) -> bool:
    """Whether anything answers there; without a token it is refused."""
    try:
        return requests.get(f"{server.url}/api/v1/projects", timeout=5).status_code == 401
    except requests.RequestException:
        return False


def settle(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(row.status in OPEN for row in rows(server.settings.data_dir)):
        assert time.monotonic() < deadline, log(server)
        time.sleep(0.3)


def log(server: Server) -> str:
    path: Path = server.settings.data_dir.parent / "servers.log"
    return path.read_text(errors="replace")[-4000:]


def outcome(callers: Callers, books: Books, creates: int) -> Iterator[Figure]:
    yield Measure("create calls sent, of which so many were answered", callers.sent)
    yield Promise("answers", callers.answered.total(), CALLERS * creates)
    refused = callers.refusals
    yield Promise("answers other than a generation", len(refused), example=str(refused[:1]))
    one = sum(len(told) == 1 for told in callers.tasks.values())
    yield Promise("creates whose answers all named the same one", one, creates)
    yield Promise("generations in the history", len(books.rows), creates)
    made = sum(row.status is Status.SUCCEEDED for row in books.rows)
    yield Promise("generations that ended with a clip", made, creates)
    yield Promise("tasks at Runway", len(books.tasks), creates)
