"""The nouns of blind pairs: which clips meet, who liked which better, and what that comes to."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

FEWEST, MOST = 2, 40
"""Clips of a comparison: forty are 780 pairs."""


class Choice(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    EQUAL = "equal"


@dataclass(frozen=True)
class Comparison:
    """A set of clips that meet in pairs.

    `seed` decides who meets whom when; it is never shown. Where a clip's number would tell what it
    is, its place among `generation_ids` names it; these are in no order.
    """

    id: int
    seed: str
    generation_ids: tuple[int, ...]
    created_by: str
    created_at: datetime

    def etag(self, place: int, file: str) -> str:
        """For the file at a place: the same for the same file, without telling which it is."""
        digest = hashlib.sha256(f"{self.seed}/{place}/{file}".encode()).hexdigest()
        return f'"{digest[:32]}"'

    def pairs(self, person_key: str) -> list[Pair]:
        """Every pair once, in this person's own order, each clip on a side by chance."""
        dice = random.Random(f"{self.seed}/{person_key}")
        met = list(combinations(range(len(self.generation_ids)), 2))
        dice.shuffle(met)
        sides = (pair if dice.random() < 0.5 else pair[::-1] for pair in met)
        return [Pair(number, *pair) for number, pair in enumerate(sides)]


@dataclass(frozen=True)
class Pair:
    """Two clips of a comparison by their places; `number` is unique for one person."""

    number: int
    left: int
    right: int


@dataclass(frozen=True)
class Vote:
    person: str
    first: int
    second: int
    winner: int | None


@dataclass(frozen=True)
class VoteRecord:
    """A vote as it is kept beside the history: generations go by their idempotency keys."""

    person: str
    first: str
    second: str
    winner: str | None
    at: datetime


@dataclass(frozen=True)
class ComparisonRecord:
    """The same of a comparison; its members are in the order of their places."""

    seed: str
    created_by: str
    created_at: datetime
    members: tuple[str, ...]
    votes: tuple[VoteRecord, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a group of clips did against the others, and its mean cost, in whatever the costs are
    counted. `rate` counts a draw as half a win."""

    name: str
    rate: float
    votes: int
    cost: float | None


def standings(
    votes: Sequence[Vote], groups: Mapping[int, str], costs: Mapping[int, float | None]
) -> list[Standing]:
    met: Counter[str] = Counter()
    points: Counter[str] = Counter()
    for vote in votes:
        sides = [groups.get(vote.first), groups.get(vote.second)]
        if None in sides or sides[0] == sides[1]:
            continue
        for number in (vote.first, vote.second):
            met[groups[number]] += 1
            points[groups[number]] += 1 if vote.winner is None else 2 * (vote.winner == number)
    found = [
        Standing(name, points[name] / (2 * met[name]), met[name], _mean(name, groups, costs))
        for name in met
    ]
    return sorted(found, key=lambda one: (-one.rate, -one.votes, one.name))


def _mean(name: str, groups: Mapping[int, str], costs: Mapping[int, float | None]) -> float | None:
    known = [cost for n, group in groups.items() if group == name and (cost := costs.get(n))]
    return sum(known) / len(known) if known else None
