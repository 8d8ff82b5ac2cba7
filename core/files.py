"""Writes files so that none is ever half there: beside its place, synced, then renamed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DownloadError
from core.receipts import sync_folder

ABANDONED_SECONDS = 24 * 3600.0
"""No writer takes so long: it was killed."""


def write(path: Path, content: bytes, *, alone: bool = False) -> None:
    """The whole content at `path`, or nothing. `alone`: nobody else writes it at the same time."""
    with draft(path, alone=alone) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def draft(path: Path, *, alone: bool = False) -> Iterator[Path]:
    """A file to write beside `path`; it takes that place at the end, and is gone after an error.

    Only a kill leaves one. Where one writer is `alone` its next try writes over it.
    """
    mark = "" if alone else f".{os.getpid()}-{os.urandom(4).hex()}"
    beside = path.with_suffix(f"{mark}.part")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def link(source: Path, path: Path) -> None:
    """The same file under a second name; a copy where the disk knows no links.

    Links cost no room, and neither name goes when the other is deleted.
    """
    with draft(path) as beside:
        try:
            os.link(source, beside)
        except OSError:
            beside.write_bytes(source.read_bytes())
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove drafts that nobody has touched for a day."""
    for path in folder.glob("*.part"):
        try:
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue  # its writer, or another server's sweep


@contextmanager
def disk_trouble() -> Iterator[None]:
    """Say in a sentence that the disk does not take a download. Raises DownloadError."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # the network's: requests' errors are OSErrors too
            raise
        raise DownloadError(
            f"The clip cannot be written to the disk ({error.strerror}).",
            "Make room in the data folder: the download goes on by itself.",
        ) from error
