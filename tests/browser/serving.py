"""`streamlit run app.py` in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import requests

import tests.forks  # noqa: F401 (what forks begin with)
from core.settings import ROOT

if TYPE_CHECKING:  # tests that only start servers do without a browser
    from playwright.sync_api import Page

FIXED = {
    "DAILIES_DISK_FLOOR": "0",
    "DAILIES_ENV_FILE": os.devnull,
    "KIE_API_KEY": "",
    "KIE_BASE_URL": "",
    "KIE_UPLOAD_URL": "",
}
"""Whatever room there is on the machine that tests, and whatever its .env and its environment say:
with a key of KIE's in it clips would be paid for."""


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


def run(program: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """The program with these words in this process, as in one that was started for it."""
    with log.open("ab") as told:
        for stream in (1, 2):
            os.dup2(told.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [program, *command]
    runpy.run_module(program, run_name="__main__")


class Fork(ForkServerProcess):
    """A process that is asked and waited for as one of `subprocess`."""

    def start(self) -> None:
        # AppTest leaves the script of its page as the main module, which a fork would run anew.
        left, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = left

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, seconds: float) -> int:
        self.join(seconds)
        assert self.exitcode is not None, f"it has not ended after {seconds} seconds"
        return self.exitcode


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
    script: str = "app.py"
    """What Streamlit serves."""
    warm: bool = False
    """Whether it may begin with what it needs imported, where no start is measured."""
    process: subprocess.Popen[bytes] | Fork | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        place = [f"--server.port={self.port}", f"--server.baseUrlPath={self.base}"]
        self.process = self._begun("run", self.script, *place)
        deadline = time.monotonic() + 60
        while not self.is_well():
            assert self.process.poll() is None, f"the server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the server never became well:\n{self.log}"
            time.sleep(0.1)

    def _begun(self, *command: str) -> subprocess.Popen[bytes] | Fork:
        told = self.folder / "server.log"
        words = os.environ | FIXED | {"DAILIES_DATA_DIR": str(self.folder)} | self.environment
        if self.warm:
            fork = Fork(target=run, args=(self.program, command, words, told), daemon=True)
            fork.start()
            return fork
        with told.open("ab") as log:
            whole = [sys.executable, "-m", self.program, *command]
            return subprocess.Popen(whole, cwd=ROOT, env=words, stdout=log, stderr=log)

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
