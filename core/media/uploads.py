"""Files that people bring, kept under their hash. The sandbox finds out what they are."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.decoders.findings import Taken
from core.errors import DiskFull, InvalidUpload, Unplayable
from core.generations import Output, Upload
from core.media import atomic_files
from core.media.disk_space import Disk
from core.media_types import PHOTOS, PICTURES, RECORDINGS
from core.sandbox import inspection
from core.sandbox.inspection import Which

MAX_BYTES = 200 * 1024**2
MIN_BYTES = 512
"""Both are Runway's, for files that are sent to it (docs, assets/uploads)."""
CHUNK = 1024**2
DRAWN_LONGEST = 2048
"""Pixels of a drawing that becomes an input."""
EVERY_MEDIUM = ("image", "video", "audio")


class Uploads:
    """The folders `uploads` and `thumbnails`. Names come from hashes, never from a person."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def path(self, upload: Upload) -> Path:
        """Where the file lies."""
        suffix = (PICTURES | RECORDINGS)[upload.media_type]
        return self._folder / "uploads" / f"{upload.sha256}.{suffix}"

    def still(self, upload: Upload) -> Path:
        """Where the small JPEG of a picture or video lies; a sound has none."""
        return self._folder / "thumbnails" / f"{upload.sha256}.jpg"

    def keep(
        self,
        name: str,
        content: bytes | BinaryIO,
        now: datetime,
        media: Sequence[str] = EVERY_MEDIUM,
    ) -> tuple[Upload, tuple[str, ...]]:
        """Keep a file of one of these media; what was changed of it, in words.

        It is copied to the disk piece by piece, so that it may be larger than memory likes.
        Raises InvalidUpload with a sentence; then nothing is left of it.
        """
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        with self._room(), self._draft() as path, self._draft() as out:
            sha256, size = _receive(source, path)
            taken, still = inspection.take(path, media, out)
            if taken.changed:
                path = out if out.exists() else path  # written anew, or changed where it lies
                sha256, size = _settled(path)
            upload = _upload(taken, sha256, name, size, now)
            if not self.path(upload).exists():
                os.replace(path, self.path(upload))
            self._keep_still(upload, still)
        return upload, taken.notices

    def adopt(self, name: str, output: Output, path: Path, now: datetime) -> Upload:
        """Keep a made file as an upload, without a second copy of it on the disk.

        Raises InvalidUpload when Runway does not take such a file, or when it is gone.
        """
        if not path.exists():
            raise InvalidUpload("The file is no longer on this server.", "Fetch it again first.")
        if output.bytes > MAX_BYTES:
            raise InvalidUpload(_too_large(output.bytes))
        if output.media_type == "image/svg+xml":
            return self._drawn(name, path, now)
        if output.media_type in PHOTOS:  # turned into what Runway takes
            return self._keep_file(name, path, now)
        with self._room():
            taken, still = inspection.see(path)
            upload = _upload(taken, output.sha256, name, output.bytes, now)
            if not self.path(upload).exists():
                atomic_files.link(path, self.path(upload))
            self._keep_still(upload, still)
        return upload

    def cut(self, name: str, path: Path, media_type: str, which: Which, now: datetime) -> Upload:
        """Keep a frame of a made video or archive. Raises Unplayable when there is none."""
        if not path.exists():
            raise Unplayable("The file is no longer on this server.", "Fetch it again first.")
        with self._room(), self._draft() as out:
            inspection.frame(path, media_type, which, out)
            return self._keep_file(name, out, now)

    def crop(self, upload: Upload, width: int, height: int) -> bytes:
        """The picture as Runway will crop it to width:height, as a small JPEG.

        Raises InvalidUpload when its file is gone.
        """
        path = self.path(upload)
        if not path.exists():
            raise InvalidUpload("The picture is no longer on this server.", "Upload it again.")
        return inspection.crop(path, width, height)

    def _drawn(self, name: str, path: Path, now: datetime) -> Upload:
        """A drawing as the PNG that Runway takes."""
        with self._room(), self._draft() as out:
            inspection.draw(path, DRAWN_LONGEST, out)
            return self._keep_file(name, out, now)

    def _keep_file(self, name: str, path: Path, now: datetime) -> Upload:
        with path.open("rb") as content:
            return self.keep(name, content, now)[0]

    def _keep_still(self, upload: Upload, still: bytes) -> None:
        if still and not self.still(upload).exists():
            atomic_files.write(self.still(upload), still)

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Say in a sentence that the disk does not take the file. Raises InvalidUpload."""
        try:
            self._disk.check()
            yield
        except DiskFull as error:
            raise InvalidUpload(error.message, error.hint) from error
        except OSError as error:
            raise InvalidUpload(
                f"The file cannot be written to the disk ({error.strerror}).",
                "Make room on the disk of the data folder, and try again.",
            ) from error

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """A name for a file that is not kept yet; what still lies there at the end is removed."""
        path = self._folder / "uploads" / f"{os.getpid()}-{os.urandom(8).hex()}.part"
        with atomic_files.writing(path.parent):
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)


def _receive(source: BinaryIO, path: Path) -> tuple[str, int]:
    """Bring the content to our disk; its hash and its size. Raises InvalidUpload."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise InvalidUpload(_too_large(_whole(source, size)))
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size < MIN_BYTES:
        small = "too small: Runway takes files of 512 bytes and more."
        raise InvalidUpload(f"The file is {small if size else 'empty.'}")
    return digest.hexdigest(), size


def _settled(path: Path) -> tuple[str, int]:
    """Hash and size of a file that is there, once the disk has it for good."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def _upload(taken: Taken, sha256: str, name: str, size: int, now: datetime) -> Upload:
    seen, length = (taken.width, taken.height), taken.duration
    kind = taken.media_type
    return Upload(sha256, name, kind, size, *seen, now, length, taken.frame_rate, taken.codec)


def _whole(source: BinaryIO, size: int) -> int:
    """All that it has, where it can tell."""
    return source.seek(0, io.SEEK_END) if source.seekable() else size


def _too_large(size: int) -> str:
    return f"The file has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are taken."
