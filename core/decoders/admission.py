"""Which uploaded files are accepted: recognized by content, checked, measured.

Runs where foreign files are opened, see core.sandbox.inspector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from core.decoders.clips import av_files, location
from core.decoders.findings import Taken
from core.decoders.pictures import heif, images
from core.errors import InvalidUpload, Unplayable

EVERY_MEDIUM = ("image", "video", "audio")
TAKEN = {
    "image": "PNG, JPEG, WebP, HEIC or AVIF picture",
    "video": "MP4, MOV, MKV, WebM, 3GP or OGG video",
    "audio": "MP3, WAV, FLAC, M4A or OGG sound",
}
NAMES = {"image": "picture", "video": "video", "audio": "sound"}
HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""First bytes of PNG and JPEG; a WebP says so from its ninth byte on."""
BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""The possible first boxes of an MP4 or MOV; most begin with ftyp."""
SOUND_HEADS = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
PLACE_GONE = "The file said where it was made. That was taken out; all else is as it came."
CONTENT_COUNTS = "The content counts, not the name of the file."


def take(path: Path, media: Sequence[str]) -> tuple[Taken, bytes | None, bytes]:
    """What the file is as it will be sent, its new content if it has to change, and a small JPEG of
    it (empty for a sound).

    The location is removed from a video or sound in place. Raises InvalidUpload.
    """
    if not _is_picture(path):
        if media == ["image"]:
            _refuse(_head(path))  # its first bytes are enough
        taken, none, still = _measured(path, media)
        if location.remove(path):
            taken = replace(taken, changed=True, notices=(PLACE_GONE,))
        return taken, none, still
    _check_medium("image", media)
    content = _read_picture(path)
    picture = images.check(content)
    changed = picture.content is not content
    size = picture.width, picture.height
    taken = Taken(picture.media_type, *size, changed=changed, notices=picture.notices)
    return taken, picture.content if changed else None, images.thumbnail(picture.content)


def see(path: Path) -> tuple[Taken, bytes]:
    """What a file that is sent unchanged is, and a small JPEG of it. Raises InvalidUpload."""
    if not _is_picture(path):
        taken, _content, still = _measured(path, EVERY_MEDIUM)
        return taken, still
    image = images.look(path)
    kind = "image/jpeg" if image.format == "MPO" else Image.MIME[image.format or "PNG"]
    return Taken(kind, *image.size), _still(image)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(heif.HEAD)


def _is_picture(path: Path) -> bool:
    head = _head(path)
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith(HEADS) or heif.is_photo(head)


def _read_picture(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(images.MAX_BYTES + 1)


def _measured(path: Path, media: Sequence[str]) -> tuple[Taken, None, bytes]:
    try:
        facts, still = av_files.measure(path)
    except Unplayable as error:
        if error.message == av_files.CUT_SHORT:
            raise InvalidUpload(error.message, error.hint) from error
        if error.known:
            raise InvalidUpload(
                "The file is damaged or cut short, or has neither picture nor sound.",
                "Export it again and upload that.",
            ) from error
        raise _unknown(media) from error
    _check_medium(facts.media_type.partition("/")[0], media)
    measures = facts.width, facts.height, facts.duration, facts.frame_rate, facts.codec
    return Taken(facts.media_type, *measures), None, _still(still) if still else b""


def _refuse(head: bytes) -> None:
    if head[4:8] in BOXES or head.startswith((b"\x1aE\xdf\xa3", b"OggS")):
        raise InvalidUpload("This is a video or a sound; a picture is needed.", CONTENT_COUNTS)
    if head.startswith(SOUND_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        _check_medium("audio", ["image"])
    raise _unknown(["image"])


def _unknown(media: Sequence[str]) -> InvalidUpload:
    listed = ", or a ".join(TAKEN[medium] for medium in media)
    return InvalidUpload(f"This is not a {listed}.", CONTENT_COUNTS)


def _check_medium(medium: str, media: Sequence[str]) -> None:
    if medium in media:
        return
    wanted = " or a ".join(NAMES[one] for one in media)
    if medium == "audio" and "video" in media:
        raise InvalidUpload(
            f"There is no picture in this file, only sound; a {wanted} is needed.", CONTENT_COUNTS
        )
    raise InvalidUpload(f"This is a {NAMES[medium]}; a {wanted} is needed.", CONTENT_COUNTS)


def _still(image: Image.Image) -> bytes:
    image.thumbnail(images.THUMBNAIL)
    return images.jpeg(image)
