"""How a server is while it is attacked: whether it answers, how soon, and what it holds."""

from __future__ import annotations

import threading
import time

import psutil
import requests

from tests.browser.serving import Server


class Watch:
    """Asks whether the server is there, and how much it holds, until it is told to stop."""

    def __init__(self, server: Server) -> None:
        assert server.process
        self.slowest = self.peak = 0.0
        self.silent = 0
        self._server = server
        self._process = psutil.Process(server.process.pid)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask), threading.Thread(target=self._weigh)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.2):
            began = time.monotonic()
            try:
                self.silent += not requests.get(f"{self._server.url}/healthz", timeout=30).ok
            except requests.RequestException:
                self.silent += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def _weigh(self) -> None:
        while not self._ended.wait(0.2):
            processes = [self._process, *self._process.children(recursive=True)]
            self.peak = max(self.peak, sum(map(held, processes)))


def held(process: psutil.Process) -> float:
    """Megabytes of memory that it holds; none where it has just ended."""
    try:
        return float(process.memory_info().rss) / 1024**2
    except psutil.NoSuchProcess:
        return 0.0
