"""Removes the location from a video or sound, without rewriting the file.

Each box that names a place is replaced by an empty one of the same length, so that pictures,
tracks, colours and rotation stay byte for byte the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.decoders.clips import av_files
from core.decoders.clips.mp4_boxes import FIRST, Box, walk

OUTER = {b"moov", b"trak", b"mdia", b"moof", b"traf"}
SAID = {b"udta", b"meta", b"ilst"}
"""Boxes with metadata, not with content."""
NAMED = {b"\xa9xyz", b"loci", b"gps ", b"GPS "}
LOOSE = {b"uuid", b"XMP_"}
"""These may occur anywhere."""
KEY = re.compile(rb"location|gps", re.IGNORECASE)
PLACE = re.compile(
    rb"[+-]\d{2,6}\.\d+[+-]\d{3,7}(\.\d+)?"
    rb"|GPS(Latitude|Longitude|Position|Coordinates|[59U]| ?\()|[Ll]atitude"
)
"""A place in ISO 6709 notation, or under the key that cameras use."""
LOOKED_AT = 1024**2


def remove(path: Path) -> bool:
    with path.open("r+b") as file:
        if file.read(8)[4:] not in FIRST:
            return False
        end = file.seek(0, 2)
        found = [box for box in _said(file, 0, end) if _names_a_place(file, box)]
        for box in found:
            file.seek(box.start + 4)
            file.write(b"free")
            _blank(file, box.inside, box.end)
        samples = list(av_files.beside(path, PLACE))
        for start, size in samples:
            _blank(file, start, start + size)
    return bool(found or samples)


def _said(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Every metadata box of the file; an item whose own name mentions a place is reported as
    `gps `."""
    for box in walk(file, start, end):
        if box.name in OUTER:
            yield from _said(file, box.inside, box.end)
        elif box.name in SAID:
            yield from _inner(file, box, [])
        elif box.name in LOOSE:
            yield box


def _inner(file: BinaryIO, outer: Box, keys: list[bytes]) -> Iterator[Box]:
    for box in walk(file, _first(file, outer), outer.end):
        if box.name == b"keys":
            keys = _keys(_content(file, box))
        elif box.name in SAID:
            yield from _inner(file, box, keys)
        else:
            number = int.from_bytes(box.name, "big")
            of_place = 0 < number <= len(keys) and KEY.search(keys[number - 1])
            yield Box(b"gps ", box.start, box.inside, box.end) if of_place else box


def _names_a_place(file: BinaryIO, box: Box) -> bool:
    return box.name in NAMED or bool(PLACE.search(_content(file, box)))


def _first(file: BinaryIO, outer: Box) -> int:
    """Where its first box begins: in MP4, but not in MOV, a `meta` box has a version first."""
    file.seek(outer.inside)
    return outer.inside + 4 * (outer.name == b"meta" and file.read(8)[4:] != b"hdlr")


def _keys(content: bytes) -> list[bytes]:
    found, place = [], 8
    while place + 8 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        found.append(content[place + 8 : place + size])
        place += max(8, size)
    return found


def _content(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.inside)
    return file.read(min(LOOKED_AT, box.end - box.inside))


def _blank(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    while start < end:
        start += file.write(bytes(min(LOOKED_AT, end - start)))
