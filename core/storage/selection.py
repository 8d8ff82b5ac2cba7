"""Which generations, and in which order: as a person says it, and as SQL says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Order(StrEnum):
    """How a list is sorted. The words stand in addresses, so they never change."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"
    DURATION = "duration"


COST = "coalesce(credits_charged, credits_estimated, credits_quoted, 0)"
"""The column `credits`, for indexes that hold what it is made of."""
ORDER_SQL: Mapping[Order, str] = {
    Order.NEWEST: "created_at desc, id desc",
    Order.OLDEST: "created_at, id",
    Order.COST: "credits desc, id desc",
    Order.DURATION: "duration desc, id desc",
}
REVERSE_SQL: Mapping[Order, str] = {
    Order.NEWEST: ORDER_SQL[Order.OLDEST],
    Order.OLDEST: ORDER_SQL[Order.NEWEST],
    Order.COST: "credits, id",
    Order.DURATION: "duration, id",
}
INDEXED = 3
"""Letters of the shortest word that the trigram index of prompts knows."""
MOST_WORDS = 100
"""Of a search; SQLite refuses a condition of a thousand."""
LISTED = "status", "model", "kind", "demo"
"""Columns of which a filter names some values."""
GROUPED = "status, model, kind, demo, favourite"
"""Columns that the daily sums know too, so that a filter on them is counted without the rows."""
Values = dict[str, Any]


@dataclass(frozen=True)
class Filter:
    """Which generations. Empty means all. Days are UTC, both included."""

    search: str = ""
    status: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    favourite: bool = False
    demo: tuple[bool, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when it lets everything through."""
        return self == Filter()

    @property
    def words(self) -> list[str]:
        """What is searched for, each word once."""
        return list(dict.fromkeys(self.search.replace("\0", " ").split()))[:MOST_WORDS]


def grouped(chosen: Filter) -> tuple[list[str], Values]:
    """The conditions on columns that generations and daily sums share, but the time."""
    clauses: list[str] = []
    values: Values = {}
    for name in LISTED:
        keys = {f"{name}{i}": value for i, value in enumerate(getattr(chosen, name))}
        if keys:
            clauses.append(f"{name} in ({', '.join(f':{key}' for key in keys)})")
            values |= keys
    if chosen.favourite:
        clauses.append("favourite = 1")
    return clauses, values


def spanned(chosen: Filter, time: str) -> tuple[list[str], Values]:
    """The conditions on the time, which is `day` in the daily sums and `created_at` in rows."""
    clauses: list[str] = []
    values: Values = {}
    if chosen.since:
        clauses.append(f"{time} >= :since")
        values["since"] = chosen.since.isoformat()
    if chosen.until:
        clauses.append(f"{time} < :after")
        values["after"] = end_of(chosen.until)
    return clauses, values


def end_of(day: date) -> str:
    """Above every time of that day."""
    return day.isoformat() + "~"


def phrases(words: Iterable[str]) -> str:
    """What the index of prompts is asked for: all of the words that it can know."""
    quoted = (word.replace('"', '""') for word in words if len(word) >= INDEXED)
    return " ".join(f'"{word}"' for word in quoted)


def short_words(words: Iterable[str]) -> tuple[list[str], Values]:
    """The words that the index cannot know, as conditions on the prompt."""
    clauses: list[str] = []
    values: Values = {}
    for number, word in enumerate(word for word in words if len(word) < INDEXED):
        # LIKE ignores the case of a to z only.
        cases = dict.fromkeys([word.lower(), word.upper(), word.capitalize()])
        pieces = {f"word{number}_{i}": f"%{_escaped(case)}%" for i, case in enumerate(cases)}
        likes = " or ".join(f"prompt like :{name} escape '\\'" for name in pieces)
        clauses.append(f"({likes})")
        values |= pieces
    return clauses, values


def all_of(clauses: list[str]) -> str:
    """Conditions as one."""
    return " and ".join(clauses) or "true"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
