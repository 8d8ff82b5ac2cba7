"""The boxes that MP4, MOV, M4A and 3GP files are built of, by name and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

FIRST = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""How such files begin."""
MOST = 100_000
"""Boxes. A file with more is no film of a camera."""


@dataclass(frozen=True)
class Box:
    """A box of a file: its name, where it begins, where its content does, and where it ends."""

    name: bytes
    start: int
    inside: int
    end: int


def walk(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places; of one that ends later, as of a file cut short, the start."""
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
    """True for a film or sound that ends before its index: without it nothing can be played."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        names = [box.name for box in walk(file, 0, end)]
    return names[:1] != [] and names[0] in FIRST and b"mdat" in names and b"moov" not in names
