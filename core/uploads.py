"""Files that people bring, kept under their hash: pictures, videos and sounds, known by content."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from core import clips, drawings, files, pictures
from core.errors import InvalidUpload, Unplayable
from core.generations import Output, Upload

MAX_BYTES = 200 * 1024**2
MIN_BYTES = 512
"""Both are Runway's, for files that are sent to it (docs, assets/uploads)."""
CHUNK = 1024**2
STILL_LONGEST = 480
DRAWN_LONGEST = 2048
"""Pixels of a drawing that becomes an input."""
EVERY_MEDIUM = ("image", "video", "audio")
TAKEN = {
    "image": "PNG, JPEG or WebP picture",
    "video": "MP4, MOV, MKV, WebM, 3GP or OGG video",
    "audio": "MP3, WAV, FLAC, M4A or OGG sound",
}
NAMES = {"image": "picture", "video": "video", "audio": "sound"}
HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How PNG and JPEG begin; a WebP says so in its ninth byte."""
CONTENT_COUNTS = "The content counts, not the name of the file."
GONE = InvalidUpload("The file is no longer on this server.", "Upload it again.")


class Uploads:
    """The folders `uploads` and `thumbnails`. Names come from hashes, never from a person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, upload: Upload) -> Path:
        """Where the file lies."""
        suffix = pictures.EXTENSIONS.get(upload.media_type) or clips.SUFFIXES[upload.media_type]
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
        with self._received(source) as (path, sha256, size):
            if _is_picture(path):
                _check_medium("image", media)
                return self._keep_picture(name, path, now)
            upload, still = _measured(path, now, media)
            upload = replace(upload, sha256=sha256, name=name, bytes=size)
            return self._place(upload, path, still), ()

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
        found, still = _seen(path, now) if _is_picture(path) else _measured(path, now)
        upload = replace(found, sha256=output.sha256, name=name, bytes=output.bytes, created_at=now)
        if not self.path(upload).exists():
            files.link(path, self.path(upload))
        self._keep_still(upload, still)
        return upload

    def _drawn(self, name: str, path: Path, now: datetime) -> Upload:
        """A drawing as the PNG that Runway takes."""
        picture = drawings.still(path, DRAWN_LONGEST)
        if picture is None:
            raise InvalidUpload("This drawing cannot be made a picture.", "Download it instead.")
        return self._keep_content(name, pictures.png(picture), now)[0]

    def _keep_picture(self, name: str, path: Path, now: datetime) -> tuple[Upload, tuple[str, ...]]:
        return self._keep_content(name, _read_picture(path), now)

    def _keep_content(
        self, name: str, content: bytes, now: datetime
    ) -> tuple[Upload, tuple[str, ...]]:
        picture = pictures.check(content)
        upload = Upload(
            sha256=hashlib.sha256(picture.content).hexdigest(),
            name=name,
            media_type=picture.media_type,
            bytes=len(picture.content),
            width=picture.width,
            height=picture.height,
            created_at=now,
        )
        if not self.path(upload).exists():
            files.write(self.path(upload), picture.content)
        if not self.still(upload).exists():
            files.write(self.still(upload), pictures.thumbnail(picture.content))
        return upload, picture.notices

    def _place(self, upload: Upload, path: Path, still: Image.Image | None) -> Upload:
        self._keep_still(upload, still)
        if not self.path(upload).exists():
            os.replace(path, self.path(upload))
        return upload

    def _keep_still(self, upload: Upload, still: Image.Image | None) -> None:
        if still is not None and not self.still(upload).exists():
            still.thumbnail((STILL_LONGEST, STILL_LONGEST))
            files.write(self.still(upload), pictures.jpeg(still))

    @contextmanager
    def _received(self, source: BinaryIO) -> Iterator[tuple[Path, str, int]]:
        """The content on our disk, for as long as it is looked at; its hash and its size."""
        path = self._folder / "uploads" / f"{os.getpid()}-{os.urandom(8).hex()}.part"
        digest, size = hashlib.sha256(), 0
        try:
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
            yield path, digest.hexdigest(), size
        finally:
            path.unlink(missing_ok=True)


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith(HEADS) or (head[:4] == b"RIFF" and head[8:] == b"WEBP")


def _seen(path: Path, now: datetime) -> tuple[Upload, Image.Image]:
    """As `_measured`, of a picture that is sent as it is. Raises InvalidUpload."""
    image = pictures.look(path)
    kind = "image/jpeg" if image.format == "MPO" else Image.MIME[image.format or "PNG"]
    return Upload("", "", kind, 0, *image.size, now), image


def _read_picture(path: Path) -> bytes:
    """The content, as far as a picture may go: what is more is refused by its size."""
    with path.open("rb") as file:
        return file.read(pictures.MAX_BYTES + 1)


def _measured(
    path: Path, now: datetime, media: Sequence[str] = EVERY_MEDIUM
) -> tuple[Upload, Image.Image | None]:
    """An upload with all but hash, name and size, and its first frame. Raises InvalidUpload."""
    try:
        facts, still = clips.measure(path)
    except Unplayable as error:
        if error.known:
            raise InvalidUpload(
                "The file is damaged or cut short, or has neither picture nor sound.",
                "Export it again and upload that.",
            ) from error
        listed = ", or a ".join(TAKEN[medium] for medium in media)
        raise InvalidUpload(f"This is not a {listed}.", CONTENT_COUNTS) from error
    _check_medium(facts.media_type.partition("/")[0], media)
    measures = facts.duration, facts.frame_rate, facts.codec
    upload = Upload("", "", facts.media_type, 0, facts.width, facts.height, now, *measures)
    return upload, still


def _check_medium(medium: str, media: Sequence[str]) -> None:
    if medium in media:
        return
    wanted = " or a ".join(NAMES[one] for one in media)
    if medium == "audio" and "video" in media:
        raise InvalidUpload(
            f"There is no picture in this file, only sound; a {wanted} is needed.", CONTENT_COUNTS
        )
    raise InvalidUpload(f"This is a {NAMES[medium]}; a {wanted} is needed.", CONTENT_COUNTS)


def _whole(source: BinaryIO, size: int) -> int:
    """All that it has, where it can tell."""
    return source.seek(0, io.SEEK_END) if source.seekable() else size


def _too_large(size: int) -> str:
    return f"The file has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are taken."
