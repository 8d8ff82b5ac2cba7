"""The lock of a data folder: one tracker holds it, any other waits until it is free.

It uses `flock`, which also notices a second holder in the same process, and which the system
releases when the process ends.
"""

from __future__ import annotations

import fcntl
import os
import platform
from pathlib import Path
from typing import IO


class Leader:
    """Holds the lock of a data folder while this tracker moves its generations."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    @property
    def leads(self) -> bool:
        return self._file is not None

    @property
    def holder(self) -> str:
        """Who took it last, as `host-pid`; empty if nobody ever did."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def take(self) -> bool:
        """Returns whether it was taken just now."""
        if self._file is not None:
            return False
        file = self._path.open("a", encoding="utf-8")  # the present holder's name stays
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{platform.node()}-{os.getpid()}")
        file.flush()
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
