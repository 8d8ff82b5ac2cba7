"""The process in which files from outside are opened: measured, drawn, cut.

Run as `python -m core.sandbox.inspector`; nothing else opens what others have made.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import av
import resvg_py
from PIL import Image

from core.decoders import admission, av_files, images, sniff, svg
from core.decoders.findings import Look
from core.errors import InvalidUpload
from core.sandbox import child_limits

POSTER_LONGEST = 960
DRAWING_SECONDS = 4
Found = tuple[dict[str, Any], bytes]


def look(path: str) -> Found:
    """What a made file is, and its poster as JPEG."""
    if sniff.is_drawing(Path(path)):
        child_limits.limit_processor(DRAWING_SECONDS)
    content = sniff.look(Path(path))
    found = {field.name: getattr(content, field.name) for field in fields(Look)}
    if content.still is None:
        return found, b""
    content.still.thumbnail((POSTER_LONGEST, POSTER_LONGEST))
    return found, images.jpeg(content.still)


def take(path: str, media: list[str], out: str) -> Found:
    """What an input is, its still, and at `out` what is sent in its place."""
    taken, content, still = admission.take(Path(path), media)
    if content is not None:
        Path(out).write_bytes(content)
    return asdict(taken), still


def see(path: str) -> Found:
    """What an input is that is sent as it came, and its still."""
    taken, still = admission.see(Path(path))
    return asdict(taken), still


def draw(path: str, longest: int, out: str) -> Found:
    """A drawing as a PNG at `out`."""
    child_limits.limit_processor(DRAWING_SECONDS)
    picture = svg.still(Path(path), longest)
    if picture is None:
        raise InvalidUpload("This drawing cannot be made a picture.", "Download it instead.")
    Path(out).write_bytes(images.png(picture))
    return {}, b""


def frame(path: str, media_type: str, which: av_files.Which, out: str) -> Found:
    """A frame of a made video or archive as a PNG at `out`."""
    image = sniff.frame(Path(path), media_type, which)
    Path(out).write_bytes(images.png(image))
    return {}, b""


def crop(path: str, width: int, height: int) -> Found:
    """The middle of a picture in another shape, as a small JPEG."""
    return {}, images.crop(Path(path).read_bytes(), width, height)


OPERATIONS: dict[str, child_limits.Operation] = {
    "look": look,
    "take": take,
    "see": see,
    "draw": draw,
    "frame": frame,
    "crop": crop,
}


def warm() -> None:
    """Load what the first file would have to wait for."""
    Image.init()
    av.CodecContext.create("h264", "r")
    resvg_py.svg_to_bytes('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


def main() -> None:
    """Answer orders until the server is gone."""
    child_limits.serve(OPERATIONS, warm=warm)


if __name__ == "__main__":
    main()
