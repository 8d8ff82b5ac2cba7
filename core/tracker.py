"""Moves open generations forward: `step(now)`, and the thread that repeats it.

One tracker per data folder is the leader, by a file lock; any other waits until the lock is free.
All truth is in the history: whatever is in memory here only says when to look again.
"""

from __future__ import annotations

import fcntl
import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from core.errors import (
    DailiesError,
    DownloadError,
    LinkExpired,
    NoRoom,
    NotAuthorized,
    NotEnabled,
    RateLimited,
    RunwayError,
    ServerTrouble,
    Unreachable,
    UnreadableAnswer,
)
from core.follower import Follower
from core.generations import Generation, Status
from core.metrics import Metrics
from core.sender import LONGEST_WAIT, Sender
from core.store import Store

log = logging.getLogger(__name__)

PULSE_SECONDS = 0.25
HELD_SECONDS = 60.0
DAILY_CAP_SECONDS = 15 * 60.0
LONGEST_BACKOFF_SECONDS = 30.0
ROOM_SECONDS = 10.0
"""Between two looks whether the disk has room again."""
ALARMING = (NotAuthorized, Unreachable, ServerTrouble, UnreadableAnswer)
"""Errors that concern every generation, so that every page shows them."""


def utc_now() -> datetime:
    """This moment, aware."""
    return datetime.now(UTC)


