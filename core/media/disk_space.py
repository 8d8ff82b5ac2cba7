"""How much room the data folder's disk has, and the floor below which nothing new starts.

Below it no request is sent and no clip is fetched: the rest belongs to the history and to the
receipts of what has already been paid for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import DiskFull, Problem

MEGABYTE = 1024**2
LEAST_BYTES = 2048 * MEGABYTE
LEAST_SHARE = 0.05
PLENTY = 2
"""There is plenty of room while so many floors are free."""


@dataclass(frozen=True)
class Room:
    """Bytes of a disk at one moment: free for this user, total, and the floor."""

    free: int
    total: int
    floor: int

    @property
    def is_low(self) -> bool:
        return self.free < self.floor

    @property
    def missing(self) -> int:
        """Bytes to the floor; none or fewer if it is not low."""
        return self.floor - self.free


class Disk:
    """The disk under a data folder. Safe to use from many threads."""

    def __init__(
        self,
        folder: Path,
        floor: int | None = None,
        usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage,
    ) -> None:
        """`floor` is in megabytes; the default is the larger of 2 GiB and 5 % of the disk.
        `usage` returns total, used and free bytes."""
        self._folder = folder
        self._floor = floor
        self._usage = usage

    def room(self) -> Room:
        """Asks the system each time, which takes microseconds. Raises DiskFull if the disk is
        gone."""
        try:
            total, _used, free = self._usage(self._folder)
        except OSError as error:
            raise DiskFull(
                f"The disk of the data folder does not answer ({error.strerror}).",
                "Is it mounted? Work goes on by itself when it is back.",
            ) from error
        by_share = max(LEAST_BYTES, int(total * LEAST_SHARE))
        return Room(free, total, by_share if self._floor is None else self._floor * MEGABYTE)

    def check(self, needed: int = 0) -> None:
        """Raises DiskFull if fewer bytes than the floor are free once `needed` are written."""
        room = self.room()
        if room.free - needed < room.floor:
            raise DiskFull(
                f"The disk has {_gigabytes(room.free)} free, and"
                f" {_gigabytes(room.floor + needed)} is the least for"
                f" {'this clip' if needed else 'new clips'}.",
                "Make room on the disk of the data folder: work goes on by itself.",
            )

    def has_plenty(self, needed: int) -> bool:
        """Whether there is still plenty once so many bytes are written. Raises DiskFull if the disk
        is gone."""
        room = self.room()
        return room.free - needed > PLENTY * room.floor

    def problems(self) -> list[Problem]:
        try:
            self.check()
        except DiskFull as error:
            return [Problem("disk", f"{error.message} {error.hint}")]
        return []

    def report(self) -> dict[str, int | bool | None]:
        try:
            room = self.room()
        except DiskFull:
            return {"disk_free_bytes": None, "disk_has_room": False}
        return {"disk_free_bytes": room.free, "disk_has_room": not room.is_low}


def _gigabytes(count: int) -> str:
    return f"{count / 1024**3:,.1f} GB"
