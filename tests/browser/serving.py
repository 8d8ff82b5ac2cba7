"""`streamlit run app.py` in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from core.settings import ROOT

if TYPE_CHECKING:  # tests that only start servers do without a browser
    from playwright.sync_api import Page

FIXED = {"DAILIES_DISK_FLOOR": "0", "DAILIES_ENV_FILE": os.devnull}
"""Whatever room there is on the machine that tests, and whatever its .env says."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Started, and stopped in the end; what it has logged by then must hold no traceback."""
    try:
        server.start()
        yield server
    finally:
        server.stop()
    assert "Traceback" not in server.log, server.log


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what no page shows; a minute at most."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail("it never came to that")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`streamlit run app.py` on a data folder; started anew on the same folder by `restart`."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    base: str = ""
    """The path that its pages are served at, such as `/dailies`."""
    program: str = "streamlit"
    """The module that is run."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", self.program, "run", "app.py"]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, f"--server.port={self.port}", f"--server.baseUrlPath={self.base}"],
                cwd=ROOT,
                env=os.environ | FIXED | {"DAILIES_DATA_DIR": str(self.folder)} | self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while not self.is_well():
            assert self.process.poll() is None, f"the server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the server never became well:\n{self.log}"
            time.sleep(0.1)

    def is_well(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def stop(self, *, kill: bool = False) -> None:
        assert self.process
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(30)

    def restart(self, *, kill: bool = False) -> None:
        self.stop(kill=kill)
        self.start()
