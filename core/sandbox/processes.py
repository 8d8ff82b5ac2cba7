"""A child process, kept warm, that opens what came from outside; and what ends it.

Whoever asks gets data: a line of JSON and some bytes. Whatever a file does to the child (a crash, a
vast allocation, a computation without end) ends as `Ended` here, and the next child stands ready
for the next file. Pools that exchange pickles do not fit: a child that was taken over would run
its code in the server.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONUTF8": "1"}
"""No key, and nothing else of the server's."""
HEAD_LIMIT, BYTES_LIMIT = 64 * 1024, 16 * 1024**2
START_SECONDS = 60.0
GRACE_SECONDS = 2.0
"""The child keeps its own time; one that cannot any more is killed a little later."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost: bytes of memory, seconds of a processor and by the clock, and bytes
    of a file that is written."""

    memory: int = 400 * 1024**2
    processor: int = 10
    clock: float = 30.0
    file: int = 256 * 1024**2


@dataclass(frozen=True)
class Answer:
    """What a child said: `found` is JSON, and `content` are bytes, such as a small JPEG."""

    found: Mapping[str, Any]
    content: bytes


class Refused(Exception):
    """The child's orderly refusal of a file; `kind` is the name of an error."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("kind")))
        self.said = said


class Ended(Exception):
    """The file ended its child, or went past a limit."""


class Absent(Exception):
    """No child can be started: that says nothing about the file."""


class _Child:
    """One process: its pipes, and the pipe by whose end it knows that the server is gone."""

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
        """Whether it has come up."""
        if not self._ready:
            with self._deadline(START_SECONDS):
                self._ready = self._answers.readline(HEAD_LIMIT) == b"ready\n"
        return self._ready and not self.overdue

    def take(self, order: Mapping[str, Any]) -> bool:
        """Whether it was alive to get the order."""
        try:
            self._orders.write(json.dumps(order).encode() + b"\n")
            self._orders.flush()
        except OSError:
            return False
        return True

    def answer(self, seconds: float) -> Answer:
        """Raises Refused; Ended where there is none in time, or none that makes sense."""
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
        """Kill it, and leave nothing of it."""
        self.process.kill()
        self.process.wait()
        os.close(self._lifeline)
        self._answers.close()
        try:
            self._orders.close()
        except OSError:  # what it did not take is of no use to anybody
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
    """Calls `act` if the block is not left in time; afterwards it has been called, or never is."""

    def __init__(self, seconds: float, act: Any) -> None:
        self._timer = threading.Timer(seconds, act)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._timer.join()


class Worker:
    """One child at a time, and one order at a time; whoever comes meanwhile waits."""

    def __init__(self, module: str, limits: Limits | None = None) -> None:
        """`module` is run in the child, and calls `core.sandbox.child_limits.serve`."""
        self._module = module
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._closing = False
        atexit.register(self.close)

    def warm(self) -> None:
        """Let a child come up before it is needed. Waits for nothing."""
        with self._lock:
            self._begin()

    def ask(self, operation: str, **order: Any) -> Answer:
        """Have the child do it. Raises Refused, Ended, Absent."""
        with self._lock:
            try:
                return self._ask({"operation": operation, **order})
            finally:
                if not self._closing and (self._child is None or self._child.last):
                    self._renew()

    def close(self) -> None:
        """End the child, whatever it is at. It comes up again when somebody asks."""
        self._closing = True
        if child := self._child:
            child.process.kill()
        with self._lock:
            self._drop()
            self._closing = False

    def _ask(self, order: Mapping[str, Any]) -> Answer:
        for last_try in (False, True):
            child = self._ready()
            if not child.take(order):
                self._drop()
                continue
            try:
                return child.answer(self._limits.clock + GRACE_SECONDS)
            except Ended:
                disturbed = child.was_killed_by_others()
                self._drop()
                if self._closing:
                    break
                if last_try or not disturbed:
                    raise
        raise Absent

    def _ready(self) -> _Child:
        """A child that waits for an order."""
        if self._child and self._child.process.poll() is not None:
            self._drop()
        self._begin()
        if self._child is None or not self._child.wait_until_ready():
            self._drop()
            raise Absent
        return self._child

    def _begin(self) -> None:
        if self._child is None:
            try:
                self._child = _Child(self._module, self._limits)
            except OSError as error:
                log.warning("no process to look into files: %s", error.strerror)

    def _renew(self) -> None:
        """The next child comes up while nobody waits for it."""
        self._drop()
        self._begin()

    def _drop(self) -> None:
        if self._child:
            self._child.end()
        self._child = None


def _read(answers: IO[bytes]) -> tuple[dict[str, Any] | None, bytes]:
    """The head and the content; None where it is cut short or not what a child says."""
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
