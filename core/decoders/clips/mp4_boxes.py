"""The boxes that MP4, MOV, M4A and 3GP files consist of, by name and position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

FIRST = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""The possible first boxes."""
MOST = 100_000
"""No camera writes a file with more boxes."""


@dataclass(frozen=True)
class Box:
    name: bytes
    start: int
    inside: int
    end: int


def walk(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions; a box that a truncated file cuts off ends with `end`."""
    for _ in range(MOST):
        file.seek(start)
        head = file.read(16)
        if start + 8 > end or len(head) < 8:
            return
        size, inside = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:
            size, inside = int.from_bytes(head[8:], "big"), start + 16
        if size < inside - start:
            return
        yield Box(head[4:8], start, min(inside, end), min(start + size, end))
        start += size


def lacks_index(path: Path) -> bool:
    """True for a film or sound that ends before its index, without which nothing can be played."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        names = [box.name for box in walk(file, 0, end)]
    return names[:1] != [] and names[0] in FIRST and b"mdat" in names and b"moov" not in names
