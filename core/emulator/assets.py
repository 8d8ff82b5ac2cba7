"""Files that come with a request: what they are by their content, and what they measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError

from core import display
from core.emulator.answers import Refusal
from core.prices import Given

_PICTURES = ("PNG", "JPEG", "WEBP")
_CONTAINERS = {"mov", "mp4", "m4a", "3gp", "matroska", "webm", "ogg"}
_SOUNDS = _CONTAINERS | {"mp3", "wav", "flac", "aac"}
_ORIENTATION = 0x0112
_MICROSECONDS = 1_000_000
_BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
_TAKEN = {
    "image": "a JPEG, PNG or WebP image",
    "video": "an MP4, MOV, MKV, WebM, 3GP or OGG video",
    "audio": "an MP3, WAV, FLAC, AAC or OGG sound",
}


@dataclass(frozen=True)
class Asset:
    """One input: its role, and what was measured. Size in pixels as it is seen, 0 for a sound;
    seconds and frames a second, 0 for a picture.

    `file` lies in the emulator's folder; for an HTTPS address it is that address, and the rest
    measures the stand-in that takes its place.
    """

    role: str
    medium: str
    file: str
    width: int = 0
    height: int = 0
    seconds: float = 0
    frame_rate: float = 0
    has_sound: bool = False

    @property
    def stands_in(self) -> bool:
        """True where nobody has seen the real file."""
        return self.file.startswith("https:")

    @property
    def given(self) -> Given:
        """What a price may hang on."""
        return Given(
            self.role,
            self.medium,
            self.width or None,
            self.height or None,
            self.seconds or None,
            self.frame_rate or None,
        )


def stand_in(role: str, medium: str, address: str) -> Asset:
    """What takes the place of a file that is never fetched."""
    if medium == "image":
        return Asset(role, medium, address, 1280, 720)
    if medium == "audio":
        return Asset(role, medium, address, seconds=5, has_sound=True)
    return Asset(role, medium, address, 1280, 720, 5, 24)


def measured(role: str, media: Sequence[str], path: Path, name: str) -> Asset:
    """The asset that a file is. Refuses one that is none of `media`, or cannot be read."""
    size = _picture_size(path) if "image" in media else None
    if size:
        return Asset(role, "image", name, *size)
    if media == ("image",):
        raise _unsupported(media)
    return _recording(role, media, path, name)


def _picture_size(path: Path) -> tuple[int, int] | None:
    """The size of a picture as it is seen; None for what is no picture that Runway takes."""
    try:
        with Image.open(path, formats=_PICTURES) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION, 1) >= 5
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombWarning):
        return None
    except _BROKEN:
        raise Refusal(400, "The asset could not be read as an image.") from None
    return (height, width) if turned else (width, height)


def _recording(role: str, media: Sequence[str], path: Path, name: str) -> Asset:
    """A video or a sound, looked into and with its first frame decoded."""
    try:
        with av.open(str(path)) as container:
            kinds = set(container.format.name.split(","))
            if "video" in media and kinds & _CONTAINERS:
                if display.track(container):
                    return _video(role, container, name)
                if "audio" not in media:
                    raise Refusal(400, "Invalid asset: it has no video stream.")
            if "audio" in media and kinds & _SOUNDS:
                return _sound(role, container, name)
    except (FFmpegError, ValueError):
        raise _unsupported(media) from None
    raise _unsupported(media)


def _video(role: str, container: Any, name: str) -> Asset:
    stream = display.track(container)
    assert stream is not None
    frame = next(container.decode(stream), None)
    seconds = _length(container, stream)
    if frame is None or not seconds:
        raise Refusal(400, "Invalid asset: it could not be read as a video.")
    width, height = display.size(frame, stream)
    rate = float(stream.average_rate or stream.base_rate or 0)
    heard = bool(container.streams.audio)
    return Asset(role, "video", name, width, height, seconds, rate, heard)


def _sound(role: str, container: Any, name: str) -> Asset:
    streams = container.streams.audio
    if not streams or next(container.decode(streams[0]), None) is None:
        raise Refusal(400, "Invalid asset: it could not be read as a sound.")
    return Asset(role, "audio", name, seconds=_length(container, streams[0]), has_sound=True)


def _length(container: Any, stream: Any) -> float:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / _MICROSECONDS


def _unsupported(media: Sequence[str]) -> Refusal:
    kinds = " or ".join(_TAKEN[medium] for medium in media)
    return Refusal(400, f"Unsupported asset type. Use {kinds}.")
