"""Starts the processes that make create calls, one ahead of need while the server works: to start
one takes longer than everything else between a click and its call."""

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
DRAIN_SECONDS = 3.5


class Submitter:
    """A process that waits for one order, and ends without one when nobody can give it any more.

    It is in a session of its own, so that it outlives a killed server.
    """

    def __init__(self) -> None:
        self._wire, theirs = socket.socketpair()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.providers.create_call", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            self._wire.close()
            raise
        finally:
            theirs.close()

    def take(self, order: bytes, receipt: int) -> subprocess.Popen[bytes]:
        """Have the call made. Raises OSError where the process has not got the whole order: then
        it sends nothing, now or later.

        The lock of `receipt` travels with the order, so there is no moment at which another server
        could think that the call was never made.
        """
        try:
            with self._wire as wire:
                begun = socket.send_fds(wire, [order], [receipt])
                wire.sendall(order[begun:])
        except OSError:
            self.end()
            raise
        return self.process

    def end(self) -> None:
        self._wire.close()
        self.process.kill()
        self.process.wait()


class Submitters:
    """Without `start`, each process is started for its call. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_working = False
        self._spare: Submitter | None = None

    def start(self) -> None:
        self._is_working = True
        self._prepare()

    def stop(self) -> None:
        """What has its order goes on alone."""
        with self._lock:
            self._is_working = False
            spare, self._spare = self._spare, None
        if spare:
            spare.end()

    def send(self, call: Call, key: str, receipt: int) -> subprocess.Popen[bytes]:
        """The process that makes the call, and holds the lock of `receipt` until it is done.

        Raises OSError where none can be started: then nothing is sent.
        """
        order = json.dumps({"call": asdict(call), "key": key}).encode()
        try:
            return self._begun(order, receipt)
        finally:
            self._prepare()

    def _begun(self, order: bytes, receipt: int) -> subprocess.Popen[bytes]:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare:
            with suppress(OSError):  # somebody has ended it
                return spare.take(order, receipt)
        return Submitter().take(order, receipt)

    def _prepare(self) -> None:
        """Nothing that goes wrong here may hide what became of a call."""
        with self._lock:
            if self._is_working and self._spare is None:
                try:
                    self._spare = Submitter()
                except OSError:
                    log.warning("no process for the next call ahead of need", exc_info=True)


def wait_for(process: subprocess.Popen[bytes], stopping: threading.Event) -> bool:
    """Wait for a submitter to end, or only a moment longer once the server is stopping. Returns
    whether it has ended; if not, it goes on alone."""
    while process.poll() is None and not stopping.wait(0.02):
        pass
    try:
        process.wait(DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.returncode = 0  # no longer ours to wait for
        return False
    return True