class Tracker:
    """The background half of the Studio."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        follower: Follower,
        lock: Path,
        stopping: threading.Event,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
        *,
        demo: bool = False,
    ) -> None:
        self._store = store
        self._demo = demo
        self._sender = sender
        self._follower = follower
        self._clock = clock
        self._metrics = metrics
        self._lock_path = lock
        self._lock: IO[str] | None = None
        # Apart, so that a slow download never delays a poll, nor a poll a submit.
        self._submits = ThreadPoolExecutor(4, "submit")
        self._polls = ThreadPoolExecutor(32, "poll")
        self._downloads = ThreadPoolExecutor(4, "download")
        self._busy: set[int] = set()
        self._due: dict[int, datetime] = {}
        self._again: set[int] = set()
        self._failures: Counter[int] = Counter()
        self._wake = threading.Event()
        self._stopping = stopping
        self._thread: threading.Thread | None = None
        self.last_step: datetime | None = None
        self.trouble: RunwayError | None = None

    # -- one step -------------------------------------------------------------------------------

    def step(self, now: datetime) -> list[Future[None]]:
        """Start everything that is due; the futures end when it is done."""
        started = []
        if self._leads():
            generations = self._store.open_generations(demo=self._demo)
            for generation in generations:
                if generation.id not in self._busy and self._is_due(generation.id, now):
                    self._busy.add(generation.id)
                    self._again.discard(generation.id)
                    pool = self._pool(generation.status)
                    started.append(pool.submit(self._advance, generation.id, now))
            self._forget_all_but({generation.id for generation in generations})
        self.last_step = self._clock()
        return started

    @property
    def is_leader(self) -> bool:
        """True while this tracker holds the folder's lock."""
        return self._lock is not None

    def _advance(self, generation_id: int, now: datetime) -> None:
        try:
            delay = self._stage(self._store.get(generation_id), now)
        except Exception:
            log.exception("unexpected failure", extra={"generation": generation_id})
            delay = LONGEST_BACKOFF_SECONDS
        if generation_id not in self._again:
            self._due[generation_id] = now + timedelta(seconds=delay)
        self._busy.discard(generation_id)
        if delay <= 0:
            self._wake.set()

    def _stage(self, generation: Generation, now: datetime) -> float:
        """Do what is next; seconds until the generation is worth another look."""
        try:
            if generation.status is Status.QUEUED:
                return self._sender.submit(generation, now)
            if generation.status is Status.SUBMITTING:
                delay = self._sender.adopt(generation, now)
            elif generation.status is Status.DOWNLOADING:
                delay = self._follower.download(generation, now)
            elif generation.status.is_at_runway:
                if due := self._due.get(generation.id):
                    self._metrics.polled((self._clock() - due).total_seconds())
                delay = self._follower.poll(generation, now)
            else:
                return 0.0
        except (RunwayError, DownloadError, NoRoom) as error:
            return self._wait(generation, now, error)
        self._failures.pop(generation.id, None)
        self.trouble = None
        return delay

    def _wait(self, generation: Generation, now: datetime, error: DailiesError) -> float:
        """An expected failure: say why on the generation, and come back after a while."""
        self._failures[generation.id] += 1
        seconds = self._patience(generation, error)
        log.warning("waits %.0f s: %s", seconds, error.message, extra={"generation": generation.id})
        if isinstance(error, ALARMING):
            self.trouble = error
        reason = error.message
        if generation.status in (Status.QUEUED, Status.SUBMITTING):
            news = reason if reason != generation.reason else ""
            retry_at = now + timedelta(seconds=seconds)
            self._store.move(
                generation, Status.QUEUED, now, detail=news, reason=reason, retry_at=retry_at
            )
        else:
            self._store.move(generation, generation.status, now, reason=reason, polled_at=now)
        return seconds

    def _patience(self, generation: Generation, error: DailiesError) -> float:
        """Seconds to wait after an error: jitter under a growing cap, or what the error says."""
        if isinstance(error, (NotAuthorized, NotEnabled)):
            return HELD_SECONDS
        if isinstance(error, RateLimited):
            return min(error.retry_after or DAILY_CAP_SECONDS, LONGEST_WAIT.total_seconds())
        if isinstance(error, NoRoom):
            return ROOM_SECONDS
        least = self._follower.settings.poll_seconds
        if isinstance(error, LinkExpired):
            return least
        cap = min(LONGEST_BACKOFF_SECONDS, 2.0 ** self._failures[generation.id])
        jittered = random.uniform(0.0, cap)
        return jittered if generation.status is Status.QUEUED else max(least, jittered)

    def _is_due(self, generation_id: int, now: datetime) -> bool:
        due = self._due.get(generation_id, now)
        return due <= now or due > now + LONGEST_WAIT

    def _forget_all_but(self, open_ids: set[int]) -> None:
        for memory in (self._due, self._failures):
            for generation_id in memory.keys() - open_ids - self._busy:
                del memory[generation_id]
        self._again.intersection_update(open_ids | self._busy)

    def _pool(self, status: Status) -> ThreadPoolExecutor:
        if status in (Status.QUEUED, Status.SUBMITTING):
            return self._submits
        return self._downloads if status is Status.DOWNLOADING else self._polls

    def _leads(self) -> bool:
        """Take the folder's lock, or see that somebody else has it."""
        if self._lock is None:
            lock = self._lock_path.open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._lock = lock
        return True

    # -- the thread -----------------------------------------------------------------------------

    def start(self) -> None:
        """Repeat `step` until `stop`."""
        self._thread = threading.Thread(target=self._repeat, name="tracker", daemon=True)
        self._thread.start()

    def look_at(self, generation_id: int) -> None:
        """Something about this generation has changed: do not wait for its next look."""
        self._again.add(generation_id)  # for a look that is under way, and older than the news
        self._due.pop(generation_id, None)
        self._wake.set()

    def stop(self) -> None:
        """End the thread and what it started; nothing is left half done."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join()
        for pool in (self._submits, self._polls, self._downloads):
            pool.shutdown(wait=True, cancel_futures=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    @property
    def is_alive(self) -> bool:
        """True while the thread runs and has stepped within the last ten seconds."""
        recent = self.last_step and self._clock() - self.last_step < timedelta(seconds=10)
        return bool(self._thread and self._thread.is_alive() and recent)

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                self.step(self._clock())
            except Exception:
                log.exception("the tracker stumbled")
            self._wake.wait(PULSE_SECONDS)
            self._wake.clear()
