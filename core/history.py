"""Reads the history: lists by filter, sums, and what was spent. Every list is paged in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.database import HistoryFile
from core.generations import OPEN, Generation
from core.rows import with_outputs
from core.store import LARGEST_ID
from core.sums import DailyCredits, Sums, Totals


class Order(StrEnum):
    """How a list is sorted. The words stand in addresses, so they never change."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"
    DURATION = "duration"


ORDER_SQL: Mapping[Order, str] = {
    Order.NEWEST: "created_at desc, id desc",
    Order.OLDEST: "created_at, id",
    Order.COST: "credits desc, id desc",
    Order.DURATION: "duration desc, id desc",
}
INDEXED = 3
"""Letters of the shortest word that the trigram index of prompts knows."""
MOST_WORDS = 100
"""Of a search; SQLite refuses a condition of a thousand."""
GROUPED = "status", "model", "kind", "demo"
"""Columns that the daily sums know too, so that a filter on them needs no row of the history."""


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


@dataclass(frozen=True)
class ModelSpend:
    """What one model has cost in a period: settled by Runway, and still pending."""

    model: str
    generations: int
    settled: int
    pending: int


class History:
    """The reading side of a history file."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def page(self, chosen: Filter, order: Order, number: int, size: int) -> list[Generation]:
        """Page `number`, from 1, of the generations that match."""
        # With the plus, SQLite walks the order's index until the page is full. Without, it would
        # fetch and sort every hit of a search (measured: 10 ms for 25,000 hits, not 150).
        where, values = _where(chosen, "+id")
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from generations where {where} order by {ORDER_SQL[order]}"
                " limit :size offset :offset",
                values | {"size": size, "offset": min(max(0, number - 1) * size, LARGEST_ID)},
            ).fetchall()
            return with_outputs(connection, rows)

    def sums(self, chosen: Filter) -> Sums:
        """Counts and credits of all that match, not only of one page."""
        source, where, values = _sums(chosen)
        with self._file.reading() as connection:
            rows = connection.execute(
                f"""
                select day, sum(generations) as generations,
                    sum(generations) filter (where demo) as demo,
                    sum(generations) filter (where status = 'succeeded') as succeeded,
                    sum(generations) filter (where status = 'failed') as failed,
                    sum(charged) filter (where not demo) as charged,
                    sum(expected) filter (where not demo) as expected,
                    sum(charged) filter (where demo) as demo_charged,
                    sum(expected) filter (where demo) as demo_expected
                from {source} where {where}
                group by day having sum(generations) > 0 order by day
                """,
                values,
            ).fetchall()
        names = Totals.__dataclass_fields__
        totals = (Totals(**{name: row[name] or 0 for name in names}) for row in rows)
        return Sums(
            {date.fromisoformat(row["day"]): day for row, day in zip(rows, totals, strict=True)}
        )

    def totals(self, chosen: Filter) -> Totals:
        """The sums without their days."""
        return self.sums(chosen).totals

    def daily(self, chosen: Filter, *, demo: bool) -> list[DailyCredits]:
        """Credits by day and cumulative, oldest first, of live or of demo generations."""
        return self.sums(chosen).daily(demo=demo)

    def spending(self, since: date | None, *, demo: bool) -> list[ModelSpend]:
        """What each model cost from `since` (UTC day) on, dearest first.

        Pending is what open and unconfirmed generations may still cost at most; an ended one
        without Runway's figure counts there too, since it may have been charged.
        """
        with self._file.reading() as connection:
            rows = connection.execute(
                """
                select model, sum(generations) as generations,
                    sum(charged) as settled, sum(expected) as pending
                from spend where demo = :demo and day >= :since
                group by model having sum(generations) > 0 order by settled + pending desc, model
                """,
                {"demo": demo, "since": (since or date.min).isoformat()},
            ).fetchall()
        return [ModelSpend(**dict(row)) for row in rows]

    def neighbours(self, generation_id: int) -> tuple[int | None, int | None]:
        """The ids before and after this one, where there are any."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select (select max(id) from generations where id < :id) as earlier,"
                " (select min(id) from generations where id > :id) as later",
                {"id": generation_id},
            ).fetchone()
        return row["earlier"], row["later"]

    def flying(self) -> list[int]:
        """The number of every generation that is not final yet, newest first: an index alone."""
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select id from generations where status in {_listed(OPEN)} order by +id desc"
            ).fetchall()
        return [row["id"] for row in rows]

    def in_flight(self, most: int = -1) -> list[Generation]:
        """Those generations whole; of many the newest `most`."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from generations where id in (select id from generations"
                f" where status in {_listed(OPEN)} order by +id desc limit ?) order by id desc",
                [most],
            ).fetchall()
            return with_outputs(connection, rows)

    def twin(self, fingerprint: str, *, demo: bool) -> Generation | None:
        """The newest generation that already answered exactly this request; before any such, one
        that Runway may have taken."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from generations where fingerprint = ? and demo = ?"
                " and status in ('succeeded', 'unconfirmed')"
                " order by status = 'unconfirmed' desc, id desc limit 1",
                [fingerprint, demo],
            ).fetchall()
            return with_outputs(connection, rows)[0] if rows else None

    def failed(self, fingerprint: str, *, demo: bool) -> list[tuple[int, str]]:
        """Failures of exactly this request, newest first: number and Runway's code."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id, failure_code from generations where fingerprint = ? and demo = ?"
                " and status = 'failed' and failure_code <> '' order by id desc",
                [fingerprint, demo],
            ).fetchall()
        return [(row["id"], row["failure_code"]) for row in rows]

    def misquoted(self, *, demo: bool) -> dict[tuple[str, str], int]:
        """How often Runway's maximum was not our quote, by endpoint and model."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select endpoint, model, count(*) as count from generations"
                " where credits_quoted <> credits_estimated and demo = ? group by endpoint, model",
                [demo],
            ).fetchall()
        return {(row["endpoint"], row["model"]): row["count"] for row in rows}

    def prompts(self, search: str, limit: int) -> list[str]:
        """Prompts used before, newest first, each once."""
        where, values = _where(Filter(search=search))
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select prompt from (select prompt, id from generations where {where}"
                " and prompt <> '' order by id desc limit 500)"
                " group by prompt order by max(id) desc limit :limit",
                values | {"limit": limit},
            ).fetchall()
        return [row["prompt"] for row in rows]


