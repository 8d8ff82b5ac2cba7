"""Which servers share a data folder, and what went wrong in them.

In the folder `servers` each keeps a note of itself, which it has locked while it lives, and its
errors, as the lines of its log. So every server can tell of all; the system releases a lock however
its process ends.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

NOTE, ERRORS, OLDER = ".json", ".log", ".log.1"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Process:
    host: str
    pid: int
    started_at: datetime


@dataclass(frozen=True)
class Fault:
    """What a server wrote into its log as an error; `generation` is an id, if it names one."""

    at: datetime
    event: str
    generation: int | None


def errors_of_this(data_dir: Path) -> Path:
    return _folder(data_dir) / f"{_name()}{ERRORS}"


def _folder(data_dir: Path) -> Path:
    return data_dir / "servers"


def _name() -> str:
    return f"{platform.node()}-{os.getpid()}"


class Servers:
    def __init__(self, data_dir: Path, clock: Callable[[], datetime]) -> None:
        self._folder = _folder(data_dir)
        self._clock = clock
        self._note: IO[str] | None = None

    def begin(self) -> None:
        """Note that this one runs, and forget those of yesterday. With a full disk nothing is
        noted."""
        try:
            self._begin()
        except OSError as error:
            log.warning("this server is not listed (%s)", type(error).__name__)

    def _begin(self) -> None:
        self._folder.mkdir(exist_ok=True)
        self._forget()
        name = f"{_name()}-{os.urandom(4).hex()}{NOTE}"
        self._note = (self._folder / name).open("x", encoding="utf-8")
        fcntl.flock(self._note, fcntl.LOCK_EX)
        facts = {"host": platform.node(), "pid": os.getpid()}
        json.dump(facts | {"started_at": self._clock().isoformat()}, self._note)
        self._note.flush()

    def end(self) -> None:
        if self._note:
            Path(self._note.name).unlink(missing_ok=True)
            self._note.close()
            self._note = None

    def running(self) -> list[Process]:
        found = (_process(path) for path in self._folder.glob(f"*{NOTE}") if not _is_free(path))
        return sorted((one for one in found if one), key=lambda one: one.started_at)

    def faults(self, most: int) -> list[Fault]:
        """At most so many of the last day, of any server, newest first."""
        since = self._clock() - DAY
        paths = [*self._folder.glob(f"*{ERRORS}"), *self._folder.glob(f"*{OLDER}")]
        found = [one for path in paths for one in _faults(path) if one.at >= since]
        return sorted(found, key=lambda one: one.at, reverse=True)[:most]

    def _forget(self) -> None:
        before = (self._clock() - DAY).timestamp()
        for path in self._folder.iterdir():
            is_over = _is_free(path) if path.suffix == NOTE else path.stat().st_mtime < before
            if is_over:
                path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as note:
            fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass
    return True


def _process(path: Path) -> Process | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Process(told["host"], told["pid"], datetime.fromisoformat(told["started_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it has just begun, or ended


def _faults(path: Path) -> Iterator[Fault]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            told = json.loads(line)
            at = datetime.fromisoformat(told["time"])
            yield Fault(at, told["event"], told.get("generation"))
        except (ValueError, KeyError, TypeError):
            continue  # it was cut off while it was written
