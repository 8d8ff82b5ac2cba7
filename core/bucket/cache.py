"""Keeps the clips on the disk within a size, where the bucket has them too: those that were played
the longest ago go first, and never the only copy."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.bucket.objects import Bucket
from core.storage.clip_copies import ClipCopies, ClipCopy

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
UNTOUCHED = timedelta(minutes=10)
"""A file used since then may still be in use."""
AT_ONCE = 200


@dataclass(frozen=True)
class Kept:
    path: Path
    bytes: int
    used_at: datetime


class Cache:
    def __init__(
        self,
        folder: Path,
        copies: ClipCopies,
        bucket: Bucket,
        most_bytes: int | None,
        missing_bytes: Callable[[], int],
        is_done_with: Callable[[str], bool],
    ) -> None:
        """With `most_bytes` None everything is kept. `missing_bytes` is how far the disk is below
        its floor; `is_done_with` tells whether a file is needed no more to make something of it."""
        self._folder = folder
        self._copies = copies
        self._bucket = bucket
        self._most = most_bytes
        self._missing_bytes = missing_bytes
        self._is_done_with = is_done_with
        self._trimmed_at: datetime | None = None

    def trim(self, now: datetime) -> int:
        """Remove what is too much. Returns how many files. Raises BucketError, DiskFull,
        OSError."""
        if self._most is None or (self._trimmed_at and now < self._trimmed_at + EVERY):
            return 0
        self._trimmed_at = now
        kept = sorted(self._kept(), key=lambda one: one.used_at)
        excess = max(sum(one.bytes for one in kept) - self._most, self._missing_bytes())
        untouched = [one for one in kept if one.used_at < now - UNTOUCHED]
        return sum(1 for _ in self._remove(untouched, excess, now))

    def _remove(self, kept: Sequence[Kept], excess: int, now: datetime) -> Iterator[Kept]:
        for at in range(0, len(kept), AT_ONCE):
            if excess <= 0:
                return
            part = kept[at : at + AT_ONCE]
            stored = self._copies.stored_of([one.path.name for one in part], self._bucket.url)
            for one in part:
                copy = stored.get(one.path.name)
                if excess > 0 and copy and copy.bytes == one.bytes and self._may_go(copy, now):
                    one.path.unlink(missing_ok=True)
                    excess -= one.bytes
                    yield one

    def _may_go(self, copy: ClipCopy, now: datetime) -> bool:
        """The bucket is asked once more: somebody else may have changed it meanwhile."""
        if not self._is_done_with(copy.file):
            return False
        if self._bucket.size(copy.file) == copy.bytes:
            return True
        self._copies.doubt(copy, now)
        return False

    def _kept(self) -> Iterator[Kept]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                facts = entry.stat()
                used_at = datetime.fromtimestamp(facts.st_atime, UTC)
                yield Kept(Path(entry.path), facts.st_size, used_at)
