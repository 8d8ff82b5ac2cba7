"""One child process: how it is started, asked and ended, and what it may answer.

Its answer is a line of JSON and some bytes, never a pickle: a hijacked child would run its code in
the server.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONUTF8": "1"}
"""Leaves out the key and everything else in the server's environment."""
HEAD_LIMIT, BYTES_LIMIT = 64 * 1024, 16 * 1024**2
START_SECONDS = 60.0
GRACE_SECONDS = 2.0
"""Seconds after which a child that fails to keep its own time is killed."""


@dataclass(frozen=True)
class Limits:
    """What one file may use: bytes of memory, seconds of processor and of wall time, and bytes
    written to a file."""

    memory: int = 400 * 1024**2
    processor: int = 10
    clock: float = 30.0
    file: int = 256 * 1024**2


@dataclass(frozen=True)
class Answer:
    """`found` is JSON; `content` is bytes, such as a small JPEG."""

    found: Mapping[str, Any]
    content: bytes


class Refused(Exception):
    """The child's orderly refusal of a file; `kind` is the name of an error."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("kind")))
        self.said = said


class Ended(Exception):
    """The file ended its child, or exceeded a limit."""


class Child:
    def __init__(self, module: str, limits: Limits) -> None:
        theirs, self._lifeline = os.pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs), json.dumps(asdict(limits))],
                cwd=ROOT,
                env=ENVIRONMENT,
                pass_fds=(theirs,),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            os.close(self._lifeline)
            raise
        finally:
            os.close(theirs)
        assert self.process.stdin
        assert self.process.stdout
        self._orders, self._answers = self.process.stdin, self.process.stdout
        self.overdue = False
        self.last = False
        self._ready = False

    def wait_until_ready(self) -> bool:
        if not self._ready:
            with self._deadline(START_SECONDS):
                self._ready = self._answers.readline(HEAD_LIMIT) == b"ready\n"
        return self._ready and not self.overdue

    def take(self, order: Mapping[str, Any]) -> bool:
        try:
            self._orders.write(json.dumps(order).encode() + b"\n")
            self._orders.flush()
        except OSError:
            return False
        return True

    def answer(self, seconds: float) -> Answer:
        """Raises Refused; Ended if no sensible answer comes in time."""
        with self._deadline(seconds):
            head, content = _read(self._answers)
        if head is None:
            raise Ended(self._why())
        self.last = self.overdue or head.get("last") is not False
        if isinstance(refused := head.get("refused"), dict):
            raise Refused(refused)
        return Answer(head["found"], content)

    def was_killed_by_others(self) -> bool:
        """By the system or a person, which says nothing about the file."""
        return self.process.poll() == -signal.SIGKILL and not self.overdue

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._lifeline)
        self._answers.close()
        try:
            self._orders.close()
        except OSError:  # nobody needs the part it did not read
            return

    def _deadline(self, seconds: float) -> _Deadline:
        return _Deadline(seconds, self._kill)

    def _kill(self) -> None:
        self.overdue = True
        self.process.kill()

    def _why(self) -> str:
        if self.overdue:
            return "it took too long"
        try:
            return f"its process ended ({self.process.wait(GRACE_SECONDS)})"
        except subprocess.TimeoutExpired:
            return "its answer makes no sense"


class _Deadline:
    """Calls `act` if the block takes too long; after the block it either has been called or never
    will be."""

    def __init__(self, seconds: float, act: Any) -> None:
        self._timer = threading.Timer(seconds, act)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._timer.join()


def _read(answers: IO[bytes]) -> tuple[dict[str, Any] | None, bytes]:
    try:
        head = json.loads(answers.readline(HEAD_LIMIT))
    except (ValueError, RecursionError, OSError):
        return None, b""
    if not isinstance(head, dict) or not _is_head(head):
        return None, b""
    content = answers.read(head["size"])
    return (head, content) if len(content) == head["size"] else (None, b"")


def _is_head(head: dict[str, Any]) -> bool:
    size = head.get("size")
    return (
        type(size) is int
        and 0 <= size <= BYTES_LIMIT
        and (isinstance(head.get("found"), dict) or isinstance(head.get("refused"), dict))
    )
