"""What an output is, by its content: video, sound, picture, drawing, archive of frames."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from core.decoders import archives
from core.decoders.clips import av_files
from core.decoders.findings import Look
from core.decoders.pictures import heif, images, svg
from core.errors import DownloadError, Unplayable
from core.media_types import SUFFIXES

HEAD = 4096
FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
UNKNOWN = "Dailies does not know this kind of file. It is kept as it came."
DAMAGED = "This file does not open to its end. It is kept as it came."
VAST = "This picture is too large to look into. It is kept as it came."


@dataclass(frozen=True)
class Content(Look):
    still: Image.Image | None = None


def look(path: Path) -> Content:
    """What the file is; an unknown file is also an answer, with a note.

    Raises DownloadError for an empty file or a text: that is some server's page or message, never
    the output.
    """
    head = _head(path)
    if not head:
        raise DownloadError("The file that came is empty.")
    if head.startswith(b"PK\x03\x04"):
        return _archive(path)
    if svg.is_drawing(head):
        return _drawing(path)
    if _is_text(head):
        raise DownloadError("A text came where a file should: a message of a server on the way.")
    if heif.is_photo(head):
        return _photo(path, head)
    return _picture(path) or _film(path)


def is_drawing(path: Path) -> bool:
    return svg.is_drawing(_head(path))


def frame(path: Path, media_type: str, which: av_files.Which) -> Image.Image:
    """A frame of a video, or the first of an archive. Raises Unplayable."""
    if media_type.startswith("video/"):
        return av_files.frame(path, which)
    still = look(path).still if path.exists() else None
    if still is None:
        raise Unplayable("There is no frame to be had of this file.")
    return still


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _film(path: Path) -> Content:
    try:
        facts, still = av_files.measure(path)
    except Unplayable as error:
        note = DAMAGED if error.known else UNKNOWN
        return Content("application/octet-stream", "bin", note=note)
    return Content(
        facts.media_type,
        SUFFIXES[facts.media_type],
        facts.width,
        facts.height,
        facts.duration,
        facts.frame_rate,
        facts.codec,
        facts.depth,
        still=still,
    )


def _picture(path: Path) -> Content | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below
            image = Image.open(path, formats=tuple(FORMATS))
    except UnidentifiedImageError:
        return None
    except (Image.DecompressionBombError, OSError, SyntaxError):
        return Content("application/octet-stream", "bin", note=VAST)
    with image:
        name = image.format or "PNG"
        shown = partial(Content, Image.MIME[name], FORMATS[name], *image.size)
        if image.width * image.height > av_files.MAX_PIXELS:
            return shown(note=VAST)
        try:
            image.load()
        except (OSError, ValueError, SyntaxError):
            return shown(note=DAMAGED)
        return shown(still=image.copy())


def _photo(path: Path, head: bytes) -> Content:
    kind = "image/avif" if b"avif" in head[: heif.HEAD] else "image/heic"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below
            opened = Image.open(path, formats=heif.FORMATS)
        with opened as image:
            if image.width * image.height > av_files.MAX_PIXELS:
                return Content(kind, SUFFIXES[kind], *image.size, note=VAST)
            still = images.upright(heif.in_srgb(image, head), image)
    except Image.DecompressionBombError:
        return Content(kind, SUFFIXES[kind], note=VAST)
    except (OSError, ValueError, SyntaxError, RuntimeError):
        return Content(kind, SUFFIXES[kind], note=DAMAGED)
    return Content(kind, SUFFIXES[kind], *still.size, still=still)


def _drawing(path: Path) -> Content:
    width, height = svg.size(path)
    return Content("image/svg+xml", "svg", width, height, still=svg.still(path))


def _archive(path: Path) -> Content:
    found = archives.look(path)
    if found is None:
        return Content("application/zip", "zip", note=DAMAGED)
    width, height = found.first.size if found.first else (0, 0)
    return Content(
        "application/zip",
        "zip",
        width,
        height,
        codec=found.kind,
        frames=found.frames,
        still=found.first,
    )


def _is_text(head: bytes) -> bool:
    return all(byte > 31 or byte in b"\t\n\f\r" for byte in head)
