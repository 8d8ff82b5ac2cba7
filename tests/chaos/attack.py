"""Attacks on a running server: each is tried, and none may work.

An attack answers what it has reached, or nothing. All the while somebody asks for `/healthz`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

from tests.benchmarks.serving import dailies
from tests.browser.serving import Server
from tests.chaos import attacks_web
from tests.chaos.attacks_web import Attack
from tests.chaos.figures import Figure, Measure, Promise

ATTACKS: tuple[Attack, ...] = (*attacks_web.ATTACKS,)
MB = 1024**2
OURS = '"logger": "core'
"""Streamlit logs the traceback of a frame that it cannot read, and closes that socket."""


@dataclass
class Watch:
    """How the server is while it is attacked."""

    server: Server
    longest: float = 0.0
    memory: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _look(self) -> None:
        assert self.server.process
        process = psutil.Process(self.server.process.pid)
        while not self.ended.wait(0.05):
            began = time.monotonic()
            with suppress(requests.RequestException):
                requests.get(f"{self.server.url}/healthz", timeout=60)
            self.longest = max(self.longest, time.monotonic() - began)
            with suppress(psutil.Error):
                self.memory = max(self.memory, process.memory_info().rss)


def run(short: bool) -> Iterator[Figure]:
    """Try everything against one server."""
    worked = 0
    with TemporaryDirectory() as folder:
        server = dailies(Path(folder))
        server.start()
        try:
            with Watch(server) as watch:
                for attack in ATTACKS:
                    reached = attack.run(server, short)
                    worked += bool(reached)
                    yield Promise(attack.name, reached or "refused", "refused", example=reached)
            yield Promise("the server is up", "yes" if server.is_well() else "no", "yes")
        finally:
            server.stop()
        ours = [line for line in server.log.splitlines() if OURS in line and '"ERROR"' in line]
        yield Promise("errors of ours in its log", len(ours), example="".join(ours[:1]))
    yield Measure("attacks tried", len(ATTACKS))
    yield Promise("attacks that worked", worked)
    yield Measure("longest wait for /healthz", watch.longest, "s", most=1)
    yield Measure("most memory", watch.memory / MB, "MB", most=1024)
