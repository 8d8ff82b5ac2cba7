"""Receipts: what came of each create call, on disk, as a second ledger beside the history.

A receipt is allocated and fsynced before the call, so that the answer can be written even on a full
disk. The process that may still send holds the file's lock; once that is free, the receipt is
final. Only the standard library is used, so that the sending process starts quickly.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

SIZE = 16 * 1024
BODY_LIMIT = 8 * 1024


@dataclass(frozen=True)
class Receipt:
    """How far the call got.

    allocated: not sent. sending: on its way, or the sender died. refused_connection: provably not
    sent. no_answer: sent, but no usable answer. answered: `status`, `headers` and `body` are set.
    """

    state: Literal["allocated", "sending", "refused_connection", "no_answer", "answered"]
    error: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def allocate(path: Path) -> int:
    """Lock the receipt of a call about to be made; returns a descriptor, which holds the lock.

    An allocated but unused receipt is taken again. Raises FileExistsError or BlockingIOError when
    the call may have been made: it is never made twice.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(fd).st_size and _parsed(fd).state != "allocated":
            raise FileExistsError(path)
        write(fd, Receipt("allocated"))
        sync_folder(path.parent)
    except BaseException:
        os.close(fd)
        raise
    return fd


def has_room(body: str) -> bool:
    """Whether a receipt can hold this body whole; some characters grow when they are written."""
    return len(json.dumps(body)) <= BODY_LIMIT


def write(fd: int, receipt: Receipt) -> None:
    """Write into blocks that the receipt already owns, and fsync."""
    text = json.dumps(asdict(receipt)).encode()
    if len(text) > SIZE:
        text = json.dumps(asdict(receipt) | {"body": ""}).encode()
    os.pwrite(fd, text.ljust(SIZE), 0)
    os.fsync(fd)


def read(path: Path) -> Receipt | None:
    """The receipt once it is final; None while its sender is at work. Raises FileNotFoundError when
    there is none."""
    with _unlocked(path) as fd:
        return None if fd is None else _parsed(fd)


def _parsed(fd: int) -> Receipt:
    try:
        return Receipt(**json.loads(os.pread(fd, SIZE, 0)))
    except (ValueError, TypeError, RecursionError):
        return Receipt("sending", error="the receipt is damaged")


@contextmanager
def _unlocked(path: Path) -> Iterator[int | None]:
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield fd
    except BlockingIOError:
        yield None
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Make files created or renamed in a folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
