"""Moves open generations forward: `step(now)`, and the thread that repeats it.

One tracker per data folder is the leader, by a file lock; any other waits until the lock is free.
All truth is in the history: whatever is in memory here only says when to look again.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from core.generations import Generation, OpenRow, Status
from core.monitoring.metrics import Metrics
from core.runway.breakers import Breakers
from core.storage.store import Store
from core.worker.leader import Leader
from core.worker.poller import Poller
from core.worker.pool import Pool
from core.worker.schedule import Schedule
from core.worker.stages import LONGEST_BACKOFF_SECONDS, UNSENT, Stages

log = logging.getLogger(__name__)

PULSE_SECONDS = 0.25
PAUSE_LOOKS = 40
SENDERS, POLLERS, LOADERS = 4, 32, 4
STOP_SECONDS = 4.5
SPREAD_SECONDS = 0.01
"""Between the first polls of two tasks that an earlier server has left, on average."""
LONGEST_WAIT = timedelta(hours=1)
"""A time to try again that lies further ahead was written by a clock that was wrong."""
LONG_AGO = timedelta(hours=12)
"""Runway keeps an output for a day or two: a clip that old is fetched with a warning."""


def urgency(row: OpenRow) -> tuple[bool, bool, int]:
    """Clips that are made come first, then what is at Runway, then what waits; oldest first."""
    return row.status is not Status.DOWNLOADING, not row.status.is_at_runway, row.id


class Tracker:
    """The background half of the Studio."""

    def __init__(
        self,
        store: Store,
        stages: Stages,
        lock: Path,
        metrics: Metrics,
        ticks: Callable[[], float] = time.monotonic,
        *,
        demo: bool = False,
    ) -> None:
        self._store = store
        self._demo = demo
        self._stages = stages
        self._poller: Poller = stages.poller
        self._breakers: Breakers = stages.breakers
        self._stopping = stages.stopping
        self._clock = stages.clock
        self._metrics = metrics
        self._leader = Leader(lock)
        self._schedule = Schedule(ticks)
        # Apart, so that a slow download never delays a poll, nor a poll a submit.
        self._submits = Pool(SENDERS, "submit")
        self._polls = Pool(POLLERS, "poll")
        self._downloads = Pool(LOADERS, "download")
        self._guard = threading.RLock()
        self._turn = threading.Lock()
        self._rows: dict[int, OpenRow] = {}
        self._known: dict[int, tuple[OpenRow, Generation]] = {}
        self._busy: set[int] = set()
        self._again: set[int] = set()
        self._held: set[int] = set()
        self._unsent: dict[int, None] = {}
        self._close_count = 0
        self._is_stale = True
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.last_step: datetime | None = None

    # -- one step -------------------------------------------------------------------------------

    def step(self, now: datetime) -> list[Future[None]]:
        """Read what is open, and start everything that is due; the futures end when it is done."""
        started = []
        if self._leader.take():
            self._poller.begin()
        if self._leader.leads:
            self._read(now)
            started = self._start(now)
        self.last_step = self._clock()
        return started

    @property
    def is_leader(self) -> bool:
        """True while this tracker holds the folder's lock."""
        return self._leader.leads

    def _read(self, now: datetime) -> None:
        """What is open, and what of it has changed behind our back."""
        self._is_stale = False
        rows = {row.id: row for row in self._store.open_rows(demo=self._demo)}
        asked = sum(row.status.is_at_runway for row in rows.values())
        spread = min(self._poller.settings.poll_seconds, SPREAD_SECONDS * asked)
        with self._guard:
            for row in rows.values():
                before = self._rows.get(row.id)
                if before is None:
                    self._welcome(row, now, spread)
                elif row.cancel_requested and not before.cancel_requested:
                    self.look_at(row.id)
                elif before.retry_at and not row.retry_at and row.status is Status.QUEUED:
                    self._breakers.force_retry(row.id)  # by a person, perhaps on another server
                    self.look_at(row.id)
            self._rows = rows
            self._schedule.keep(rows)
            for memory in (self._known, self._unsent):
                for gone in memory.keys() - rows.keys():
                    del memory[gone]
            self._held &= rows.keys()
            self._poller.keep(rows.keys())
            self._again &= self._busy | rows.keys()

    def _welcome(self, row: OpenRow, now: datetime, spread: float) -> None:
        """One that was not here before: new, or left by an earlier server.

        Of many at Runway each is first asked for within `spread` seconds, and so never all at once.
        """
        wait = (row.retry_at or now) - now
        due = wait.total_seconds() if timedelta() < wait <= LONGEST_WAIT else 0.0
        if row.status.is_at_runway and not row.cancel_requested:
            due = max(due, self._poller.seconds_until_poll(row, now) + random.uniform(0.0, spread))
        if row.id not in self._schedule and row.id not in self._busy:
            self._schedule.plan(row.id, due)
        if row.status is Status.DOWNLOADING and now - row.since > LONG_AGO:
            log.warning("its clip has waited for long", extra={"generation": row.id})

    def _start(self, now: datetime) -> list[Future[None]]:
        """Begin with all that is due and that nothing holds; with nothing during a pause."""
        if not self._turn.acquire(blocking=False):
            return []
        try:
            return self._begin(now)
        finally:
            self._turn.release()

    def _begin(self, now: datetime) -> list[Future[None]]:
        started = []
        with self._guard:
            self._release()
            due = self._schedule.take() | dict.fromkeys(self._unsent, 0.0)
            rows = [self._rows[number] for number in due if number in self._rows]
            for row in sorted(rows, key=urgency):
                if row.id in self._busy:
                    self._again.add(row.id)
                elif work := self._work(row, now):
                    self._busy.add(row.id)
                    self._unsent.pop(row.id, None)
                    started.append(self._pool(row.status).submit(work, row, due[row.id]))
        return started

    def _work(self, row: OpenRow, now: datetime) -> Callable[[OpenRow, float], None] | None:
        """What to do with a generation that is due; nothing while it has to wait."""
        if row.cancel_requested or self._poller.has_link(row.id):
            return self._advance  # a clip lies elsewhere, and needs no key
        if row.status is Status.QUEUED and not self._has_room():
            self._unsent[row.id] = None
            return None
        if (wait := self._poller.seconds_until_poll(row, now)) > 0:
            self._schedule.plan(row.id, wait)
            return None
        if (wait := self._breakers.delay(row)) > 0:
            self._unsent.pop(row.id, None)
            self._schedule.plan(row.id, wait)
            self._held.add(row.id)
            return self._tell if row.status is Status.QUEUED and not row.reason else None
        self._held.discard(row.id)
        return self._advance

    def _has_room(self) -> bool:
        """Only a few are on their way to Runway, so that a storm costs no more than those."""
        queued = (row.id for row in self._rows.values() if row.status is Status.QUEUED)
        sending = [row for row in self._rows.values() if row.status is Status.SUBMITTING]
        return len(sending) + len(self._busy.intersection(queued)) < SENDERS

    def _release(self) -> None:
        """When a breaker has closed, all that waited for it goes on, spread a little."""
        if self._close_count == self._breakers.close_count:
            return
        self._close_count = self._breakers.close_count
        for number in self._held | (self._stages.reset_failures() & self._rows.keys()):
            soon = random.uniform(0.0, self._poller.settings.poll_seconds)
            self._schedule.reschedule_earlier(number, soon)
        self._held.clear()

    def _advance(self, row: OpenRow, due: float) -> None:
        if row.status.is_at_runway:
            self._metrics.polled(self._schedule.late(due))  # with the wait for a thread
        try:
            delay = self._stages.advance(self._generation(row))
        except Exception as error:
            log.exception("unexpected failure", extra={"generation": row.id})
            self._stages.stumbled(row.id, error)
            delay = LONGEST_BACKOFF_SECONDS
        self._finish(row.id, delay)

    def _tell(self, row: OpenRow, _due: float) -> None:
        try:
            self._stages.record_hold(self._store.get(row.id), self._breakers.left(row))
        finally:
            self._finish(row.id)

    def _finish(self, number: int, delay: float | None = None) -> None:
        """It is busy no more: the next look is in so many seconds, or as planned before. At once
        where it fell due, or something changed, while it was busy."""
        with self._guard:
            self._busy.discard(number)
            if number in self._again:
                self._again.discard(number)
                delay = 0.0
            if delay is not None:
                self._schedule.plan(number, delay)
        if delay is not None and delay < PULSE_SECONDS:
            self._is_stale = True
            self._wake.set()

    def _generation(self, row: OpenRow) -> Generation:
        """The whole row, read anew only when it has changed: a poll every five seconds adds up."""
        seen, generation = self._known.get(row.id, (None, None))
        if generation is None or seen != row:
            generation = self._store.get(row.id)
            self._known[row.id] = row, generation
        return generation

    def _pool(self, status: Status) -> Pool:
        if status in UNSENT:
            return self._submits
        return self._downloads if status is Status.DOWNLOADING else self._polls

    # -- the thread -----------------------------------------------------------------------------

    def start(self) -> None:
        """Repeat `step` until `stop`."""
        self._thread = threading.Thread(target=self._repeat, name="tracker", daemon=True)
        self._thread.start()

    def look_at(self, generation_id: int) -> None:
        """Something about this generation has changed: do not wait for its next look."""
        with self._guard:
            if generation_id in self._busy:
                self._again.add(generation_id)  # that look is older than the news
            else:
                self._schedule.plan(generation_id, 0.0)
        self._is_stale = True
        self._wake.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Begin nothing inside; nothing from before is remembered afterwards.

        What is under way is waited for, but not for ever: what it finds out later, it writes down
        only where the history still stands as it was.
        """
        with self._turn:
            for _ in range(PAUSE_LOOKS):
                if not self._busy or self._stopping.wait(PULSE_SECONDS):
                    break
            yield
            with self._guard:
                for memory in (self._rows, self._known, self._unsent, self._held):
                    memory.clear()
                self._schedule.keep({})
                self._poller.forget()
            self._is_stale = True
        self._wake.set()

    def stop(self) -> None:
        """End the thread, and within seconds what it has started. What is cut off then loses
        nothing: it is all made to survive the end of the process at any moment."""
        deadline = time.monotonic() + STOP_SECONDS
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)
        pools = (self._submits, self._polls, self._downloads)
        ended = [pool.stop(deadline) for pool in pools]
        if all(ended) and not (self._thread and self._thread.is_alive()):
            self._leader.release()
        else:
            threading.Thread(target=self._release_late, name="leader", daemon=True).start()

    def _release_late(self) -> None:
        """Let another one lead when the last of ours has ended; the end of the process does too."""
        if self._thread:
            self._thread.join()
        for pool in (self._submits, self._polls, self._downloads):
            pool.wait()
        self._leader.release()

    @property
    def is_alive(self) -> bool:
        """True while the thread runs and has stepped within the last ten seconds."""
        recent = self.last_step and self._clock() - self.last_step < timedelta(seconds=10)
        return bool(self._thread and self._thread.is_alive() and recent)

    def _repeat(self) -> None:
        read_at = 0.0
        while not self._stopping.is_set():
            try:
                if self._is_stale or time.monotonic() >= read_at:
                    read_at = time.monotonic() + PULSE_SECONDS
                    self.step(self._clock())
                elif self._leader.leads:
                    self._start(self._clock())
            except Exception:
                log.exception("the tracker stumbled")
                self._stopping.wait(PULSE_SECONDS)
            pause = max(0.0, read_at - time.monotonic())
            self._wake.wait(self._schedule.wait(pause) if self._leader.leads else pause)
            self._wake.clear()