def _where(chosen: Filter, hits: str = "id") -> tuple[str, dict[str, Any]]:
    """The filter as a condition on generations, with its values; `hits` is what a search limits."""
    clauses, values = _grouped(chosen, "created_at")
    if chosen.favourite:
        clauses.append("id in (select id from generations where favourite)")
    words = list(dict.fromkeys(chosen.search.replace("\0", " ").split()))[:MOST_WORDS]
    for number, word in enumerate(word for word in words if len(word) < INDEXED):
        # LIKE ignores the case of a to z only.
        cases = dict.fromkeys([word.lower(), word.upper(), word.capitalize()])
        pieces = {f"word{number}_{i}": f"%{_escaped(case)}%" for i, case in enumerate(cases)}
        likes = " or ".join(f"prompt like :{name} escape '\\'" for name in pieces)
        clauses.append(f"({likes})")
        values |= pieces
    if phrases := _phrases(words):
        clauses.append(f"{hits} in (select rowid from prompts where prompts match :phrases)")
        values["phrases"] = phrases
    return " and ".join(clauses) or "true", values


def _phrases(words: list[str]) -> str:
    """What the index of prompts is asked for: all of the words that it can know."""
    quoted = (word.replace('"', '""') for word in words if len(word) >= INDEXED)
    return " ".join(f'"{word}"' for word in quoted)


def _grouped(chosen: Filter, time: str) -> tuple[list[str], dict[str, Any]]:
    """The part of the filter that the daily sums can answer; `time` is the column of time."""
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for name in GROUPED:
        keys = {f"{name}{i}": value for i, value in enumerate(getattr(chosen, name))}
        if keys:
            clauses.append(f"{name} in ({', '.join(f':{key}' for key in keys)})")
            values |= keys
    if chosen.since:
        clauses.append(f"{time} >= :since")
        values["since"] = chosen.since.isoformat()
    if chosen.until:
        clauses.append(f"{time} < :after")
        values["after"] = chosen.until.isoformat() + "~"  # above every time of that day
    return clauses, values


def _sums(chosen: Filter) -> tuple[str, str, dict[str, Any]]:
    """Where the sums come from: kept by day where the filter allows, else counted row by row."""
    words = chosen.search.split()
    if not (chosen.favourite or words):
        clauses, values = _grouped(chosen, "day")
        return "spend", " and ".join(clauses) or "true", values
    where, values = _where(chosen)
    # SQLite would fetch the whole row of every hit by its id; this index has all that is summed.
    index = "indexed by generations_sums" if "phrases" in values else ""
    source = f"""
        (select substr(created_at, 1, 10) as day, status, demo, 1 as generations,
            coalesce(credits_charged, 0) as charged,
            iif(credits_charged is null, coalesce(credits_estimated, credits_quoted, 0), 0)
                as expected
         from generations {index} where {where})
    """
    return source, "true", values


def _listed(words: Any) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
