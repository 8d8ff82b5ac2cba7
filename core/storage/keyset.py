"""Finds generations by the indexes alone, so that a list costs much the same at any size.

What a filter lets through is counted by day, by cost and by duration, and that decides the way: few
are fetched and sorted; of many, the index of the order is walked, within the days or values on
which the page falls and from the nearer end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlite_utils.utils import sqlite3

from core.storage.selection import (
    GROUPED,
    ORDER_SQL,
    REVERSE_SQL,
    Filter,
    Order,
    Values,
    all_of,
    grouped,
    spanned,
)

FEW = 10_000
"""So many are sorted sooner than a long index is walked for them."""
TIMED = Order.NEWEST, Order.OLDEST
COLUMN = {
    Order.NEWEST: "created_at",
    Order.OLDEST: "created_at",
    Order.COST: "credits",
    Order.DURATION: "duration",
}
INDEX = {
    Order.NEWEST: "generations_newest",
    Order.OLDEST: "generations_newest",
    Order.COST: "generations_credits",
    Order.DURATION: "generations_duration",
}


class Seeker:
    """Questions to one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def page(self, chosen: Filter, order: Order, offset: int, size: int) -> list[int]:
        """The ids of a page, in order. What is searched for is not looked at."""
        if not grouped(chosen)[0] and not spanned(chosen, "day")[0] and offset < FEW:
            return self._walked([], {}, order, offset, size)
        tallies = self._tallies(chosen, order)
        count = sum(tallies.values())
        if offset >= count:
            return []
        if count <= FEW:
            return self._fetched(chosen, order, offset, size)
        groups, values = grouped(chosen)
        if order in TIMED or not (chosen.since or chosen.until):
            span, limits, offset, count = _place(order, tallies, offset, size)
        else:
            # What lies before the first value that is there at all need not be walked.
            span, limits = spanned(chosen, "created_at")
            values |= limits
            ever = self._tallies(replace(chosen, since=None, until=None), order)
            there, limits, _, _ = _place(order, ever, 0, sum(ever.values()))
            span += there
        clauses, values = groups + span, values | limits
        if offset <= count // 2:
            return self._walked(clauses, values, order, offset, size)
        size = min(size, count - offset)
        return self._walked(clauses, values, order, count - offset - size, size, back=True)[::-1]

    def _tallies(self, chosen: Filter, order: Order) -> dict[Any, int]:
        """How many there are of each day, or of each value that is sorted by, in order. Only days
        can tell what a period holds."""
        groups, values = grouped(chosen)
        span, limits = spanned(chosen, "day")
        table, column = "spend", "day"
        if order not in TIMED and not span:
            table, column = "spread", "value"
            span, limits = ["sorting = :sorting"], {"sorting": order}
        direction = "asc" if order is Order.OLDEST else "desc"
        rows = self._connection.execute(
            f"select {column} as place, sum(generations) as found from {table}"
            f" where {all_of(groups + span)} group by place having found > 0"
            f" order by place {direction}",
            values | limits,
        )
        return {row["place"]: row["found"] for row in rows}

    def _walked(
        self,
        clauses: list[str],
        values: Values,
        order: Order,
        offset: int,
        size: int,
        *,
        back: bool = False,
    ) -> list[int]:
        """Along the order's index, whose columns are enough to tell what to leave out."""
        sorting = (REVERSE_SQL if back else ORDER_SQL)[order]
        return self.ids(
            f"select id from generations indexed by {INDEX[order]} where {all_of(clauses)}"
            f" order by {sorting} limit :size offset :offset",
            values | {"size": size, "offset": offset},
        )

    def count(self, chosen: Filter) -> int:
        """How many the filter lets through, whatever is searched for."""
        return sum(self._tallies(chosen, Order.NEWEST).values())

    def _fetched(self, chosen: Filter, order: Order, offset: int, size: int) -> list[int]:
        """All that match, which are few, and then sorted."""
        source, where, values = self.candidates(chosen)
        return self.ids(
            f"select id from {source} where {where} order by {ORDER_SQL[order]}"
            " limit :size offset :offset",
            values | {"size": size, "offset": offset},
        )

    def candidates(self, chosen: Filter) -> tuple[str, str, Values]:
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

    def ids(self, question: str, values: Values) -> list[int]:
        """The first column of the answer."""
        return [row[0] for row in self._connection.execute(question, values)]


def _place(
    order: Order, tallies: dict[Any, int], offset: int, size: int
) -> tuple[list[str], Values, int, int]:
    """Within which days or values a page falls, as conditions; how many of these are before it,
    and how many there are."""
    places: list[Any] = []
    count = 0
    for place, found in tallies.items():
        if not places and found <= offset:
            offset -= found
            continue
        places.append(place)
        count += found
        if count >= offset + size:
            break
    last = max(places)
    return (
        [f"{COLUMN[order]} between :first and :last"],
        {"first": min(places), "last": last + "~" if order in TIMED else last},
        offset,
        count,
    )
