"""Whose turn it is: the slots of a model go to one person after the other, whoever ordered more,
and those of a person to one of their batches after the other.

A turn is one slot, or several in a row where an admin has given them to a role.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice

from core.storage.open_rows import OpenRow
from core.text.names import key

NEVER = datetime.min.replace(tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
"""The distance between two slots given in one step, so that they keep their order."""

Turn = tuple[str, str, str]
"""A model, an author and the id of a batch; empty for what is in none."""

person_key = lru_cache(maxsize=4096)(key)


@dataclass
class Turns:
    """`last`: when each turn last had a slot.

    `in_a_row`: for each model, whose generations were sent last, and how many in a row. `weights`:
    how many slots in a row a person has, by their key; one who is not named has one.
    """

    last: dict[Turn, datetime] = field(default_factory=dict)
    in_a_row: dict[str, tuple[str, int]] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    _newest: datetime = NEVER

    def learn(self, told: Turns) -> None:
        """Take over what the history knows; that leaves out what is being sent right now."""
        for turn, at in told.last.items():
            self.last[turn] = max(at, self.last.get(turn, NEVER))
        self.in_a_row = told.in_a_row | self.in_a_row
        self.weights = told.weights

    def note(self, row: OpenRow, now: datetime) -> None:
        """Note that `row` gets a slot now."""
        self._newest = max(now, self._newest + MOMENT)
        self.last[row.model, row.author, row.batch_id or ""] = self._newest
        author, count = self.in_a_row.get(row.model, ("", 0))
        goes_on = person_key(author) == person_key(row.author)
        self.in_a_row[row.model] = row.author, count + 1 if goes_on else 1

    def left(self, model: str) -> tuple[str, int]:
        """The key of the person whose turn is under way, and how many slots they have left in
        it."""
        if model not in self.in_a_row:
            return "", 0
        author, count = self.in_a_row[model]
        person = person_key(author)
        return person, max(0, self.weights.get(person, 1) - count)


def in_turn(waiting: Iterable[OpenRow], turns: Turns) -> Iterator[OpenRow]:
    """The order in which they are to be sent.

    First whatever was put before all; then the rest of the turn under way; then the next turn of
    whoever has waited longest for one. Within a person's turn, what was put first goes first; then
    the batch that has waited longest, its oldest generation first. Each model has its own slots,
    and so its own turns.
    """
    for model, rows in _grouped(waiting, lambda row: row.model).items():
        yield from _put_first(row for row in rows if row.before_all)
        had = {turn: at for turn, at in turns.last.items() if turn[0] == model}
        people = _grouped((row for row in rows if not row.before_all), _person)
        lines = {person: iter(_of_person(rows, had)) for person, rows in people.items()}
        under_way, left = turns.left(model)
        yield from islice(lines.get(under_way, iter(())), left)
        oldest = {person: min(row.id for row in rows) for person, rows in people.items()}
        last = _latest(had, lambda turn: person_key(turn[1]))
        yield from _rotated(lines, oldest, last, turns.weights)


def _of_person(rows: list[OpenRow], had: Mapping[Turn, datetime]) -> list[OpenRow]:
    person = _person(rows[0])
    own = {turn: at for turn, at in had.items() if person_key(turn[1]) == person}
    batches = _grouped((row for row in rows if not row.first_at), lambda row: row.batch_id or "")
    lines = {batch: iter(sorted(rows, key=lambda row: row.id)) for batch, rows in batches.items()}
    oldest = {batch: min(row.id for row in rows) for batch, rows in batches.items()}
    first = _put_first(row for row in rows if row.first_at)
    return [*first, *_rotated(lines, oldest, _latest(own, lambda turn: turn[2]), {})]


def _rotated(
    lines: Mapping[str, Iterator[OpenRow]],
    oldest: Mapping[str, int],
    last: Mapping[str, datetime],
    weights: Mapping[str, int],
) -> Iterator[OpenRow]:
    """Take from each line in turn, as many as its weight, starting with the line that has waited
    longest; among lines that never had a slot, the one with the oldest row."""
    turns = [
        (last[name].timestamp() if name in last else 0.0, oldest[name], name) for name in lines
    ]
    heapq.heapify(turns)
    after = max((at for at, _id, _name in turns), default=0.0)
    while turns:
        _at, number, name = turns[0]
        rows = list(islice(lines[name], weights.get(name, 1)))
        if not rows:
            heapq.heappop(turns)
            continue
        yield from rows
        after += 1.0
        heapq.heapreplace(turns, (after, number, name))


def _put_first(rows: Iterable[OpenRow]) -> list[OpenRow]:
    return sorted(rows, key=lambda row: (row.first_at, row.id), reverse=True)


def _person(row: OpenRow) -> str:
    return person_key(row.author)


def _grouped(rows: Iterable[OpenRow], by: Callable[[OpenRow], str]) -> dict[str, list[OpenRow]]:
    found: defaultdict[str, list[OpenRow]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return found


def _latest(turns: Mapping[Turn, datetime], by: Callable[[Turn], str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for turn, at in turns.items():
        found[by(turn)] = max(at, found.get(by(turn), NEVER))
    return found
