"""Parts of clips: what has come of a download so far, kept so that the next one can go on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from core.errors import DownloadError, StaleDownload, TooLarge
from core.media import atomic_files
from core.outbound.downloads import Download


@dataclass(frozen=True)
class Part:
    """An unfinished download: its file, the bytes so far, and their ETag."""

    path: Path
    size: int
    etag: str

    @classmethod
    def at(cls, path: Path) -> Self:
        """A part without its ETag begins anew: nobody knows which file it is a part of."""
        etag = _mark(path).read_text() if _mark(path).exists() else ""
        if not (etag and path.exists()):
            return cls(path, 0, "")
        return cls(path, path.stat().st_size, etag)

    @property
    def mark(self) -> Path:
        return _mark(self.path)

    def receive(self, download: Download, largest: int) -> None:
        """Append the download, or start over if the server did. `largest` is in bytes.

        Raises TooLarge; or DownloadError when the clip ends early or cannot be written, and then
        keeps what came.
        """
        if download.start not in (0, self.size):
            raise StaleDownload("The clip's server continued at the wrong byte.")
        if download.total is not None and download.total > largest:
            raise TooLarge(download.total, largest)
        with atomic_files.disk_trouble():
            self.mark.write_text(download.etag)
            with self.path.open("r+b" if self.path.exists() else "w+b") as file:
                file.truncate(download.start)
                file.seek(download.start)
                size = download.start + _copy(download, file, largest)
                file.flush()
                os.fsync(file.fileno())
        if download.total is not None and size != download.total:
            kind = DownloadError if size < download.total else StaleDownload
            raise kind(f"The clip came with {size} of {download.total} bytes.")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)


def _mark(part: Path) -> Path:
    return part.with_suffix(".etag")


def _copy(download: Download, file: BinaryIO, largest: int) -> int:
    size = 0
    for chunk in download.chunks:
        size += len(chunk)
        if download.start + size > largest:
            raise TooLarge(None, largest)
        file.write(chunk)
    return size
