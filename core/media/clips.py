"""The files of clips: on the disk, and where a bucket is used, perhaps only there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from core.bucket.clips_elsewhere import ClipsElsewhere
from core.bucket.objects import Bucket
from core.errors import BucketError
from core.files import Output
from core.media import atomic_files
from core.media.disk_space import Disk
from core.providers.receipts import sync_folder
from core.storage.clip_copies import ClipCopy

FOLDER = "videos"
CHUNK = 512 * 1024


class FilesOnDisk:
    def size(self, path: Path) -> int | None:
        try:
            return path.stat().st_size
        except OSError:
            return None

    def read(self, path: Path, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, fewer if it has no more. Raises OSError."""
        with path.open("rb") as file:
            file.seek(start)
            while piece := file.read(min(CHUNK, end - start)):
                start += len(piece)
                yield piece


ON_DISK = FilesOnDisk()


class Clips(FilesOnDisk):
    """The folder `videos`. Names come from ids and hashes, never from a person."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder / FOLDER
        self._disk = disk
        self.elsewhere: ClipsElsewhere | None = None
        """Known once the history is open."""

    def path(self, output: Output) -> Path:
        return self.folder / output.file

    def at_hand(self, file: str) -> Path:
        """Its path once it is there: a file that lies only in a bucket is fetched first. The path
        of a file that is nowhere does not exist. Raises BucketError, DiskFull, OSError."""
        path = self.folder / file
        if path.is_file():
            note_use(path)
        elif copy := self.only_elsewhere(path):
            assert self.elsewhere
            self._disk.check(copy.bytes)
            with atomic_files.draft(path) as beside:
                self.elsewhere.bring(copy, beside)
            sync_folder(path.parent)
        return path

    def is_anywhere(self, file: str) -> bool:
        path = self.folder / file
        return path.is_file() or self.only_elsewhere(path) is not None

    def only_elsewhere(self, path: Path) -> ClipCopy | None:
        if path.is_file() or self.elsewhere is None or path.parent != self.folder:
            return None
        return self.elsewhere.find(path.name)

    def size(self, path: Path) -> int | None:
        if copy := self.only_elsewhere(path):
            return copy.bytes
        return super().size(path)

    def read(self, path: Path, start: int, end: int) -> Iterator[bytes]:
        if not (copy := self.only_elsewhere(path)):
            yield from super().read(path, start, end)
            return
        assert self.elsewhere
        try:
            yield from self.elsewhere.pieces(copy, start, end)
        except BucketError as error:
            raise OSError(error.message) from error

    def discard(self, output: Output) -> None:
        """Delete it here and, as soon as that is possible, in each bucket. Raises OSError."""
        if self.elsewhere:
            self.elsewhere.leave(output.file)
        self.path(output).unlink(missing_ok=True)
        sync_folder(self.folder)

    def bring_version(self, output: Output, bucket: Bucket, version: str) -> None:
        """Bring back what a bucket keeps as a former version. Raises BucketError, DiskFull,
        OSError."""
        path = self.path(output)
        self._disk.check(output.bytes)
        with atomic_files.draft(path) as beside:
            if bucket.bring_version(output.file, version, beside) != output.sha256:
                raise BucketError("The former version in the bucket is another file.")
        sync_folder(path.parent)

    def sweep(self) -> bool:
        """Remove what a killed server left half fetched; False if somebody is fetching now."""
        return atomic_files.sweep(self.folder, "*.*.part")


def note_use(path: Path) -> None:
    """The file used last is kept longest. Its modification time stays, as browsers know it by
    that."""
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
