"""What is open, and when each generation is worth another look.

The history holds the truth: whatever is in memory here can be learned again.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.generations import Generation, Status
from core.providers.breaker_panel import BreakerPanel
from core.providers.breakers import LONGEST_WAIT
from core.storage.open_rows import OpenRow
from core.worker.poller import Poller
from core.worker.pool import SENDERS
from core.worker.queue.slots import Room, Slots, Use, line_of
from core.worker.queue.turns import Turns, in_turn
from core.worker.schedule import Schedule

log = logging.getLogger(__name__)

SPREAD_SECONDS = 0.01
"""Average time between the first polls of two tasks that an earlier server left behind."""
LONG_AGO = timedelta(hours=12)
"""Some providers keep an output for a day only: a clip that old is fetched with a warning."""


@dataclass(slots=True)
class Tracked:
    """What is known of one generation. `row` is as last read; None once it is no longer open while
    a thread still works on it."""

    row: OpenRow | None = None
    loaded: tuple[OpenRow, Generation] | None = None
    """The whole generation, after the row for which it was read."""
    is_busy: bool = False
    look_again: bool = False
    """It fell due or changed while a thread was at work on it, which may have missed that."""
    is_held: bool = False
    """By a breaker; it goes on when one closes."""

    @property
    def is_on_its_way(self) -> bool:
        if self.row is None:
            return False
        status = self.row.status
        return status is Status.SUBMITTING or (self.is_busy and status is Status.QUEUED)


def urgency(row: OpenRow) -> tuple[bool, bool, int]:
    """Sort finished clips first, then what is at providers, then the rest; the oldest of each
    first."""
    return row.status is not Status.DOWNLOADING, not row.status.is_at_provider, row.id


class Agenda:
    """Safe to use from many threads; hold `guard` to keep several steps together."""

    def __init__(
        self, poller: Poller, breakers: BreakerPanel, slots: Slots, ticks: Callable[[], float]
    ) -> None:
        self._poller = poller
        self._breakers = breakers
        self._slots = slots
        self._turns = Turns()
        self._schedule = Schedule(ticks)
        self._tracked: dict[int, Tracked] = {}
        self.guard = threading.RLock()

    def __getitem__(self, number: int) -> Tracked:
        return self._tracked[number]

    # -- what is open ---------------------------------------------------------------------------

    def update(self, rows: Mapping[int, OpenRow], turns: Turns, now: datetime) -> None:
        asked = sum(row.status.is_at_provider for row in rows.values())
        spread = min(self._poller.settings.poll_seconds, SPREAD_SECONDS * asked)
        with self.guard:
            self._turns.learn(turns)
            for row in rows.values():
                tracked = self._tracked.get(row.id)
                if tracked is None:
                    tracked = self._tracked[row.id] = Tracked()
                before, tracked.row = tracked.row, row
                if before is None:
                    self._welcome(tracked, row, now, spread)
                elif before is not row:
                    self._compare(before, row)
            self._forget_all_but(rows)

    def clear(self) -> None:
        with self.guard:
            self._forget_all_but({})

    def _welcome(self, tracked: Tracked, row: OpenRow, now: datetime, spread: float) -> None:
        """Plan the first look at a generation that was not known here: a new one, or one left by an
        earlier server.

        First polls of running tasks are spread over `spread` seconds, so that they do not all go
        out at once.
        """
        wait = (row.retry_at or now) - now
        # A moment further ahead was written by a clock that was wrong.
        due = wait.total_seconds() if timedelta() < wait <= LONGEST_WAIT else 0.0
        if row.status.is_at_provider and not row.cancel_requested:
            due = max(due, self._poller.seconds_until_poll(row, now) + random.uniform(0.0, spread))
        if row.id not in self._schedule and not tracked.is_busy:
            self._schedule.plan(row.id, due)
        if row.status is Status.DOWNLOADING and now - row.since > LONG_AGO:
            log.warning("its clip has waited for long", extra={"generation": row.id})

    def _compare(self, before: OpenRow, row: OpenRow) -> None:
        """Look at once where a person has asked for something, perhaps through another server."""
        is_let_go = before.is_held and not row.is_held
        if is_let_go or (row.cancel_requested and not before.cancel_requested):
            self.look_at(row.id)
        elif before.retry_at and not row.retry_at and row.status is Status.QUEUED:
            self._breakers.force_retry(row)
            self.look_at(row.id)

    def _forget_all_but(self, rows: Mapping[int, OpenRow]) -> None:
        for gone in self._tracked.keys() - rows.keys():
            tracked = self._tracked[gone]
            if tracked.is_busy:  # its thread goes on with the old record
                self._tracked[gone] = Tracked(is_busy=True, look_again=tracked.look_again)
            else:
                del self._tracked[gone]
        self._schedule.keep(rows)

    # -- whose turn it is -----------------------------------------------------------------------

    def take(self) -> tuple[list[tuple[OpenRow, float]], Room]:
        """All that is due, each with the moment it fell due: the most urgent first, then the queued
        ones in turn.

        Also how many queued ones may be sent now: few at a time, so that in a storm of errors only
        those few fail.
        """
        with self.guard:
            due = self._schedule.take()
            wanted = self._schedule.has_parked or self._any_queued(due)
            room = self._room() if wanted else Room(0, {})
            if self._schedule.has_parked:
                parked = self._schedule.take_parked(lambda number: self._has_room(number, room))
                due |= dict.fromkeys(parked, 0.0)
            rows = [one.row for number in due if (one := self._tracked.get(number)) and one.row]
            urgent = sorted((row for row in rows if not row.waits_its_turn), key=urgency)
            waiting = in_turn((row for row in rows if row.waits_its_turn), self._turns)
            return [(row, due[row.id]) for row in (*urgent, *waiting)], room

    def begin(self, row: OpenRow, room: Room, now: datetime) -> None:
        room.use(row)
        self._turns.note(row, now)

    def _room(self) -> Room:
        rows = [one.row for one in self._tracked.values() if one.row]
        sending = [row for row in rows if self._tracked[row.id].is_on_its_way]
        at_provider = [row for row in rows if row.status.is_at_provider]
        use = Use.of((line_of(row), row.status) for row in (*sending, *at_provider))
        senders = SENDERS - len(sending)
        lines = {line_of(row): row for row in rows if row.status is Status.QUEUED}
        free = {line: self._slots.free(row, use, senders) for line, row in lines.items()}
        return Room(senders, free)

    def _has_room(self, number: int, room: Room) -> bool:
        tracked = self._tracked.get(number)
        return bool(tracked and tracked.row and room.has(tracked.row))

    def _any_queued(self, numbers: Iterable[int]) -> bool:
        found = (self._tracked.get(number) for number in numbers)
        return any(one and one.row and one.row.status is Status.QUEUED for one in found)

    @property
    def is_busy(self) -> bool:
        with self.guard:
            return any(tracked.is_busy for tracked in self._tracked.values())

    def seconds_until_due(self, most: float) -> float:
        return self._schedule.wait(most)

    def late(self, due: float) -> float:
        return self._schedule.late(due)

    # -- when to look again ---------------------------------------------------------------------

    def look_at(self, number: int) -> None:
        with self.guard:
            tracked = self._tracked.get(number)
            if tracked and tracked.is_busy:
                tracked.look_again = True
            else:
                self._schedule.plan(number, 0.0)

    def wait(self, number: int, seconds: float) -> None:
        self._schedule.plan(number, seconds)

    def wait_for_room(self, number: int) -> None:
        self._schedule.park(number)

    def waits_for_room(self, number: int) -> bool:
        return self._schedule.is_parked(number)

    def hold(self, number: int, seconds: float) -> None:
        """Plan a look in so many seconds, or as soon as a breaker closes."""
        self._schedule.plan(number, seconds)
        self._tracked[number].is_held = True

    def release(self, failed: AbstractSet[int]) -> None:
        """After a breaker has closed: what it held, and what has `failed`, goes on within one poll
        interval."""
        with self.guard:
            for number, tracked in self._tracked.items():
                if tracked.is_held or (tracked.row and number in failed):
                    soon = random.uniform(0.0, self._poller.settings.poll_seconds)
                    self._schedule.reschedule_earlier(number, soon)
                    tracked.is_held = False

    def finish(self, number: int, delay: float | None) -> float | None:
        """Mark it as no longer busy and plan its next look: after `delay` seconds, at once if there
        is news, or, with None, as planned before. Returns the delay that was used."""
        with self.guard:
            tracked = self._tracked[number]
            if tracked.look_again:
                delay = 0.0
            tracked.is_busy = tracked.look_again = False
            if tracked.row is None:
                del self._tracked[number]
            if delay is not None:
                self._schedule.plan(number, delay)
            return delay
