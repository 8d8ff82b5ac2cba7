"""Clips that lie in buckets: read by any stretch, brought back, given an address."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.bucket.objects import Bucket, Buckets, key
from core.errors import BucketError
from core.storage.clip_copies import ClipCopies, ClipCopy

PIECE = 2 * 1024**2
"""Bytes of one request, and so of memory for each reader."""
LIFE = timedelta(hours=6)
"""Longer than anybody watches one clip without reloading the page."""


class ClipsElsewhere:
    """Safe to use from many threads. Clips in buckets of former settings are found as well."""

    def __init__(
        self,
        copies: ClipCopies,
        buckets: Buckets,
        url: str,
        clock: Callable[[], datetime],
        *,
        gives_addresses: bool = False,
        cdn: str = "",
        played: Callable[[ClipCopy], None] = lambda _copy: None,
    ) -> None:
        """`cdn` is the address where anybody can read what lies in the settings' bucket. `played`
        is told of each clip that a player has read half of."""
        self._copies = copies
        self._buckets = buckets
        self._url = url
        self._clock = clock
        self._gives_addresses = gives_addresses
        self._cdn = cdn
        self.played = played

    def find(self, file: str) -> ClipCopy | None:
        """The bucket of the settings comes first."""
        found = self._copies.stored(file)
        return min(found, key=lambda copy: copy.bucket != self._url, default=None)

    def pieces(self, copy: ClipCopy, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`. Raises BucketError."""
        bucket = self._bucket(copy)
        for at, until in _stretches(start, end):
            yield bucket.read(copy.file, at, until)

    async def pieces_soon(self, copy: ClipCopy, start: int, end: int) -> AsyncIterator[bytes]:
        """As `pieces`, for an event loop: the reading blocks nothing."""
        bucket = self._bucket(copy)
        for at, until in _stretches(start, end):
            yield await bucket.read_soon(copy.file, at, until)

    def bring(self, copy: ClipCopy, path: Path) -> None:
        """Write all of it to `path`. Raises BucketError, OSError."""
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for piece in self.pieces(copy, 0, copy.bytes):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != copy.sha256:
            self._copies.doubt(copy, self._clock())
            raise BucketError("The clip's copy in the bucket is damaged.")

    def address(self, copy: ClipCopy) -> str | None:
        """Where a browser can read it for a while by itself; None where it must not, or cannot.
        Raises BucketError."""
        return self._bucket(copy).address(copy.file, LIFE) if self._gives_addresses else None

    def public_address(self, file: str) -> str | None:
        if not self._cdn or not any(one.bucket == self._url for one in self._copies.stored(file)):
            return None
        return f"{self._cdn}/{key(file)}"

    def leave(self, file: str) -> None:
        """Have it deleted in each bucket, at once or as soon as the bucket answers."""
        self._copies.leave(file, self._clock())

    def _bucket(self, copy: ClipCopy) -> Bucket:
        return self._buckets.at(copy.bucket)


def _stretches(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, PIECE):
        yield at, min(at + PIECE, end)
