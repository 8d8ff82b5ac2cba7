"""A ZIP that is never built: stored files of known size and CRC, so that any stretch of it can be
read straight from the originals.

The form is APPNOTE 6.3.10 with the ZIP64 records where a size or a place needs them.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from core.media.clips import ON_DISK, FilesOnDisk

MOST_32, MOST_16 = 0xFFFFFFFF, 0xFFFF
UTF8 = 0x0800
STORED = 0
VERSION = 45
"""The version of the format that has ZIP64."""
UNIX = 3 << 8
PLAIN_FILE = 0o100644 << 16
EARLIEST = datetime(1980, 1, 1)  # noqa: DTZ001  a ZIP knows no time zone


class Changed(Exception):
    """A file is no longer what it was when the archive was laid out."""


@dataclass(frozen=True)
class Member:
    name: str
    path: Path
    size: int
    crc: int


class Archive:
    """The layout of one archive; the same members and moment always give the same bytes."""

    def __init__(
        self, members: Sequence[Member], moment: datetime, source: FilesOnDisk = ON_DISK
    ) -> None:
        self.members = tuple(members)
        self._source = source
        self._time = _dos_time(moment)
        sizes = [len(self._local(member)) + member.size for member in self.members]
        self._starts = [0, *accumulate(sizes)]
        self._tail = self._directory()
        self.size = self._starts[-1] + len(self._tail)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self._tail).hexdigest()[:32]}"'

    def is_whole(self) -> bool:
        return all(self._source.size(one.path) == one.size for one in self.members)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in pieces. Raises Changed."""
        first = max(0, bisect_right(self._starts, start) - 1)
        for number in range(first, len(self.members)):
            at = self._starts[number]
            if at >= end:
                return
            yield from self._member(self.members[number], max(start - at, 0), end - at)
        at = self._starts[-1]
        if end > at:
            yield self._tail[max(start - at, 0) : end - at]

    def _member(self, member: Member, start: int, end: int) -> Iterator[bytes]:
        head = self._local(member)
        if piece := head[start:end]:
            yield piece
        start, end = max(0, start - len(head)), min(member.size, end - len(head))
        if start < end:
            yield from self._content(member, start, end)

    def _content(self, member: Member, start: int, end: int) -> Iterator[bytes]:
        try:
            for piece in self._source.read(member.path, start, end):
                start += len(piece)
                yield piece
        except OSError as error:
            raise Changed(member.name) from error
        if start < end:
            raise Changed(member.name)

    def _local(self, member: Member) -> bytes:
        large = member.size >= MOST_32
        extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if large else b""
        size = MOST_32 if large else member.size
        name = member.name.encode()
        fixed = (VERSION, UTF8, STORED, *self._time, member.crc, size, size, len(name), len(extra))
        return struct.pack("<4s5H3I2H", b"PK\3\4", *fixed) + name + extra

    def _directory(self) -> bytes:
        places = zip(self.members, self._starts, strict=False)
        entries = b"".join(self._entry(member, at) for member, at in places)
        count, at = len(self.members), self._starts[-1]
        end64 = at + len(entries)
        records = (
            struct.pack(
                "<4sQ2H2I4Q", b"PK\6\6", 44, UNIX | VERSION, VERSION, 0, 0, count, count,
                len(entries), at,
            )
            + struct.pack("<4sIQI", b"PK\6\7", 0, end64, 1)
            if count >= MOST_16 or end64 >= MOST_32
            else b""
        )  # fmt: skip
        few, short, near = min(count, MOST_16), min(len(entries), MOST_32), min(at, MOST_32)
        return entries + records + struct.pack(
            "<4s4H2IH", b"PK\5\6", 0, 0, few, few, short, near, 0
        )  # fmt: skip

    def _entry(self, member: Member, at: int) -> bytes:
        longs = [value for value in (member.size, member.size, at) if value >= MOST_32]
        extra = struct.pack(f"<HH{len(longs)}Q", 1, 8 * len(longs), *longs) if longs else b""
        size, name = min(member.size, MOST_32), member.name.encode()
        return (
            struct.pack(
                "<4s6H3I5H2I", b"PK\1\2", UNIX | VERSION, VERSION, UTF8, STORED, *self._time,
                member.crc, size, size, len(name), len(extra), 0, 0, 0, PLAIN_FILE,
                min(at, MOST_32),
            )
            + name
            + extra
        )  # fmt: skip


def _dos_time(moment: datetime) -> tuple[int, int]:
    """Time and date, in steps of two seconds since 1980."""
    at = max(moment.replace(tzinfo=None), EARLIEST)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day
