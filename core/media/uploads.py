"""Files that people upload, stored under their hash. The sandbox finds out what they are."""

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
from core.files import Output, Upload
from core.media import atomic_files
from core.media.disk_space import Disk
from core.media_types import PHOTOS, PICTURES, RECORDINGS
from core.sandbox import inspection
from core.sandbox.inspection import Which

MAX_BYTES = 200 * 1024**2
MIN_BYTES = 512
"""Both are Runway's limits for files sent to it (docs, assets/uploads)."""
CHUNK = 1024**2
DRAWN_LONGEST = 2048
"""Longest side, in pixels, of a drawing that becomes an input."""
EVERY_MEDIUM = ("image", "video", "audio")


class Uploads:
    """The folders `uploads` and `thumbnails`. Names come from hashes, never from a person."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def path(self, upload: Upload) -> Path:
        suffix = (PICTURES | RECORDINGS)[upload.media_type]
        return self._folder / "uploads" / f"{upload.sha256}.{suffix}"

    def still(self, upload: Upload) -> Path:
        return self._folder / "thumbnails" / f"{upload.sha256}.jpg"

    def keep(
        self,
        name: str,
        content: bytes | BinaryIO,
        now: datetime,
        media: Sequence[str] = EVERY_MEDIUM,
    ) -> tuple[Upload, tuple[str, ...]]:
        """Keep a file of one of these media.

        Returns it, and sentences on what was changed in it. Copied piece by piece, so it may be
        larger than memory. Raises InvalidUpload with a sentence, and then leaves nothing behind.
        """
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        with self._room(), self._draft() as path, self._draft() as out:
            sha256, size = _receive(source, path)
            taken, still = inspection.take(path, media, out)
            if taken.changed:
                path = out if out.exists() else path  # written again, or changed in place
                sha256, size = _settled(path)
            upload = _upload(taken, sha256, name, size, now)
            if not self.path(upload).exists():
                os.replace(path, self.path(upload))
            self._keep_still(upload, still)
        return upload, taken.notices

    def adopt(self, name: str, output: Output, path: Path, now: datetime) -> Upload:
        """Keep an output as an upload, without a second copy on disk.

        Raises InvalidUpload if Runway does not accept such files, or if it is gone.
        """
        if not path.exists():
            raise InvalidUpload("The file is no longer on this server.", "Fetch it again first.")
        if output.bytes > MAX_BYTES:
            raise InvalidUpload(_too_large(output.bytes))
        if output.media_type == "image/svg+xml":
            return self._drawn(name, path, now)
        if output.media_type in PHOTOS:  # converted to a type that Runway accepts
            return self._keep_file(name, path, now)
        with self._room():
            taken, still = inspection.see(path)
            upload = _upload(taken, output.sha256, name, output.bytes, now)
            if not self.path(upload).exists():
                atomic_files.link(path, self.path(upload))
            self._keep_still(upload, still)
        return upload

    def cut(self, name: str, path: Path, media_type: str, which: Which, now: datetime) -> Upload:
        """Keep a frame of an output, a video or an archive. Raises Unplayable if it has none."""
        if not path.exists():
            raise Unplayable("The file is no longer on this server.", "Fetch it again first.")
        with self._room(), self._draft() as out:
            inspection.frame(path, media_type, which, out)
            return self._keep_file(name, out, now)

    def text_in(self, content: BinaryIO, mark: bytes) -> bytes:
        """The text that a file carries; empty if it has none, or the mark is nowhere in it. Only a
        file with the mark is copied and opened. Raises InvalidUpload about the disk."""
        if not _holds(content, mark):
            return b""
        content.seek(0)
        with self._room(), self._draft() as path:
            _receive(content, path)
            return inspection.find_text(path)

    def crop(self, upload: Upload, width: int, height: int) -> bytes:
        """The picture as Runway will crop it to width:height, as a small JPEG.

        Raises InvalidUpload if the file is gone.
        """
        path = self.path(upload)
        if not path.exists():
            raise InvalidUpload("The picture is no longer on this server.", "Upload it again.")
        return inspection.crop(path, width, height)

    def _drawn(self, name: str, path: Path, now: datetime) -> Upload:
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
        """Turn errors of the disk into an InvalidUpload with a sentence."""
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
        """A name for a file that is not kept yet; whatever is left there is removed at the end."""
        path = self._folder / "uploads" / f"{os.getpid()}-{os.urandom(8).hex()}.part"
        with atomic_files.writing(path.parent):
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)


def _receive(source: BinaryIO, path: Path) -> tuple[str, int]:
    """Copy the content to our disk. Returns hash and size. Raises InvalidUpload."""
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


def _holds(content: BinaryIO, mark: bytes) -> bool:
    tail = b""
    while chunk := content.read(CHUNK):
        if mark in tail + chunk:
            return True
        tail = chunk[-len(mark) :]
    return False


def _settled(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def _upload(taken: Taken, sha256: str, name: str, size: int, now: datetime) -> Upload:
    seen, length = (taken.width, taken.height), taken.duration
    kind = taken.media_type
    return Upload(sha256, name, kind, size, *seen, now, length, taken.frame_rate, taken.codec)


def _whole(source: BinaryIO, size: int) -> int:
    return source.seek(0, io.SEEK_END) if source.seekable() else size


def _too_large(size: int) -> str:
    return f"The file has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are taken."
