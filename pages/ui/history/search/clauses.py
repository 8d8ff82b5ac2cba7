"""What the filters of the History say in the search: each its one clause, in the search's words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.domain.reviews import MOST_STARS
from core.generations import Status
from core.storage.search.query import Clause, Query
from core.storage.search.query_fields import plain
from pages.ui import formatting

SAME = {"status": "is"}
"""Fields that mean the same as others."""
STATUS_WORDS = {
    Status.QUEUED: "queued",
    Status.SUBMITTING: "sending",
    Status.PENDING: "waiting-to-start",
    Status.THROTTLED: "waiting-for-a-free-slot",
    Status.RUNNING: "rendering",
    Status.DOWNLOADING: "saving",
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.UNCONFIRMED: "unconfirmed",
}
STATE_WORDS = {state: name.lower().replace(" ", "-") for state, name in formatting.REVIEW.items()}
STARS = {n: f"{n} or more" if n < MOST_STARS else str(n) for n in range(1, MOST_STARS + 1)}
STAR_WORDS = {n: f">={n}" if n < MOST_STARS else str(n) for n in STARS}


@dataclass(frozen=True)
class Control:
    """`words` are the search's words for the values to choose from; `former` words are still
    understood."""

    key: str
    field: str
    words: Mapping[Any, str]
    former: Mapping[Any, Iterable[str]] = dataclasses.field(default_factory=dict)

    def clause(self, query: Query) -> Clause | None:
        """The first clause of the search that chooses only among these values."""
        known = set().union(*map(self._spellings, self.words))
        for clause in query.clauses:
            same = SAME.get(clause.field, clause.field) == SAME.get(self.field, self.field)
            if same and not clause.unwanted and known.issuperset(map(plain, clause.values)):
                return clause
        return None

    def chosen(self, query: Query) -> list[Any]:
        clause = self.clause(query)
        said = set(map(plain, clause.values)) if clause else set()
        return [value for value in self.words if not said.isdisjoint(self._spellings(value))]

    def with_only(self, query: Query, values: Iterable[Any]) -> Query:
        words = tuple(self.words[value] for value in values)
        return query.replaced(self.clause(query), Clause(self.field, words) if words else None)

    def _spellings(self, value: Any) -> set[str]:
        return set(map(plain, (self.words[value], *self.former.get(value, ()))))


def day_clause(query: Query, field: str) -> Clause | None:
    found = (c for c in query.clauses if c.field == field and not c.unwanted and day_of(c))
    return next(found, None)


def day_of(clause: Clause) -> date | None:
    try:
        (day,) = clause.values
        return date.fromisoformat(day)
    except ValueError:
        return None
