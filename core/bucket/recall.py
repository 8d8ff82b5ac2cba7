"""Brings clips back to the disk that were played from the bucket, so that the next look needs it no
more: one thread, begun by the first of them.

They are copies: the bucket keeps what it has, and `cache` lets them go again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from core.errors import BucketError, DiskFull
from core.storage.clip_copies import ClipCopy

log = logging.getLogger(__name__)

LARGEST_SHARE = 4
"""One clip takes at most a fourth of the cache: otherwise it would push all others out."""
STOP_SECONDS = 5.0


class Recall:
    """Safe to use from many threads."""

    def __init__(
        self,
        at_hand: Callable[[str], Path],
        most_bytes: int | None,
        has_room: Callable[[int], bool],
    ) -> None:
        """`at_hand` brings a file to the disk; `most_bytes` may stay there.

        With None all stays, and so nothing may be added. `has_room` tells whether the disk has
        plenty of room beside so many bytes: paid clips that are still to be fetched come first.
        """
        self._at_hand = at_hand
        self._most = most_bytes
        self._has_room = has_room
        self._asked: SimpleQueue[ClipCopy | None] = SimpleQueue()
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def soon(self, copy: ClipCopy) -> None:
        if self._most is None or LARGEST_SHARE * copy.bytes > self._most:
            return
        with self._lock:
            if self._stopping or copy.file in self._waiting:
                return
            self._waiting.add(copy.file)
            self._asked.put(copy)
            if self._thread is None:
                self._thread = threading.Thread(target=self._repeat, name="recall", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._asked.put(None)
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _repeat(self) -> None:
        while (copy := self._asked.get()) and not self._stopping:
            file = copy.file
            try:
                if self._has_room(copy.bytes):
                    self._at_hand(file)
            except (BucketError, DiskFull, OSError) as error:
                why = error.message if isinstance(error, BucketError | DiskFull) else str(error)
                log.warning("a clip stays in the bucket: %s", why, extra={"file": file})
            except Exception:
                log.exception("a clip could not be brought back", extra={"file": file})
            with self._lock:
                self._waiting.discard(file)
