"""The nouns of clean-up rules: Rule, what may go, and the plan of what a run would remove.

Where there is no rule, every original stays. Only originals ever go: posters, previews and rows
stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import DailiesError
from core.text.quantities import counted

GIGABYTE = 1024**3
DAY = timedelta(days=1)
FIRST_RUN_AFTER = DAY
"""So long a new rule waits, and every rule after the history was another: a mistake can be taken
back."""
OVERDUE = DAY
"""A run that is so late has an unsure cause: a clock that jumped, a server that was away, a history
that was copied. It waits as a new rule does."""
LEAST_DAYS, MOST_DAYS = 7, 3650
MOST_GIGABYTES = 1_000_000
UNTOUCHED = timedelta(days=LEAST_DAYS)
"""What was made, decided on, brought back, or protected since then stays whatever the rules say."""
PRAISE = 4
"""So many stars protect a clip."""
COMPARED = timedelta(days=30)
"""How long a comparison stays open after its last vote."""


class Kind(StrEnum):
    """What a rule removes. The values are stored, so they never change."""

    REJECTED = "rejected"
    UNRATED = "unrated"
    ROOM = "room"


@dataclass(frozen=True)
class Rule:
    """`amount` is days, or gigabytes of originals for `ROOM`.

    It removes nothing before `starts_at`; `ended_at` is None while it holds. Changing a rule ends
    it and begins another. Rules of the demo are for its own clips only.
    """

    id: str
    kind: Kind
    amount: int
    made_by: str
    made_at: datetime
    starts_at: datetime
    demo: bool
    ended_by: str = ""
    ended_at: datetime | None = None

    def takes(self, one: Candidate, now: datetime) -> bool:
        """Whether the rule is about it; for `ROOM`, as far as the limit is exceeded."""
        if self.kind is Kind.ROOM:
            return True
        meant = one.is_rejected if self.kind is Kind.REJECTED else one.is_unrated
        return meant and one.touched_at < now - self.amount * DAY

    def excess(self, held: int) -> int:
        return held - self.amount * GIGABYTE

    @property
    def words(self) -> str:
        if self.kind is Kind.ROOM:
            return f"At most {self.amount:,} GB of originals"
        who = "Rejected" if self.kind is Kind.REJECTED else "Unrated"
        return f"{who}, after {counted(self.amount, 'days')}"


@dataclass(frozen=True)
class Candidate:
    """A generation whose originals nothing protects, and their bytes.

    `touched_at` is when it was last made, decided on or brought back; `is_unrated` if nobody has
    said anything about it. `posters`, each with its media type, stand in for its files afterwards.
    """

    generation_id: int
    bytes: int
    touched_at: datetime
    is_rejected: bool
    is_unrated: bool
    project_id: int | None
    posters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Leaving:
    generation_id: int
    bytes: int
    project_id: int | None
    rule: Rule


@dataclass(frozen=True)
class Plan:
    """What a run would remove now, the oldest first. `excess` is how many bytes would still be
    beyond a limit, since the rest is protected."""

    leaving: tuple[Leaving, ...] = ()
    excess: int = 0

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.leaving)


@dataclass(frozen=True)
class Run:
    ended_at: datetime
    originals: int
    bytes: int


@dataclass
class Planning:
    """How a plan is made. `stands_in` tells whether a candidate's posters and previews exist:
    without them its originals stay."""

    candidates: Sequence[Candidate]
    held: int
    """Bytes of all originals, also of those that are protected, without those in the trash."""
    now: datetime
    stands_in: Callable[[Candidate], bool] = lambda _candidate: True
    _leaving: dict[int, Leaving] = field(default_factory=dict)

    def of(self, rules: Iterable[Rule]) -> Plan:
        excess = 0
        for rule in sorted(rules, key=lambda one: one.kind is Kind.ROOM):
            if rule.kind is Kind.ROOM:
                excess = self._make_room(rule)
            else:
                self._by_age(rule)
        oldest_first = sorted(self._leaving.values(), key=lambda one: one.generation_id)
        return Plan(tuple(oldest_first), excess)

    def _by_age(self, rule: Rule) -> None:
        for one in self.candidates:
            if rule.takes(one, self.now):
                self._take(one, rule)

    def _make_room(self, rule: Rule) -> int:
        excess = rule.excess(self.held)
        excess -= sum(one.bytes for one in self._leaving.values())
        for one in sorted(self.candidates, key=lambda one: one.generation_id):
            if excess <= 0:
                return 0
            if one.generation_id not in self._leaving and self._take(one, rule):
                excess -= one.bytes
        return max(0, excess)

    def _take(self, one: Candidate, rule: Rule) -> bool:
        if one.generation_id in self._leaving or not self.stands_in(one):
            return False
        left = Leaving(one.generation_id, one.bytes, one.project_id, rule)
        self._leaving[one.generation_id] = left
        return True


def due_at(rules: Iterable[Rule], last: Run | None) -> datetime | None:
    """When the rules run next; None if there is none. Each runs a day after its last run."""
    times = [
        last.ended_at + DAY if last and last.ended_at >= rule.starts_at else rule.starts_at
        for rule in rules
    ]
    return min(times, default=None)


class InvalidRule(DailiesError):
    """A rule that cannot be set as it was asked for."""
