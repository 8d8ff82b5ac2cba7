"""The process in which files from outside are opened: measured, drawn, cut.

Run as `python -m core.sandbox.inspector`; nothing else opens files that others have made.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import av
import resvg_py
from PIL import Image

from core.decoders import admission, carried_text, contact_sheet, sniff
from core.decoders.clips import av_files, previews
from core.decoders.findings import Look
from core.decoders.pictures import images, svg
from core.errors import InvalidUpload
from core.sandbox import child_limits

POSTER_LONGEST = 960
DRAWING_SECONDS = 4
Found = tuple[dict[str, Any], bytes]


def look(path: str) -> Found:
    if sniff.is_drawing(Path(path)):
        child_limits.limit_processor(DRAWING_SECONDS)
    content = sniff.look(Path(path))
    found = {field.name: getattr(content, field.name) for field in fields(Look)}
    if content.still is None:
        return found, b""
    content.still.thumbnail((POSTER_LONGEST, POSTER_LONGEST))
    return found, images.jpeg(content.still)


def is_drawing(path: str) -> Found:
    return {"is_drawing": sniff.is_drawing(Path(path))}, b""


def take(path: str, media: list[str], out: str) -> Found:
    taken, content, still = admission.take(Path(path), media)
    if content is not None:
        Path(out).write_bytes(content)
    return asdict(taken), still


def see(path: str) -> Found:
    taken, still = admission.see(Path(path))
    return asdict(taken), still


def draw(path: str, longest: int, out: str) -> Found:
    child_limits.limit_processor(DRAWING_SECONDS)
    picture = svg.still(Path(path), longest)
    if picture is None:
        raise InvalidUpload("This drawing cannot be made a picture.", "Download it instead.")
    Path(out).write_bytes(images.png(picture))
    return {}, b""


def frame(path: str, media_type: str, which: av_files.Which, out: str) -> Found:
    image = sniff.frame(Path(path), media_type, which)
    Path(out).write_bytes(images.png(image))
    return {}, b""


def crop(path: str, width: int, height: int) -> Found:
    return {}, images.crop(Path(path).read_bytes(), width, height)


def preview(path: str) -> Found:
    return {}, previews.moving(Path(path))


def shrink(path: str, longest: int) -> Found:
    return {}, previews.still(Path(path), longest)


def storyboard(path: str, moments: list[float], longest: int) -> Found:
    return {}, previews.storyboard(Path(path), moments, longest)


def put_text(path: str, text: str, out: str) -> Found:
    carried_text.put(Path(path), text, Path(out))
    return {}, b""


def strip(path: str, out: str) -> Found:
    carried_text.strip(Path(path), Path(out))
    return {}, b""


def find_text(path: str) -> Found:
    return {}, carried_text.find(Path(path)).encode("utf-8", "replace")


def draw_sheet(title: str, cells: list[contact_sheet.Cell], pdf: str, picture: str) -> Found:
    for number, page in enumerate(contact_sheet.pages(title, cells)):
        page.save(pdf, "PDF", resolution=contact_sheet.RESOLUTION, quality=85, append=number > 0)
    Path(picture).write_bytes(images.jpeg(contact_sheet.picture(title, cells)))
    return {}, b""


OPERATIONS: dict[str, child_limits.Operation] = {
    "look": look,
    "is_drawing": is_drawing,
    "take": take,
    "see": see,
    "draw": draw,
    "frame": frame,
    "crop": crop,
    "preview": preview,
    "shrink": shrink,
    "storyboard": storyboard,
    "put_text": put_text,
    "strip": strip,
    "find_text": find_text,
    "draw_sheet": draw_sheet,
}


def warm() -> None:
    Image.init()
    av.CodecContext.create("h264", "r")
    resvg_py.svg_to_bytes('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


def main() -> None:
    child_limits.serve(OPERATIONS, warm=warm)


if __name__ == "__main__":
    main()
