"""Reads the history: lists by filter, sums, and what was spent. Every list is paged in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.generations import OPEN, Generation
from core.storage.database import HistoryFile
from core.storage.keyset import Seeker
from core.storage.rows import with_outputs
from core.storage.selection import Filter, Order, Values, all_of, grouped, spanned
from core.storage.store import LARGEST_ID
from core.storage.text_search import Searcher
from core.storage.totals import DailyCredits, Sums, Totals

__all__ = ["Filter", "History", "ModelSpend", "Order"]

REMEMBERED = 500
"""Generations whose prompts are offered again."""
HITS = """
    (select substr(created_at, 1, 10) as day, status, demo, 1 as generations,
        coalesce(credits_charged, 0) as charged,
        iif(credits_charged is null, coalesce(credits_estimated, credits_quoted, 0), 0) as expected
     from json_each(:ids) as hit cross join generations
         indexed by generations_sums on generations.id = hit.value)
"""
"""What is summed of the hits of a search."""


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

    def page(
        self,
        chosen: Filter,
        order: Order,
        number: int,
        size: int,
        hits: Sequence[int] | None = None,
    ) -> list[Generation]:
        """Page `number`, from 1, of the generations that match; or of the `hits` of its sums, so
        that what was sought for these is not sought again."""
        offset = min(max(0, number - 1) * size, LARGEST_ID)
        with self._file.reading() as connection:
            if hits is None and chosen.words:
                hits = Searcher(connection).search(chosen, order).ids
            if hits is None:
                ids = Seeker(connection).page(chosen, order, offset, size)
            else:
                ids = Searcher(connection).sorted(hits, order, offset, size)
            rows = connection.execute(
                "select generations.* from json_each(?) as place"
                " cross join generations on generations.id = place.value order by place.key",
                [json.dumps(ids)],
            ).fetchall()
            return with_outputs(connection, rows)

    def sums(self, chosen: Filter, order: Order = Order.NEWEST) -> Sums:
        """Counts and credits of all that match, not only of one page. Of a search with very many
        hits only those of the pages; the order decides which they are."""
        with self._file.reading() as connection:
            found = Searcher(connection).search(chosen, order) if chosen.words else None
            source, values = (HITS, {"ids": json.dumps(found.ids)}) if found else _kept(chosen)
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
                from {source} group by day having sum(generations) > 0 order by day
                """,
                values,
            ).fetchall()
        names = Totals.__dataclass_fields__
        totals = (Totals(**{name: row[name] or 0 for name in names}) for row in rows)
        days = {date.fromisoformat(row["day"]): day for row, day in zip(rows, totals, strict=True)}
        return Sums(days, found.ids, found.more) if found else Sums(days)

    @property
    def is_empty(self) -> bool:
        """True before the first generation."""
        with self._file.reading() as connection:
            return connection.execute("select 1 from generations limit 1").fetchone() is None

    def models(self) -> set[str]:
        """Every model that was ever asked."""
        with self._file.reading() as connection:
            rows = connection.execute("select distinct model from spend where generations > 0")
            return {row["model"] for row in rows}

    def count(self, chosen: Filter) -> int:
        """How many the filter lets through, whatever is searched for."""
        with self._file.reading() as connection:
            return Seeker(connection).count(chosen)

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

    def duplicate(self, fingerprint: str, *, demo: bool) -> Generation | None:
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
                " indexed by generations_misquoted where credits_quoted <> credits_estimated"
                " and demo = ? group by endpoint, model",
                [demo],
            ).fetchall()
        return {(row["endpoint"], row["model"]): row["count"] for row in rows}

    def prompts(self, search: str, limit: int) -> list[str]:
        """Prompts used before, newest first, each once."""
        with self._file.reading() as connection:
            source, values = "generations", {}
            if Filter(search=search).words:
                found = Searcher(connection).search(Filter(search=search))
                source = "generations where id in (select value from json_each(:ids))"
                values = {"ids": json.dumps(found.ids[:REMEMBERED])}
            rows = connection.execute(
                "select prompt from (select prompt, id from"
                f" (select prompt, id from {source} order by id desc limit {REMEMBERED})"
                " where prompt <> '')"
                " group by prompt order by max(id) desc limit :limit",
                values | {"limit": limit},
            ).fetchall()
        return [row["prompt"] for row in rows]


def _kept(chosen: Filter) -> tuple[str, Values]:
    """The sums that are kept by day, with the filter as its condition."""
    groups, values = grouped(chosen)
    span, times = spanned(chosen, "day")
    return f"spend where {all_of(groups + span)}", values | times


def _listed(words: Any) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"
