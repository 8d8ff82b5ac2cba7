"""Moves open generations forward, step by step, and pauses or stops that.

One tracker per data folder is the leader, by a file lock; any other waits until the lock is free.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from core.generations import Generation, Status
from core.monitoring.metrics import Metrics
from core.providers.breaker_panel import BreakerPanel
from core.providers.connections import Connections
from core.storage.open_rows import OpenRow, OpenRows
from core.storage.store import Store
from core.worker.agenda import Agenda, Tracked
from core.worker.leader import Leader
from core.worker.loop import PULSE_SECONDS, Loop
from core.worker.poller import Poller
from core.worker.pool import Pools
from core.worker.queue.slots import Line, Room, Slots, line_of
from core.worker.queue.turns import Turns
from core.worker.stages import LONGEST_BACKOFF_SECONDS, Stages

log = logging.getLogger(__name__)

AHEAD = 4
"""How many of each line have their inputs uploaded before there is a slot for them."""
PAUSE_LOOKS = 40
STOP_SECONDS = 4.5


class Tracker:
    def __init__(
        self,
        store: Store,
        open_rows: OpenRows,
        stages: Stages,
        lock: Path,
        metrics: Metrics,
        slots: Slots,
        turns: Callable[[], Turns],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._open_rows = open_rows
        self._turns = turns
        self._stages = stages
        self._poller: Poller = stages.poller
        self._connections: Connections = stages.poller.connections
        self._breakers: BreakerPanel = stages.breakers
        self._stopping = stages.stopping
        self._clock = stages.clock
        self._metrics = metrics
        self._leader = Leader(lock)
        self._agenda = Agenda(stages.poller, stages.breakers, slots, ticks)
        self._pools = Pools()
        self._prepared: set[int] = set()
        self._turn = threading.Lock()
        self._close_count = 0
        self._loop = Loop(
            self.step, self._start_due, self._seconds_until_due, self._clock, self._stopping
        )
        self.last_step: datetime | None = None

    # -- one step -------------------------------------------------------------------------------

    def step(self, now: datetime) -> list[Future[None]]:
        """Read what is open and start everything that is due; the futures end when that is done."""
        if self._leader.take():
            self._poller.begin()
        if self._leader.leads and (rows := self._open_rows.news()) is not None:
            self._update(rows, now)
        started = self._start_due(now)
        self.last_step = self._clock()
        return started

    def _update(self, rows: Sequence[OpenRow], now: datetime) -> None:
        """Leave out what is at providers that this server cannot reach: that waits."""
        reachable = {row.id: row for row in rows if row.provider in self._connections}
        try:
            self._agenda.update(reachable, self._turns(), now)
        except BaseException:
            self._open_rows.forget()
            raise
        self._poller.keep(reachable.keys())
        self._prepared &= reachable.keys()

    @property
    def is_leader(self) -> bool:
        return self._leader.leads

    @property
    def leader(self) -> str:
        """The server that moves the generations, as `host-pid`; it may have ended just now."""
        return self._leader.holder

    def _start_due(self, now: datetime) -> list[Future[None]]:
        if not self._leader.leads or not self._turn.acquire(blocking=False):
            return []
        try:
            with self._agenda.guard:
                return self._begin(now)
        finally:
            self._turn.release()

    def _begin(self, now: datetime) -> list[Future[None]]:
        if self._close_count != self._breakers.close_count:
            self._close_count = self._breakers.close_count
            self._agenda.release(self._stages.reset_failures())
        started = []
        due, room = self._agenda.take()
        for row, since in due:
            tracked = self._agenda[row.id]
            if tracked.is_busy:
                tracked.look_again = True
            elif work := self._work(tracked, row, now, room):
                tracked.is_busy = True
                started.append(self._pools.of(row.status).submit(work, row, since))
        self._prepare(row for row, _since in due if self._agenda.waits_for_room(row.id))
        return started

    def _prepare(self, waiting: Iterable[OpenRow]) -> None:
        """Upload the inputs of those next in turn while they wait for a slot, so that no upload
        delays them once one is free."""
        ahead: Counter[Line] = Counter()
        for row in waiting:
            line = line_of(row)
            if ahead[line] < AHEAD and self._breakers.left(row) <= 0:
                ahead[line] += 1
                if row.id not in self._prepared:
                    self._prepared.add(row.id)
                    self._pools.uploads.submit(self._stages.prepare, row.id)

    def _work(
        self, tracked: Tracked, row: OpenRow, now: datetime, room: Room
    ) -> Callable[[OpenRow, float], None] | None:
        if row.cancel_requested or self._poller.has_link(row.id):
            return self._advance  # whatever breakers say: a link needs no key
        if row.status is Status.QUEUED and row.is_held:
            return None  # until somebody lets it go
        if row.status is Status.QUEUED and not room.has(row):
            self._agenda.wait_for_room(row.id)
            return None
        if (wait := self._poller.seconds_until_poll(row, now)) > 0:
            self._agenda.wait(row.id, wait)
            return None
        if (wait := self._breakers.delay(row)) > 0:
            self._agenda.hold(row.id, wait)
            return self._tell if row.status is Status.QUEUED and not row.reason else None
        tracked.is_held = False
        if row.status is Status.QUEUED:
            self._agenda.begin(row, room, now)
        return self._advance

    def _advance(self, row: OpenRow, due: float) -> None:
        if row.status.is_at_provider:
            self._metrics.polled(self._agenda.late(due))  # includes the wait for a thread
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
        delay = self._agenda.finish(number, delay)
        if delay is not None and delay < PULSE_SECONDS:
            self._loop.read_soon()

    def _generation(self, row: OpenRow) -> Generation:
        """The whole row, read again only when it has changed: a poll every five seconds adds up."""
        tracked = self._agenda[row.id]
        if tracked.loaded is None or tracked.loaded[0] != row:
            tracked.loaded = row, self._store.get(row.id)
        return tracked.loaded[1]

    # -- the whole of it ------------------------------------------------------------------------

    def start(self) -> None:
        self._loop.start()

    def look_at(self, generation_id: int) -> None:
        self._agenda.look_at(generation_id)
        self._loop.read_soon()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Begin nothing while inside, and afterwards remember nothing from before.

        Waits for work in progress, but not for ever: what that finds out later is written only
        where the history has not changed meanwhile.
        """
        with self._turn:
            for _ in range(PAUSE_LOOKS):
                if not self._agenda.is_busy or self._stopping.wait(PULSE_SECONDS):
                    break
            yield
            with self._agenda.guard:
                self._agenda.clear()
                self._open_rows.forget()
                self._poller.forget()
        self._loop.read_soon()

    def stop(self) -> None:
        """End the thread and, within seconds, what it has started. Cutting that off loses nothing:
        all of it survives the end of the process at any moment."""
        deadline = time.monotonic() + STOP_SECONDS
        has_ended = self._loop.stop(STOP_SECONDS)
        if self._pools.stop(deadline) and has_ended:
            self._leader.release()
        else:
            threading.Thread(target=self._release_late, name="leader", daemon=True).start()

    def _release_late(self) -> None:
        """Let another tracker lead once the last of our work has ended; the end of the process does
        so too."""
        self._loop.join()
        self._pools.wait()
        self._leader.release()

    @property
    def is_alive(self) -> bool:
        """True while the thread runs and has stepped within the last ten seconds."""
        recent = self.last_step and self._clock() - self.last_step < timedelta(seconds=10)
        return bool(self._loop.is_running and recent)

    def _seconds_until_due(self, most: float) -> float:
        """How long the thread may rest. During a pause nothing is begun, however long overdue."""
        if not self._leader.leads or self._turn.locked():
            return most
        return self._agenda.seconds_until_due(most)
