"""The child's side of a worker: one order per line, within limits, until the server is gone."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import DailiesError

Operation = Callable[..., tuple[dict[str, Any], bytes]]
"""Carries out an order: returns an answer for JSON, and bytes with it."""
STATM = Path("/proc/self/statm")
KEPT = 64 * 1024**2
"""Freed memory that the process keeps for the next file."""
BLOCK = 16 * 1024**2
"""Blocks of this size are returned at once: kept, they would leave holes too small for a vast
picture."""
SPREAD = KEPT + 48 * 1024**2
"""Memory that may remain in use after a file: what is kept, and the stacks of finished threads.
If it is more, the process ends after the next file."""
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Parameters of mallopt, numbered as in malloc.h."""


def serve(operations: Mapping[str, Operation], *, warm: Callable[[], None]) -> None:
    """Answer until the pipe ends. Anything but a DailiesError ends the process, which the server
    notices.

    Meant to be the main function of a process that core.sandbox.processes has started.
    """
    lifeline, limits = int(sys.argv[1]), json.loads(sys.argv[2])
    _die_with_server(lifeline)
    answers = _own_answers()
    _keep_memory()
    warm()
    _limit(limits)
    gc.freeze()  # loaded modules stay: the collector need only look at what a file left behind
    least, tired = _memory(), False
    _say(answers, b"ready\n")
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        _allow(limits)
        head, content = _answered(operations[order.pop("operation")], order)
        signal.setitimer(signal.ITIMER_REAL, 0)
        head |= {"size": len(content), "last": tired}
        _say(answers, json.dumps(head).encode() + b"\n" + content)
        del head, content
        gc.collect()  # while nobody is waiting
        tired = _memory() > least + SPREAD


def limit_processor(processor: int) -> None:
    _allow({"processor": processor, "clock": 3.0 * processor})


def _answered(operation: Operation, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        found, content = operation(**order)
    except DailiesError as error:
        said = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
        return {"refused": said | {"known": getattr(error, "known", False)}}, b""
    return {"found": found}, content


def _die_with_server(lifeline: int) -> None:
    """A signal arrives when the other end closes, even in a library that never reads its input."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)


def _own_answers() -> BinaryIO:
    """The pipe to the server. Whatever a library prints goes elsewhere and cannot spoil an
    answer."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _say(answers: BinaryIO, content: bytes) -> None:
    answers.write(content)
    answers.flush()


def _keep_memory() -> None:
    """Keep freed memory: getting it anew from the system for every clip takes half as long again.

    All threads share one arena, since each arena would keep as much. Not every C library has
    mallopt.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(TRIM_THRESHOLD, KEPT)
        mallopt(MMAP_THRESHOLD, BLOCK)
        mallopt(ARENA_MAX, 1)


def _limit(limits: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file"], limits["file"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(limits: Mapping[str, Any]) -> None:
    """Time for one order. The kernel enforces both limits: no library can put them off."""
    used = int(time.process_time())
    resource.setrlimit(
        resource.RLIMIT_CPU, (used + limits["processor"] + 1, resource.RLIM_INFINITY)
    )
    signal.setitimer(signal.ITIMER_REAL, limits["clock"])


def _memory() -> int:
    if not STATM.exists():
        return 0
    return int(STATM.read_text().split()[5]) * resource.getpagesize()
