"""Whose turn it is: the slots of a model go to one person after the other, whoever ordered more,
and those of a person to one of their batches after the other."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from core.names import key
from core.storage.open_rows import OpenRow

NEVER = datetime.min.replace(tzinfo=UTC)

Turn = tuple[str, str, str]
"""A model, an author and the id of a batch; empty for what is in none."""
Turns = Mapping[Turn, datetime]
"""When each last had a slot."""

person_key = lru_cache(maxsize=4096)(key)


def turn_of(row: OpenRow) -> Turn:
    return row.model, row.author, row.batch_id or ""


def in_turn(waiting: Iterable[OpenRow], last: Turns) -> Iterator[OpenRow]:
    """In the order in which they are to be sent, if each slot is of equal use to all of them.

    First what was put before all; then the next one of whoever has waited longest for a turn. Of
    one person the one put first goes first, then the next one of their batch that has waited
    longest, the oldest first. Models have slots, and so turns, of their own.
    """
    for model, rows in _grouped(waiting, lambda row: row.model).items():
        yield from _put_first(row for row in rows if row.before_all)
        had = {turn: at for turn, at in last.items() if turn[0] == model}
        people = _grouped((row for row in rows if not row.before_all), _person)
        lines = {person: _of_person(rows, had) for person, rows in people.items()}
        yield from _rotated(lines, _latest(had, lambda turn: person_key(turn[1])))


def _of_person(rows: list[OpenRow], had: Turns) -> list[OpenRow]:
    person = _person(rows[0])
    own = {turn: at for turn, at in had.items() if person_key(turn[1]) == person}
    batches = _grouped((row for row in rows if not row.first_at), lambda row: row.batch_id or "")
    lines = {batch: sorted(rows, key=lambda row: row.id) for batch, rows in batches.items()}
    first = _put_first(row for row in rows if row.first_at)
    return [*first, *_rotated(lines, _latest(own, lambda turn: turn[2]))]


def _rotated(lines: Mapping[str, list[OpenRow]], last: Mapping[str, datetime]) -> Iterator[OpenRow]:
    """One of each line in turn, from the one that had none for longest; of those that never had
    one, the oldest first."""
    turns = [
        (last[name].timestamp() if name in last else 0.0, min(row.id for row in line), name)
        for name, line in lines.items()
    ]
    heapq.heapify(turns)
    after = max((at for at, _id, _name in turns), default=0.0)
    left = {name: iter(line) for name, line in lines.items()}
    while turns:
        _at, number, name = turns[0]
        row = next(left[name], None)
        if row is None:
            heapq.heappop(turns)
            continue
        yield row
        after += 1.0
        heapq.heapreplace(turns, (after, number, name))


def _put_first(rows: Iterable[OpenRow]) -> list[OpenRow]:
    """The latest of them at the head."""
    return sorted(rows, key=lambda row: (row.first_at, row.id), reverse=True)


def _person(row: OpenRow) -> str:
    return person_key(row.author)


def _grouped(rows: Iterable[OpenRow], by: Callable[[OpenRow], str]) -> dict[str, list[OpenRow]]:
    found: defaultdict[str, list[OpenRow]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return found


def _latest(turns: Turns, by: Callable[[Turn], str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for turn, at in turns.items():
        found[by(turn)] = max(at, found.get(by(turn), NEVER))
    return found
