"""What other users of this machine may read: nothing, as far as that is ours to say.

What is made is closed to them by the umask. What an earlier version left open is closed at the
start; where that cannot be done, or where closing it might hit somebody else's files, it is said.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.media.library import KINDS
from core.settings import Settings

OTHERS = 0o077
OURS = (*KINDS, "emulator", "history", "tracker.lock", "lost+found", ".writable")
"""How what stands in a data folder begins."""


@dataclass(frozen=True)
class Exposure:
    """Something that others can look into, and what to do."""

    message: str
    hint: str


def begin() -> None:
    """Let nobody else read what this process and its children make from now on."""
    os.umask(OTHERS)


def tighten(folder: Path) -> None:
    """Close what is Dailies' own in the data folder, and the folder where nothing else is in it."""
    own = [path for path in folder.iterdir() if path.name.startswith(OURS)]
    if len(own) == len(list(folder.iterdir())):
        own.append(folder)
    for path in own:
        with suppress(OSError):  # somebody else's, or a disk that knows no modes: it is said
            mode = path.stat().st_mode
            if mode & OTHERS and not mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def exposures(settings: Settings) -> Iterator[Exposure]:
    """What others can look into as things stand."""
    if settings.env_file and _is_open(settings.env_file):
        yield Exposure(
            "Other users of this machine can read the file that holds the key.",
            "Close it with chmod 600, and make a new key if somebody may have looked.",
        )
    if _is_open(settings.data_dir):
        yield Exposure(
            "Other users of this machine can look into the data folder.",
            "Close it with chmod 700.",
        )


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False
