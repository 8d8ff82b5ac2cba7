"""Brings finished clips to the bucket, and deletes there what was deleted here: one thread, in the
server that leads its folder.

A clip is on the disk first, and stays there until the bucket was found to have it whole. What fails
is tried again, later each time; the rows in the history say what is still to be done.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from core.bucket.cache import Cache
from core.bucket.objects import Buckets, digests
from core.bucket.unfinished import end_unfinished
from core.errors import BucketError, DailiesError, DiskFull
from core.files import Output
from core.storage.clip_copies import ClipCopies, ClipCopy, State
from core.storage.room.former_versions import FormerVersion, FormerVersions

log = logging.getLogger(__name__)

PULSE_SECONDS = 5.0
STOP_SECONDS = 5.0
LOOK_EVERY = timedelta(hours=1)
UNFINISHED = timedelta(days=1)
"""Uploads older than this belong to no running server."""
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
DOUBLINGS = 7


class Carrier:
    def __init__(
        self,
        url: str,
        folder: Path,
        copies: ClipCopies,
        versions: FormerVersions,
        buckets: Buckets,
        at_hand: Callable[[str], Path],
        cache: Cache,
        leads: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """`folder` is where clips lie; `at_hand` brings a clip there from another bucket, and
        returns its path."""
        self._url = url
        self._folder = folder
        self._copies = copies
        self._versions = versions
        self._buckets = buckets
        self._at_hand = at_hand
        self._cache = cache
        self._leads = leads
        self._clock = clock
        self._fresh: deque[Output] = deque()
        self._looked_at: datetime | None = None
        self._failures = 0
        self._held_until: datetime | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def soon(self, output: Output) -> None:
        if self._url:
            self._fresh.append(output)
            self._wake.set()

    def step(self) -> bool:
        """False if nothing is due."""
        now = self._clock()
        if not self._leads():
            self._fresh.clear()
            return False
        self._note(now)
        if self._held_until and now < self._held_until:
            return False
        copy = self._copies.due(self._url, now)
        if copy is None:
            self._cache.trim(now)
            return False
        self._try(copy)
        return True

    def start(self) -> None:
        if self._url or self._copies.buckets():
            self._thread = threading.Thread(target=self._repeat, name="bucket", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.step():
                    continue
            except DailiesError as error:
                log.warning("clips wait for the bucket: %s", error.message)
            except Exception:
                log.exception("carrying clips to the bucket stumbled")
            self._wake.wait(PULSE_SECONDS)
            self._wake.clear()

    def _note(self, now: datetime) -> None:
        """At the start, and now and then, everything in the history is checked against the
        bucket."""
        if self._url and (self._looked_at is None or now >= self._looked_at + LOOK_EVERY):
            self._looked_at = now
            if found := self._copies.await_all(self._url, now):
                log.info("%d clips are to go to the bucket", found)
            self._end_unfinished(now - UNFINISHED)
        while self._fresh:
            self._copies.await_one(self._fresh.popleft(), self._url, now)

    def _end_unfinished(self, before: datetime) -> None:
        try:
            if ended := end_unfinished(self._url, before):
                log.info("%d uploads that a killed server had begun were ended", ended)
        except BucketError as error:
            log.warning("%s", error.message)

    def _try(self, copy: ClipCopy) -> None:
        try:
            if copy.state is State.LEAVING:
                self._delete(copy)
            else:
                self._carry(copy)
        except (BucketError, DiskFull, OSError) as error:
            self._wait(copy, error)
        else:
            self._failures, self._held_until = 0, None

    def _delete(self, copy: ClipCopy) -> None:
        """The version of an original that a rule has removed is remembered."""
        bucket = self._buckets.at(copy.bucket)
        if self._versions.is_wanted(copy.file) and (version := bucket.version(copy.file)):
            self._versions.note(FormerVersion(copy.file, copy.bucket, version))
        bucket.delete(copy.file)
        self._copies.forget(copy)

    def _carry(self, copy: ClipCopy) -> None:
        bucket, path = self._buckets.at(copy.bucket), self._folder / copy.file
        was_here = path.is_file()
        is_here = was_here or self._at_hand(copy.file).is_file()
        here = digests(path) if is_here else None
        known = copy.file, copy.bytes, copy.sha256, here.etag if here else ""
        if not bucket.holds(*known):
            if here is None:
                self._copies.miss(copy)
                log.warning("a clip is neither here nor in the bucket", extra={"file": copy.file})
                return
            if here.sha256 != copy.sha256:
                raise BucketError("The clip on the disk is not what it was.")
            bucket.put(path, copy.file, copy.media_type)
            if not bucket.holds(*known):
                raise BucketError("What came to the bucket is not what was sent.")
        if self._copies.store(copy) and is_here and not was_here:
            path.unlink(missing_ok=True)  # it was fetched from another bucket only to be passed on

    def _wait(self, copy: ClipCopy, error: DailiesError | OSError) -> None:
        why = error.message if isinstance(error, DailiesError) else "The disk cannot be read."
        log.warning("a clip waits for the bucket: %s", why, extra={"file": copy.file})
        self._failures += 1
        now = self._clock()
        self._held_until = now + _pause(self._failures)
        self._copies.fail(copy, why, now + _pause(copy.tries + 1))


def _pause(failures: int) -> timedelta:
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, DOUBLINGS)))
