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

from core.breakers import Breakers
from core.errors import (
    DailiesError,
    DownloadError,
    LinkExpired,
    NoRoom,
    NotAuthorized,
    RateLimited,
    RunwayError,
)
from core.follower import Follower
from core.generations import Generation, Status
from core.metrics import Metrics
from core.sender import Sender
from core.store import Store

log = logging.getLogger(__name__)

PULSE_SECONDS = 0.25
SENDERS = 4
LONGEST_BACKOFF_SECONDS = 30.0
ROOM_SECONDS = 10.0
"""Between two looks whether the disk has room again."""
LONGEST_WAIT = timedelta(hours=1)
"""A look that lies further ahead was planned by a clock that jumped."""
Work = Callable[[int, datetime], None]


def utc_now() -> datetime:
    """This moment, aware."""
    return datetime.now(UTC)


def _rank(generation: Generation) -> tuple[bool, bool, int]:
    """Clips that are made come first, then what is at Runway, then what waits; oldest first."""
    status = generation.status
    return status is not Status.DOWNLOADING, not status.is_at_runway, generation.id


class Tracker:
    """The background half of the Studio."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        follower: Follower,
        breakers: Breakers,
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
        self._breakers = breakers
        self._closings = 0
        self._held: set[int] = set()
        self._clock = clock
        self._metrics = metrics
        self._lock_path = lock
        self._lock: IO[str] | None = None
        # Apart, so that a slow download never delays a poll, nor a poll a submit.
        self._submits = ThreadPoolExecutor(SENDERS, "submit")
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

    # -- one step -------------------------------------------------------------------------------

    def step(self, now: datetime) -> list[Future[None]]:
        """Start everything that is due; the futures end when it is done."""
        started = []
        if self._leads():
            generations = self._store.open_generations(demo=self._demo)
            self._release(now)
            room = SENDERS - sum(self._is_sending(generation) for generation in generations)
            for generation in sorted(generations, key=_rank):
                if generation.id in self._busy or not self._is_due(generation, now):
                    continue
                if generation.status is Status.QUEUED and room <= 0:
                    continue
                if work := self._work(generation, now):
                    self._busy.add(generation.id)
                    self._again.discard(generation.id)
                    pool = self._pool(generation.status)
                    started.append(pool.submit(work, generation.id, now))
                    room -= generation.status is Status.QUEUED
            self._forget_all_but({generation.id for generation in generations})
        self.last_step = self._clock()
        return started

    def _work(self, generation: Generation, now: datetime) -> Work | None:
        """What to do with a generation that is due: nothing while a breaker holds it."""
        if generation.status is Status.DOWNLOADING and self._follower.has_link(generation.id):
            return self._advance  # the clip lies elsewhere, and needs no key
        if generation.cancel_requested:
            return self._advance
        early = self._follower.early(generation, now) if generation.task_id else 0.0
        wait = max(early, 0.0) or self._breakers.delay(generation)
        if wait <= 0:
            self._held.discard(generation.id)
            return self._advance
        self._due[generation.id] = now + timedelta(seconds=wait)
        if early > 0:
            return None
        self._held.add(generation.id)
        told = generation.status is not Status.QUEUED or generation.reason
        return None if told else self._tell

    def _is_sending(self, generation: Generation) -> bool:
        """On its way to Runway: only a few are, so that a storm costs no more than those."""
        busy = generation.id in self._busy and generation.status is Status.QUEUED
        return busy or generation.status is Status.SUBMITTING

    def _tell(self, generation_id: int, now: datetime) -> None:
        """Write down why a queued generation is held."""
        generation = self._store.get(generation_id)
        if generation.status is Status.QUEUED and (why := self._breakers.reason(generation)):
            until = self._due.get(generation_id)
            self._store.move(generation, Status.QUEUED, now, detail=why, reason=why, retry_at=until)
        self._busy.discard(generation_id)

    def _release(self, now: datetime) -> None:
        """When a breaker has closed, all that waited for it goes on, spread a little."""
        if self._closings == self._breakers.closings:
            return
        self._closings = self._breakers.closings
        for generation_id in self._held | self._failures.keys():
            seconds = random.uniform(0.0, self._follower.settings.poll_seconds)
            soon = now + timedelta(seconds=seconds)
            self._due[generation_id] = min(soon, self._due.get(generation_id, soon))
        self._held.clear()
        self._failures.clear()

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
        return delay

    def _wait(self, generation: Generation, now: datetime, error: DailiesError) -> float:
        """An expected failure: say why on the generation, and come back after a while."""
        self._failures[generation.id] += 1
        seconds = 0.0
        if generation.status is not Status.DOWNLOADING or isinstance(error, NotAuthorized):
            seconds = self._breakers.failed(generation, error)
        seconds = seconds or self._patience(generation, error)
        log.warning("waits %.0f s: %s", seconds, error.message, extra={"generation": generation.id})
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
        if isinstance(error, NoRoom):
            return ROOM_SECONDS
        least = self._follower.settings.poll_seconds
        if isinstance(error, LinkExpired):
            return least
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(least, min(error.retry_after, 2 * LONGEST_BACKOFF_SECONDS))
        cap = min(LONGEST_BACKOFF_SECONDS, 2.0 ** self._failures[generation.id])
        jittered = random.uniform(0.0, cap)
        return jittered if generation.status is Status.QUEUED else max(least, jittered)

    def _is_due(self, generation: Generation, now: datetime) -> bool:
        due = self._due.get(generation.id, generation.retry_at or now)
        return due <= now or due > now + LONGEST_WAIT

    def _forget_all_but(self, open_ids: set[int]) -> None:
        self._held &= open_ids
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
