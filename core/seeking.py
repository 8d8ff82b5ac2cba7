"""Finds generations by the indexes alone, so that a list costs much the same at any size.

What a filter lets through is counted by the daily sums, and that decides the way: few are fetched
and sorted; of many, the index of the order is walked to the page, from its nearer end. A search
takes the hits from one end, and no more than COUNTED of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils.utils import sqlite3

from core.selection import (
    COST,
    GROUPED,
    ORDER_SQL,
    REVERSE_SQL,
    Filter,
    Order,
    Values,
    all_of,
    grouped,
    phrases,
    short_words,
    spanned,
)

COUNTED = 10_000
"""Hits of a search that are counted, summed and listed. More are said to be more."""
FEW = 10_000
"""So many are sorted sooner than a long index is walked for them."""
LOOKED = 4 * COUNTED
"""Hits of a word that are looked at in the hope that enough of them meet the other filters."""
INDEX = {
    Order.NEWEST: "generations_newest",
    Order.OLDEST: "generations_newest",
    Order.COST: "generations_credits",
    Order.DURATION: "generations_duration",
}


@dataclass(frozen=True)
class Found:
    """The ids that a search came to; `more` when there are others."""

    ids: Sequence[int]
    more: bool

    @property
    def listed(self) -> str:
        """The ids as SQL takes them."""
        return json.dumps(self.ids)


class Seeker:
    """Questions to one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def page(self, chosen: Filter, order: Order, offset: int, size: int) -> list[int]:
        """The ids of a page, in order."""
        if chosen.words:
            return self._sorted(self.search(chosen, order), order, offset, size)
        if chosen.is_empty and offset < FEW:
            return self._walked(chosen, ORDER_SQL[order], order, offset, size)
        days = self._days(chosen)
        count = sum(days.values())
        if offset >= count:
            return []
        if count <= FEW:
            return self._fetched(chosen, order, offset, size)
        if order in (Order.NEWEST, Order.OLDEST):
            return self._of_days(chosen, order, days, offset, size)
        if offset <= count // 2:
            return self._walked(chosen, ORDER_SQL[order], order, offset, size)
        size = min(size, count - offset)
        return self._walked(chosen, REVERSE_SQL[order], order, count - offset - size, size)[::-1]

    def search(self, chosen: Filter, order: Order = Order.NEWEST) -> Found:
        """What has all of the words and meets the filter: the newest, or the oldest for that
        order."""
        direction = "asc" if order is Order.OLDEST else "desc"
        if not phrases(chosen.words):
            return self._by_reading(chosen, direction)
        found = self._by_hits(chosen, direction)
        return found or self._by_filter(chosen, direction)

    # -- without words --------------------------------------------------------------------------

    def _days(self, chosen: Filter) -> dict[str, int]:
        """How many there are of each day, oldest first."""
        groups, values = grouped(chosen)
        span, times = spanned(chosen, "day")
        rows = self._connection.execute(
            f"select day, sum(generations) as found from spend where {all_of(groups + span)}"
            " group by day having found > 0 order by day",
            values | times,
        )
        return {row["day"]: row["found"] for row in rows}

    def _walked(
        self, chosen: Filter, sorting: str, order: Order, offset: int, size: int
    ) -> list[int]:
        """Along the order's index, whose columns are enough to tell what to leave out."""
        groups, values = grouped(chosen)
        span, times = spanned(chosen, "created_at")
        return self._ids(
            f"select id from generations indexed by {INDEX[order]}"
            f" where {all_of(groups + span)} order by {sorting} limit :size offset :offset",
            values | times | {"size": size, "offset": offset},
        )

    def _of_days(
        self, chosen: Filter, order: Order, days: dict[str, int], offset: int, size: int
    ) -> list[int]:
        """The same along no more than the days on which the page falls."""
        on_page: list[str] = []
        end = offset + size
        for day in days if order is Order.OLDEST else reversed(days):
            if days[day] <= offset and not on_page:
                offset -= days[day]
                end -= days[day]
            elif end > 0:
                on_page.append(day)
                end -= days[day]
        groups, values = grouped(chosen)
        return self._ids(
            f"select id from generations indexed by {INDEX[order]}"
            f" where {all_of(groups)} and created_at >= :first and created_at < :last"
            f" order by {ORDER_SQL[order]} limit :size offset :offset",
            values
            | {"first": min(on_page), "last": max(on_page) + "~", "size": size, "offset": offset},
        )

    def _fetched(self, chosen: Filter, order: Order, offset: int, size: int) -> list[int]:
        """All that match, which are few, and then sorted."""
        source, where, values = self._candidates(chosen)
        return self._ids(
            f"select id from {source} where {where} order by {ORDER_SQL[order]}"
            " limit :size offset :offset",
            values | {"size": size, "offset": offset},
        )

    def _candidates(self, chosen: Filter) -> tuple[str, str, Values]:
        """Table, condition and values by which the filter without its words is sought."""
        groups, values = grouped(chosen)
        span, times = spanned(chosen, "created_at")
        if not groups:
            return "generations indexed by generations_newest", all_of(span), times
        days, limits = spanned(chosen, "day")
        groups.append("generations > 0")
        there = f"select distinct {GROUPED} from spend where {all_of(groups + days)}"
        return (
            "generations indexed by generations_groups",
            all_of([f"({GROUPED}) in ({there})", *span]),
            values | times | limits,
        )

    # -- with words -----------------------------------------------------------------------------

    def _by_hits(self, chosen: Filter, direction: str) -> Found | None:
        """The hits of the long words from one end, as far as they meet the rest; None when there
        are many hits and few of them do."""
        low, high = self._bounds(chosen)
        words_only = Filter(search=chosen.search) == chosen and not short_words(chosen.words)[0]
        most = COUNTED if words_only else LOOKED
        hits = self._ids(
            "select rowid from prompts where prompts match :phrases and rowid between :low and"
            f" :high order by rowid {direction} limit :most",
            {"phrases": phrases(chosen.words), "low": low, "high": high, "most": most + 1},
        )
        many, hits = len(hits) > most, hits[:most]
        if words_only:
            return Found(hits, many)
        met = self._meeting(chosen, hits)
        if many and len(met) <= COUNTED:
            return None
        return Found(met[:COUNTED], len(met) > COUNTED)

    def _meeting(self, chosen: Filter, hits: Sequence[int]) -> list[int]:
        """Those of the hits that meet all but the long words, in their order."""
        groups, values = grouped(chosen)
        span, times = spanned(chosen, "created_at")
        likes, pieces = short_words(chosen.words)
        index = "not indexed" if likes else "indexed by generations_sums"
        return self._ids(
            f"select generations.id from json_each(:hits) as hit cross join generations {index}"
            f" on generations.id = hit.value where {all_of(groups + span + likes)}"
            f" order by hit.key limit {COUNTED + 1}",
            values | times | pieces | {"hits": json.dumps(hits)},
        )

    def _by_filter(self, chosen: Filter, direction: str) -> Found:
        """The same from the side of the filter, looking each up among all hits."""
        source, where, values = self._candidates(chosen)
        likes, pieces = short_words(chosen.words)
        where = all_of([where, *likes])
        ids = self._ids(
            f"select id from {source} where {where}"
            " and +id in (select rowid from prompts where prompts match :phrases)"
            f" order by id {direction} limit {COUNTED + 1}",
            values | pieces | {"phrases": phrases(chosen.words)},
        )
        return Found(ids[:COUNTED], len(ids) > COUNTED)

    def _by_reading(self, chosen: Filter, direction: str) -> Found:
        """Words that no index knows: prompts are read, but not more than COUNTED."""
        likes, pieces = short_words(chosen.words)
        order = Order.OLDEST if direction == "asc" else Order.NEWEST
        looked = self.page(replace(chosen, search=""), order, 0, COUNTED + 1)
        ids = self._ids(
            "select generations.id from json_each(:looked) as place"
            " cross join generations on generations.id = place.value"
            f" where {all_of(likes)} order by place.key",
            pieces | {"looked": json.dumps(looked[:COUNTED])},
        )
        return Found(ids, len(looked) > COUNTED)

    def _bounds(self, chosen: Filter) -> tuple[int, int]:
        """The smallest and the largest id of the days in question."""
        if not (chosen.since or chosen.until):
            return 0, 2**63 - 1
        span, times = spanned(chosen, "created_at")
        row = self._connection.execute(
            "select min(id) as low, max(id) as high from generations indexed by"
            f" generations_newest where {all_of(span)}",
            times,
        ).fetchone()
        return row["low"] or 0, row["high"] or 0

    def _sorted(self, found: Found, order: Order, offset: int, size: int) -> list[int]:
        """A page of what a search came to."""
        sorting = ORDER_SQL[order].replace("credits", COST).replace("id", "generations.id")
        return self._ids(
            "select generations.id from json_each(:ids) as hit cross join generations"
            " indexed by generations_sums on generations.id = hit.value"
            f" order by {sorting} limit :size offset :offset",
            {"ids": found.listed, "size": size, "offset": offset},
        )

    def _ids(self, question: str, values: Values) -> list[int]:
        return [row[0] for row in self._connection.execute(question, values)]
