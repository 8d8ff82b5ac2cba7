"""The queue as people see it: where one stands in it, and what they change about that."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import visibility
from core.domain.people import Role
from core.errors import DailiesError
from core.generations import Generation, Status
from core.providers.connections import Connections
from core.providers.tasks import Organization
from core.storage.making.turns import TurnStore
from core.storage.open_rows import OpenRow
from core.storage.spending.ledger import Ledger
from core.storage.store import Store
from core.worker.queue.turn_history import TurnHistory
from core.worker.queue.turns import in_turn, person_key
from core.worker.tracker import Tracker

LIFE = 1.0
"""Seconds for which the order is kept, since every card on every page asks for it."""
DAY = timedelta(days=1)
MOST_TURNS = 10


class InvalidTurns(DailiesError):
    """So many clips in a row nobody may send."""


@dataclass(frozen=True)
class Place:
    """Where a queued generation stands among those of its model.

    `before` go first, `own_before` of them its author's. Of the account's `slots` (None if unknown
    or unlimited) `in_use` are taken, `own` of them by its author. `in_a_row` is how many its author
    may send in one turn; None where everybody sends one. `not_before` is when the daily allowance
    has room for it; None if it has now.
    """

    before: int
    own_before: int
    in_use: int
    own: int
    slots: int | None
    in_a_row: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class _Order:
    before: dict[int, tuple[int, int]] = field(default_factory=dict)
    """How many go before each, and how many of those are its author's."""
    sent: dict[str, list[str]] = field(default_factory=dict)
    """Of each model, the people whose generations are in its slots."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """How many in a row people may send, by their keys; empty where everybody sends one."""


class Queue:
    def __init__(
        self,
        *,
        store: Store,
        role_turns: TurnStore,
        turns: TurnHistory,
        ledger: Ledger,
        tracker: Tracker,
        connections: Connections,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        demo: bool,
    ) -> None:
        """`changed` is called when an admin has changed the turns of roles."""
        self._store = store
        self._role_turns = role_turns
        self._turns = turns
        self._ledger = ledger
        self._tracker = tracker
        self._connections = connections
        self._turns_changed = changed
        self._clock = clock
        self._ticks = ticks
        self._demo = demo
        self._reading = threading.Lock()
        self._known: tuple[float, _Order] = float("-inf"), _Order()

    def place(self, generation: Generation) -> Place | None:
        """None for one that does not wait for its turn."""
        order = self._order()
        waits = generation.status is Status.QUEUED and generation.id in order.before
        if not waits or generation.provider not in self._connections:
            return None
        before, own_before = order.before[generation.id]
        people = order.sent.get(generation.model, [])
        person = person_key(generation.author)
        in_a_row = order.weights.get(person, 1) if order.weights else None
        account = self._connections[generation.provider].account.seen().organization
        limits = account.limits.get(generation.model) if account else None
        slots = limits.concurrent if limits else None
        not_before = self._not_before(generation, before, account)
        own = people.count(person)
        return Place(before, own_before, len(people), own, slots, in_a_row, not_before)

    def put_first(self, generation_id: int) -> None:
        self._store.put_first([generation_id], self._clock())
        self._changed(generation_id)

    def move_up(self, generation_id: int) -> None:
        """One place, among the others of its author."""
        own = self._own(generation_id)
        place = own.index(generation_id) if generation_id in own else 0
        if place:
            self._store.put_first([*own[: place - 1], generation_id], self._clock())
            self._changed(generation_id)

    def put_before_all(self, generation_id: int) -> None:
        self._store.note(generation_id, first_at=self._clock(), before_all=True)
        self._changed(generation_id)

    def hold(self, generation_id: int) -> None:
        """It is not sent until it is let go; if it is already being sent, it goes on."""
        self._store.note(generation_id, held_at=self._clock())
        self._changed(generation_id)

    def let_go(self, generation_id: int) -> None:
        self._store.note(generation_id, held_at=None)
        self._changed(generation_id)

    def turns(self) -> Mapping[Role, int]:
        """How many in a row people of each role may send before others have their turn."""
        return self._role_turns.of_roles()

    def set_turns(self, role: Role, turns: int) -> None:
        """From the next slot on. Raises InvalidTurns."""
        if not 1 <= turns <= MOST_TURNS:
            raise InvalidTurns(f"A turn is between 1 and {MOST_TURNS} clips.")
        self._role_turns.set(role, turns)
        self._turns_changed()
        self._known = float("-inf"), _Order()

    def _changed(self, generation_id: int) -> None:
        self._known = float("-inf"), _Order()
        self._tracker.look_at(generation_id)

    def _order(self) -> _Order:
        with self._reading:
            read_at, order = self._known
            if self._ticks() - read_at > LIFE:
                with visibility.everything():
                    order = self._read()
                self._known = self._ticks(), order
            return order

    def _read(self) -> _Order:
        rows = self._store.open_rows(demo=self._demo)
        before: dict[int, tuple[int, int]] = {}
        of_model: Counter[str] = Counter()
        of_person: Counter[tuple[str, str]] = Counter()
        waiting = (row for row in rows if row.waits_its_turn)
        turns = self._turns.read()
        for row in in_turn(waiting, turns):
            whose = row.model, person_key(row.author)
            before[row.id] = of_model[row.model], of_person[whose]
            of_model[row.model] += 1
            of_person[whose] += 1
        sent: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            if _has_slot(row):
                sent[row.model].append(person_key(row.author))
        return _Order(before, sent, turns.weights)

    def _own(self, generation_id: int) -> list[int]:
        asked = self._store.get(generation_id)
        with visibility.everything():
            rows = self._store.open_rows(demo=self._demo)
        whose = asked.model, person_key(asked.author)
        waiting = (row for row in rows if row.waits_its_turn and not row.before_all)
        order = in_turn(waiting, self._turns.read())
        return [row.id for row in order if (row.model, person_key(row.author)) == whose]

    def _not_before(
        self, generation: Generation, before: int, account: Organization | None
    ) -> datetime | None:
        """By our own history of the last day: what was sent first leaves the allowance first."""
        model = generation.model
        daily = account.limits[model].daily if account and model in account.limits else None
        if account is None or daily is None:
            return None
        over = before + 1 - max(0, daily - account.used_today(model))
        if over <= 0:
            return None
        sent = self._ledger.sent_since(
            model, self._clock() - DAY, demo=self._demo, provider=generation.provider
        )
        days, place = divmod(over - 1, max(1, daily))
        return sent[place] + DAY * (days + 1) if place < len(sent) else None


def _has_slot(row: OpenRow) -> bool:
    return row.status is Status.SUBMITTING or row.status.is_at_provider
