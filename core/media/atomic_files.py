"""Writes files atomically: under a temporary name, synced, then renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DownloadError
from core.providers.receipts import sync_folder


def write(path: Path, content: bytes, *, alone: bool = False) -> None:
    """All of the content, or nothing. `alone`: nobody else writes to `path` meanwhile."""
    with draft(path, alone=alone) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def draft(path: Path, *, alone: bool = False) -> Iterator[Path]:
    """A file to write beside `path`, which it replaces at the end; after an error it is gone. Only
    a kill leaves one behind. If a single writer is `alone`, its next try overwrites it."""
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
    """Protects the drafts in the folder from the sweep meanwhile. The lock ends with the
    process."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield
    finally:
        os.close(held)


def link(source: Path, path: Path) -> None:
    """Give the same file a second name; a copy if the file system has no links.

    A link takes no space, and deleting one name leaves the other.
    """
    with draft(path) as beside:
        try:
            os.link(source, beside)
        except OSError:
            beside.write_bytes(source.read_bytes())
    sync_folder(path.parent)


def sweep(folder: Path, drafts: str = "*.part") -> bool:
    """False if somebody is writing in the folder."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in folder.glob(drafts):
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(held)
    return True


@contextmanager
def disk_trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None:  # a network error: those of requests are OSErrors too
            raise
        raise DownloadError(
            f"The clip cannot be written to the disk ({error.strerror}).",
            "Make room in the data folder: the download goes on by itself.",
        ) from error
