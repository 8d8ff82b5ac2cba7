"""Writes files so that none is ever half there: beside its place, synced, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DownloadError
from core.receipts import sync_folder


def write(path: Path, content: bytes) -> None:
    """The whole content at `path`, or nothing."""
    with draft(path) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """A file to write beside `path`; it takes that place at the end, and is gone after an error."""
    beside = path.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}.part")
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
