"""Which generations, and in which order: in a person's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.storage.bitmaps.dimensions import Value
from core.storage.search.query import Query, asks_for_trash, parse

MOST_STARS = 500
"""The best mean, in hundredths of a star."""


class Order(StrEnum):
    """How a list is sorted. The values appear in URLs, so they never change."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"
    """Dearest first: by credits, or by dollars where several providers made what there is."""
    DURATION = "duration"


@dataclass(frozen=True)
class Filter:
    """Which generations. Empty means all. Days are UTC, first and last included."""

    search: str = ""
    """In the language of `core.storage.search.query`; narrows the rest of the filter."""
    status: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    favourite: bool = False
    demo: tuple[bool, ...] = ()
    review: tuple[str, ...] = ()
    least_stars: int = 0
    """Mean stars, 1 to 5; 0 stands for unrated ones."""
    project: tuple[int, ...] = ()
    tag: tuple[str, ...] = ()
    """Keys of names, as `core.text.names.key` makes them."""
    trashed: bool | None = False
    """Only what can be restored from the trash, or only what is not in it, unless the search asks
    for the trash; None means all."""

    @property
    def is_empty(self) -> bool:
        return self == Filter()

    @property
    def accepted(self) -> Mapping[str, Sequence[Value]]:
        accepted: dict[str, Sequence[Value]] = {
            "status": self.status,
            "model": self.model,
            "kind": self.kind,
            "provider": self.provider,
            "demo": self.demo,
            "favourite": (True,) if self.favourite else (),
            "review": self.review,
            "stars": range(100 * self.least_stars, MOST_STARS + 1) if self.least_stars else (),
            "project": self.project,
            "tag": self.tag,
        }
        return {name: values for name, values in accepted.items() if values}

    @property
    def seeks_trash(self) -> bool:
        return bool(self.trashed) or any(map(asks_for_trash, self.query.clauses))

    @property
    def query(self) -> Query:
        return parse(self.search)
