"""A disk that can be filled up: a small tmpfs where that may be mounted, else a limit on files."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

MEGABYTES = 48
PAGE = 4096
RECEIPT = 16 * 1024


class Disk(Protocol):
    """Where a data folder lies."""

    folder: Path

    def fill(self, pid: int) -> None:
        """From now on the server and its submitters can allocate nothing."""

    def clear(self, pid: int) -> None:
        """There is space again."""


@dataclass
class Tmpfs:
    """A file system of a few megabytes; filled to its last page."""

    folder: Path

    def fill(self, pid: int) -> None:
        """One large file, then pages one by one."""
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            for size in (1024 * 1024, PAGE):
                with suppress(OSError):
                    while file.write(b"x" * size) == size:
                        pass

    def clear(self, pid: int) -> None:
        """Remove the file."""
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@dataclass
class Limit:
    """No file of these processes may grow beyond the size of a receipt: not the same as a full
    disk, but what is left where nothing can be mounted."""

    folder: Path

    def fill(self, pid: int) -> None:
        """Lower the limit."""
        self._set(pid, RECEIPT)

    def clear(self, pid: int) -> None:
        """Lift it."""
        self._set(pid, resource.RLIM_INFINITY)

    def _set(self, pid: int, size: int) -> None:
        server = psutil.Process(pid)
        for process in [server, *server.children()]:
            with suppress(psutil.NoSuchProcess):
                process.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk below `folder`, the truest that this user may have."""
    place = folder / "disk"
    place.mkdir()
    size = f"size={MEGABYTES}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        yield Limit(place)
        return
    try:
        yield Tmpfs(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
