"""Hands create calls to processes of their own: one is always ready, since to start it takes longer
than everything else between a click and its call."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from core.providers.create_call import Call

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS, DRAIN_SECONDS, END_SECONDS = 0.1, 3.5, 0.5
FORKS = sys.platform == "linux"
"""The libraries of other systems may not bear to be forked."""


class Submission:
    """A call that is being made, until the process that makes it ends and so hangs up."""

    def __init__(self, wire: socket.socket, process: subprocess.Popen[bytes] | None) -> None:
        """`process` is ours to wait for; None where another one does."""
        self._wire = wire
        self._process = process

    def has_ended(self, seconds: float) -> bool:
        """Whether it has by then."""
        self._wire.settimeout(seconds)
        try:
            self._wire.recv(1)
        except TimeoutError:
            return False
        except ConnectionError:  # before it had read all of its order
            pass
        self._wire.close()
        if self._process:
            self._process.wait()
        return True

    def wait(self, stopping: threading.Event) -> bool:
        """Wait for it, or only a moment longer once the server is stopping. Returns whether it has
        ended; if not, it goes on alone."""
        with self._wire:
            while not stopping.is_set():
                if self.has_ended(LOOK_SECONDS):
                    return True
            if self.has_ended(DRAIN_SECONDS):
                return True
        if self._process:
            self._process.returncode = 0  # no longer ours to wait for
        return False


class Submitter:
    """A process that takes orders, one or many, and ends when nobody can give it any more.

    It is in a session of its own, so that it outlives a killed server.
    """

    def __init__(self, *, many: bool) -> None:
        self._many = many
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "core.providers.create_call",
                    str(theirs.fileno()),
                    str(int(many)),
                ],
                cwd=ROOT,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            self._control.close()
            raise
        finally:
            theirs.close()

    def take(self, order: bytes, receipt: int) -> Submission:
        """Have the call made. Raises OSError where nobody has got the whole order: then it is not
        sent, now or later.

        The lock of `receipt` travels with the order, so there is no moment at which another server
        could think that the call was never made.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                socket.send_fds(self._control, [b"1"], [receipt, theirs.fileno()])
                if not self._many:
                    self._control.close()
            ours.sendall(order)
        except BaseException:
            ours.close()
            raise
        with suppress(OSError):  # it has ended already, and the order is not given again
            ours.shutdown(socket.SHUT_WR)
        return Submission(ours, None if self._many else self._process)

    @property
    def returncode(self) -> int | None:
        """None while it takes orders."""
        return self._process.poll()

    def end(self) -> None:
        """What it has begun goes on alone."""
        with self._lock:
            self._control.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Submitters:
    """Without `start`, nothing is ready before the first order. Safe to use from many threads."""

    def __init__(self, *, many: bool = FORKS) -> None:
        """With `many`, all orders go to one process; otherwise each to one of its own."""
        self._many = many
        self._lock = threading.Lock()
        self._is_working = False
        self._ready: Submitter | None = None

    def start(self) -> None:
        self._is_working = True
        self._prepare()

    def stop(self) -> None:
        with self._lock:
            self._is_working = False
            ready, self._ready = self._ready, None
        if ready:
            ready.end()

    def send(self, call: Call, key: str, receipt: int) -> Submission:
        """The call on its way; its process holds the lock of `receipt` until it is made.

        Raises OSError where no process takes it: then nothing is sent.
        """
        order = json.dumps({"call": asdict(call), "key": key}).encode()
        submitter = self._submitter()
        try:
            return submitter.take(order, receipt)
        except OSError:  # somebody has ended it, or this server has no descriptor left
            self._forget(submitter)
            return self._submitter().take(order, receipt)
        finally:
            self._prepare()

    def _submitter(self) -> Submitter:
        with self._lock:
            if self._ready and (code := self._ready.returncode) is not None:
                log.warning("the process that makes create calls has ended: %s", code)
                self._ready.end()
                self._ready = None
            found = self._ready or Submitter(many=self._many)
            self._ready = found if self._many else None
            return found

    def _forget(self, submitter: Submitter) -> None:
        with self._lock:
            if self._ready is submitter:
                self._ready = None
        submitter.end()

    def _prepare(self) -> None:
        """Nothing that goes wrong here may hide what became of a call."""
        with self._lock:
            if self._is_working and self._ready is None:
                try:
                    self._ready = Submitter(many=self._many)
                except OSError:
                    log.warning("no process for the next call ahead of need", exc_info=True)
