"""The probe process: what the files sent with a request are, and their measures.

Run as `python -m core.emulator.footage.probe` and asked by `checks.assets`: a malicious file ends
this process, not the server that the emulator runs in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError

from core.decoders.clips import display_matrix
from core.sandbox.child_limits import serve

_PICTURES = ("PNG", "JPEG", "WEBP")
_CONTAINERS = {"mov", "mp4", "m4a", "3gp", "matroska", "webm", "ogg"}
_SOUNDS = _CONTAINERS | {"mp3", "wav", "flac", "aac"}
_OPENED = ",".join(sorted(_SOUNDS))
"""FFmpeg would also open playlists, which name other files."""
_ORIENTATION = 0x0112
_MICROSECONDS = 1_000_000
_BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


class Refused(Exception):
    """A file that is not accepted; the text says why, and is empty if its type is the reason."""


def measure(path: str, media: list[str]) -> tuple[dict[str, Any], bytes]:
    try:
        return _measured(Path(path), media), b""
    except Refused as refused:
        return {"refused": str(refused)}, b""


def _measured(path: Path, media: Sequence[str]) -> dict[str, Any]:
    size = _picture_size(path) if "image" in media else None
    if size:
        return {"medium": "image", "width": size[0], "height": size[1]}
    if media == ["image"]:
        raise Refused
    return _recording(media, path)


def _picture_size(path: Path) -> tuple[int, int] | None:
    try:
        with Image.open(path, formats=_PICTURES) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION, 1) >= 5
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombWarning):
        return None
    except _BROKEN:
        raise Refused("The asset could not be read as an image.") from None
    return (height, width) if turned else (width, height)


def _recording(media: Sequence[str], path: Path) -> dict[str, Any]:
    try:
        with av.open(str(path), options={"format_whitelist": _OPENED}) as container:
            kinds = set(container.format.name.split(","))
            if "video" in media and kinds & _CONTAINERS:
                if display_matrix.track(container):
                    return _video(container)
                if "audio" not in media:
                    raise Refused("Invalid asset: it has no video stream.")
            if "audio" in media and kinds & _SOUNDS:
                return _sound(container)
    except (FFmpegError, ValueError):
        raise Refused from None
    raise Refused


def _video(container: Any) -> dict[str, Any]:
    stream = display_matrix.track(container)
    assert stream is not None
    frame = next(container.decode(stream), None)
    seconds = _length(container, stream)
    if frame is None or not seconds:
        raise Refused("Invalid asset: it could not be read as a video.")
    width, height = display_matrix.size(frame, stream)
    rate = float(stream.average_rate or stream.base_rate or 0)
    heard = bool(container.streams.audio)
    size = {"width": width, "height": height}
    return {"medium": "video", **size, "seconds": seconds, "frame_rate": rate, "has_sound": heard}


def _sound(container: Any) -> dict[str, Any]:
    streams = container.streams.audio
    if not streams or next(container.decode(streams[0]), None) is None:
        raise Refused("Invalid asset: it could not be read as a sound.")
    return {"medium": "audio", "seconds": _length(container, streams[0]), "has_sound": True}


def _length(container: Any, stream: Any) -> float:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / _MICROSECONDS


def warm() -> None:
    Image.init()


def main() -> None:
    serve({"measure": measure}, warm=warm)


if __name__ == "__main__":
    main()
