"""Reads the history: filtered lists, sums and spending. A list is never read beyond its page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core import visibility
from core.generations import OPEN, Generation, Status
from core.storage.bitmaps.dimensions import Value
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import numbered
from core.storage.database import HistoryFile
from core.storage.making import precedents
from core.storage.making.speeds import Timing, timing, typical_seconds
from core.storage.rows import count_removed, with_outputs
from core.storage.search.finding import Finder, Names
from core.storage.search.matching import Worths, matching, page
from core.storage.search.query import parse
from core.storage.search.selection import Filter, Order
from core.storage.spending.bought import Bought, bought
from core.storage.spending.totals import Sums, totals

__all__ = ["Filter", "History", "Order"]

REMEMBERED = 500
"""How many of the newest generations have their prompts offered again."""


class Counts(dict[Value, int]):
    """`more` when a search stopped early, so that there are others."""

    def __init__(self, counts: Mapping[Value, int], *, more: bool) -> None:
        super().__init__(counts)
        self.more = more


class History:
    def __init__(
        self, file: HistoryFile, models: Names | None = None, worths: Worths | None = None
    ) -> None:
        """`models` are the names by which a search finds models; by `worths` costs are compared
        where several providers made what there is."""
        self._file = file
        self._models = models or {}
        self._worths = worths or {}

    def prepare(self) -> None:
        """Read the whole history now, so that no page has to wait for it. Raises StoreError."""
        with self._file.indexed():
            pass

    def page(self, chosen: Filter, order: Order, number: int, size: int) -> list[Generation]:
        offset = max(0, number - 1) * size
        with self._file.indexed() as (connection, facets):
            found = self._finder(connection, facets).find(chosen, order).places
            ids = page(facets, found, order, offset, size, self._worths)
            return _in_order(connection, ids)

    def before(self, chosen: Filter, number: int, size: int) -> list[Generation]:
        """The ones with smaller numbers, largest first: new generations do not shift such a
        page."""
        with self._file.indexed() as (connection, facets):
            found = self._finder(connection, facets).find(chosen, Order.NEWEST).places
            earlier = found & BitMap(range(facets.places.before(number)))
            return _in_order(connection, facets.places.ids(numbered(earlier)[::-1][:size]))

    def these(self, numbers: Sequence[int]) -> list[Generation]:
        """In this order; numbers without a generation are left out."""
        with self._file.reading() as connection:
            return _in_order(connection, numbers)

    def seen(self, numbers: Sequence[int]) -> list[int]:
        if visibility.reader() is None:
            return list(numbers)
        with self._file.indexed() as (_, facets):
            return facets.seen(numbers)

    def removed_originals(self, numbers: Sequence[int]) -> int:
        with self._file.reading() as connection:
            return count_removed(connection, numbers)

    def numbers(self, chosen: Filter, order: Order) -> list[int]:
        """All that match, in order, up to where a search stops counting."""
        with self._file.indexed() as (connection, facets):
            found = self._finder(connection, facets).find(chosen, order).places
            return page(facets, found, order, 0, len(found), self._worths)

    def holds(self, chosen: Filter, order: Order, number: int) -> bool:
        with self._file.indexed() as (connection, facets):
            place = facets.places.find([number])
            return bool(len(place)) and int(place[0]) in (
                self._finder(connection, facets).find(chosen, order).places
            )

    def unrated(self, chosen: Filter, order: Order, rater: str, size: int) -> tuple[list[int], int]:
        """Of all that match, the first clips on disk that this person has not rated, and how many
        there are."""
        with self._file.indexed() as (connection, facets):
            among = self._finder(connection, facets).find(chosen, order).places
            made = among & facets.with_any("status", [Status.SUCCEEDED])
            found = made - facets.with_any("rater", [rater])
            return page(facets, found, order, 0, size, self._worths), len(found)

    def sums(self, chosen: Filter, order: Order = Order.NEWEST) -> Sums:
        """Over everything that matches, not only over one page. A search with very many hits sums
        only those that can be paged to, which `order` decides."""
        with self._file.indexed() as (connection, facets):
            found = self._finder(connection, facets).find(chosen, order)
            return Sums(totals(facets, found.places), found.more)

    @property
    def is_empty(self) -> bool:
        with self._file.reading() as connection:
            return connection.execute("select 1 from generations limit 1").fetchone() is None

    def models(self) -> set[str]:
        return {str(model) for model in self.counts("model", Filter())}

    def counts(self, dimension: str, chosen: Filter) -> Counts:
        """How many each value of a dimension would let through beside the other filters; values
        that would let nothing through are left out. A search is counted as far as in `sums`."""
        with self._file.indexed() as (connection, facets):
            finder = self._finder(connection, facets)
            found = finder.find(chosen, Order.NEWEST, but=dimension)
            counts = {
                value: found.places.intersection_cardinality(bitmap)
                for value, bitmap in facets.of(dimension).items()
            }
        return Counts({value: n for value, n in counts.items() if n}, more=found.more)

    def count(self, chosen: Filter) -> int:
        with self._file.indexed() as (_, facets):
            return len(matching(facets, chosen))

    def bought(
        self,
        by: str,
        *,
        demo: bool,
        since: date | None = None,
        until: date | None = None,
        provider: str = "",
    ) -> list[Bought]:
        """What everything between two UTC days (both included) cost and came to, by value of a
        dimension, dearest first.

        Includes the trash. Without a `provider`, the credits of all are added up.
        """
        there = (provider,) if provider else ()
        chosen = Filter(since=since, until=until, provider=there, demo=(demo,), trashed=None)
        with self._file.indexed() as (_, facets):
            if (by, chosen) not in facets.sums:
                facets.sums[by, chosen] = bought(facets, matching(facets, chosen), by)
            return list(facets.sums[by, chosen])

    def newest(self) -> int:
        with self._file.reading() as connection:
            row = connection.execute("select max(id) as id from generations").fetchone()
        return row["id"] or 0

    def neighbours(self, generation_id: int) -> tuple[int | None, int | None]:
        with self._file.reading() as connection:
            row = connection.execute(
                "select (select id from generations where id < :id and trashed_at is null"
                " order by id desc limit 1) as earlier,"
                " (select id from generations where id > :id and trashed_at is null"
                " order by id limit 1) as later",
                {"id": generation_id},
            ).fetchone()
        return row["earlier"], row["later"]

    def flying(self, *, alone: bool = False) -> list[int]:
        with self._file.reading() as connection:
            return _flying(connection, -1, alone=alone)

    def in_flight(self, most: int = -1, *, alone: bool = False) -> list[Generation]:
        with self._file.reading() as connection:
            return _in_order(connection, _flying(connection, most, alone=alone))

    def typical_seconds(self, models: Iterable[str], *, demo: bool) -> dict[str, float]:
        """For each model, how long its newest clips took from sending to disk; models without a
        clip are left out."""
        return typical_seconds(self._file, models, demo=demo)

    def timing(self, model: str, *, demo: bool) -> Timing | None:
        return timing(self._file, model, demo=demo)

    def duplicate(self, fingerprint: str, *, demo: bool) -> Generation | None:
        return precedents.duplicate(self._file, fingerprint, demo=demo)

    def duplicates(self, fingerprints: Sequence[str], *, demo: bool) -> dict[str, int]:
        return precedents.duplicates(self._file, fingerprints, demo=demo)

    def failed(self, fingerprints: Sequence[str], *, demo: bool) -> list[tuple[str, int, str]]:
        return precedents.failed(self._file, fingerprints, demo=demo)

    def misquoted(self, *, demo: bool) -> dict[tuple[str, str], precedents.Misquote]:
        return precedents.misquoted(self._file, demo=demo)

    def prompts(self, search: str, limit: int) -> list[str]:
        with self._file.indexed() as (connection, facets):
            chosen = Filter(search=search, trashed=None)
            found = self._finder(connection, facets).find(chosen, Order.NEWEST).places
            ids = page(facets, found, Order.NEWEST, 0, REMEMBERED, {})
            rows = connection.execute(
                "select prompt from generations where id in (select value from json_each(?))"
                " and prompt <> '' group by prompt order by max(id) desc limit ?",
                [json.dumps(ids), limit],
            ).fetchall()
        return [row["prompt"] for row in rows]

    def complaints(self, search: str) -> list[str]:
        query = parse(search)
        if not query.clauses:
            return list(query.remarks)
        with self._file.indexed() as (connection, facets):
            return self._finder(connection, facets).complaints(search)

    def _finder(self, connection: sqlite3.Connection, facets: Facets) -> Finder:
        return Finder(connection, facets, self._models)


def _in_order(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Generation]:
    rows = connection.execute(
        "select generations.* from json_each(?) as place"
        " cross join generations on generations.id = place.value order by place.key",
        [json.dumps(list(ids))],
    ).fetchall()
    return with_outputs(connection, rows)


def _flying(connection: sqlite3.Connection, most: int, *, alone: bool) -> list[int]:
    of_none = " and batch_id is null" if alone else ""
    rows = connection.execute(
        f"select id from generations where status in ({', '.join('?' * len(OPEN))}){of_none}"
        " order by +id desc limit ?",
        [*OPEN, most],
    )
    return [row["id"] for row in rows]
