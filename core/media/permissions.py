"""What other users of this machine may read: nothing, as far as that is up to us.

The umask protects new files. What an earlier version left open is closed at the start; if that is
impossible, or might hit somebody else's files, it is reported.
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
SECRETS = ("channels.json", "secret.key")
OURS = (*KINDS, *SECRETS, "emulator", "history", "tracker.lock", "lost+found", ".writable")
"""Prefixes of everything that Dailies keeps in a data folder."""


@dataclass(frozen=True)
class Exposure:
    """Something that others can read, and what to do about it."""

    message: str
    hint: str


def begin() -> None:
    """Let nobody else read what this process and its children create from now on."""
    os.umask(OTHERS)


def tighten(folder: Path) -> None:
    """Close Dailies' own files in the data folder, and the folder itself if nothing else is in
    it."""
    own = [path for path in folder.iterdir() if path.name.startswith(OURS)]
    if len(own) == len(list(folder.iterdir())):
        own.append(folder)
    for path in own:
        with suppress(
            OSError
        ):  # somebody else's file, or a disk without modes: `exposures` reports it
            mode = path.stat().st_mode
            if mode & OTHERS and not mode & stat.S_ISVTX:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def exposures(settings: Settings) -> Iterator[Exposure]:
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
