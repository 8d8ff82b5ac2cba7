"""Writes files so that none is ever half there: beside its place, synced, then renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DownloadError
from core.runway.receipts import sync_folder


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
    with writing(path.parent):
        try:
            yield beside
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """While this lasts no draft in the folder is swept away. The lock ends with the process."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield
    finally:
        os.close(held)


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


def sweep(folder: Path) -> bool:
    """Remove the drafts of writers that were killed; False while somebody writes there."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in folder.glob("*.part"):
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(held)
    return True


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
