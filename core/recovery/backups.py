"""Backups of the history: made hourly and before migrations, checked, and kept for a while.

A backup holds what the history holds: prompts and figures, no clip and no key. Its name tells when
and why it was made, and how many generations are in it.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import DiskFull, StoreError
from core.media.disk_space import Disk
from core.providers.receipts import sync_folder
from core.storage.database import HistoryFile, damage

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
NAME = re.compile(r"history-(\d{8}T\d{6}\d{3}Z)-([a-z]+)-(\d+)\.db")
TIME = "%Y%m%dT%H%M%S"
HOURLY, MIGRATION, HAND, ASIDE = "hourly", "migration", "hand", "aside"
"""Why a backup was made. The program never deletes those that a restore set aside."""


@dataclass(frozen=True)
class Backup:
    path: Path
    made_at: datetime
    why: str
    rows: int
    bytes: int

    @property
    def name(self) -> str:
        return self.path.name


class Backups:
    """The backups of one data folder. Safe to use from many threads and processes."""

    def __init__(self, folder: Path, kept: int, disk: Disk, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._kept = kept
        self._disk = disk
        self._clock = clock
        self._making = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def all(self) -> list[Backup]:
        found = (_backup(path) for path in self.folder.glob("history-*.db"))
        whole = (one for one in found if one and one.bytes)  # an empty file only reserves a name
        return sorted(whole, key=lambda one: one.path.name, reverse=True)

    def find(self, name: str) -> Backup | None:
        return next((one for one in self.all() if one.name == name), None)

    def is_due(self, history: Path) -> bool:
        last = next((one for one in self.all() if one.why != ASIDE), None)
        if last is None:
            return True
        if timedelta() <= self._clock() - last.made_at < EVERY:
            return False
        files = (history, history.with_name(f"{history.name}-wal"))
        changed = max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
        return changed > last.made_at.timestamp()

    def make(self, file: HistoryFile, why: str = HAND) -> Backup:
        """Copy the history now and delete the oldest backups.

        Raises DiskFull below the floor of free disk, StoreError if it cannot be copied.
        """
        if why in (HOURLY, HAND):
            self._disk.check()
        with self._making:
            self._sweep()
            beside = self.folder / f".{os.getpid()}-{os.urandom(4).hex()}.part"
            try:
                file.copy(beside)
                if trouble := damage(beside):
                    raise StoreError(f"The copy of the history is not sound ({trouble}).")
                made = self.place(beside, why, file.count())
            finally:
                beside.unlink(missing_ok=True)
            self._prune()
        log.info("backup %s", made.name)
        return made

    def place(self, beside: Path, why: str, rows: int) -> Backup:
        _sync(beside)
        path = self.free_path(why, rows)
        os.replace(beside, path)
        sync_folder(self.folder)
        made = _backup(path)
        assert made
        return made

    def free_path(self, why: str, rows: int) -> Path:
        now = self._clock().astimezone(UTC)
        while True:
            text = f"{now:{TIME}}{now.microsecond // 1000:03d}Z"
            path = self.folder / f"history-{text}-{why}-{rows}.db"
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                now += timedelta(milliseconds=1)
            else:
                return path

    def _prune(self) -> None:
        for one in [one for one in self.all() if one.why != ASIDE][self._kept :]:
            one.path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        old = (self._clock() - EVERY).timestamp()
        for path in self.folder.glob(".*.part"):
            if path.stat().st_mtime < old:
                path.unlink(missing_ok=True)


def _backup(path: Path) -> Backup | None:
    name = NAME.fullmatch(path.name)
    if name is None:
        return None
    made = datetime.strptime(name[1][:15], TIME).replace(tzinfo=UTC)
    made += timedelta(milliseconds=int(name[1][15:18]))
    try:
        return Backup(path, made, name[2], int(name[3]), path.stat().st_size)
    except FileNotFoundError:
        return None  # another server has just deleted it


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def hourly(backups: Backups, file: HistoryFile) -> None:
    try:
        if backups.is_due(file.path):
            backups.make(file, HOURLY)
    except (DiskFull, StoreError, OSError) as error:
        log.warning("no backup: %s", getattr(error, "message", type(error).__name__))
