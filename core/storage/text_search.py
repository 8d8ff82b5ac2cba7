"""Finds generations by what their prompts say.

Long words are in an index of prompts: its hits are taken from one end, and no more than COUNTED of
those that meet the filter are listed. Words of one or two letters are in none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils.utils import sqlite3

from core.storage.keyset import Seeker
from core.storage.selection import (
    COST,
    INDEXED,
    ORDER_SQL,
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
LOOKED = 10_000
"""Hits of a word that are looked at in the hope that enough of them meet the other filters."""
ENOUGH = 60
"""Of a search; the rest is then left, and said to be there."""
READ = 2_500
"""Prompts are read sooner than all hits of a common word are fetched for so few."""


@dataclass(frozen=True)
class Found:
    """The ids that a search came to; `more` when there are others."""

    ids: Sequence[int]
    more: bool


class Searcher:
    """Questions to one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seeker = Seeker(connection)

    def search(self, chosen: Filter, order: Order = Order.NEWEST) -> Found:
        """What has all of the words and meets the filter: the newest, or the oldest for that
        order."""
        direction = "asc" if order is Order.OLDEST else "desc"
        if not phrases(chosen.words):
            return self._by_reading(chosen, direction)
        others = grouped(chosen)[0] or short_words(chosen.words)[0]
        met, many = self._hits(chosen, direction, LOOKED if others else COUNTED)
        if not many or len(met) > COUNTED:
            return Found(met[:COUNTED], len(met) > COUNTED)
        if len(met) < ENOUGH or self._seeker.count(replace(chosen, search="")) <= READ:
            return self._by_filter(chosen, direction)
        return Found(met, True)

    def sorted(self, ids: Sequence[int], order: Order, offset: int, size: int) -> list[int]:
        """A page of what a search came to."""
        sorting = ORDER_SQL[order].replace("credits", COST).replace("id", "generations.id")
        return self._seeker.ids(
            "select generations.id from json_each(:ids) as hit cross join generations"
            " indexed by generations_sums on generations.id = hit.value"
            f" order by {sorting} limit :size offset :offset",
            {"ids": json.dumps(ids), "size": size, "offset": offset},
        )

    def _hits(self, chosen: Filter, direction: str, most: int) -> tuple[list[int], bool]:
        """Of what has the long words, so many from one end: those that meet the rest, and whether
        there are more hits. They never leave the database: to fetch them takes as long again."""
        low, high = self._bounds(chosen)
        meeting, values = _meeting(chosen, direction)
        count, *met = self._seeker.ids(
            "with hit as materialized (select rowid as id from prompts where prompts match :phrases"
            f" and rowid between :low and :high order by rowid {direction} limit :most)"
            f" select count(*) from hit union all select * from ({meeting})",
            values | {"phrases": phrases(chosen.words), "low": low, "high": high, "most": most + 1},
        )
        return met, count > most

    def _by_filter(self, chosen: Filter, direction: str) -> Found:
        """The same from the side of the filter: few are read, many are looked up among all hits."""
        source, where, values = self._seeker.candidates(chosen)
        likes, pieces = short_words(chosen.words)
        where = all_of([where, *likes])
        found = self._connection.execute(
            f"select id, prompt from {source} where {where} limit {READ + 1}", values | pieces
        ).fetchall()
        if len(found) <= READ:
            words = [word.lower() for word in chosen.words if len(word) >= INDEXED]
            having = [id_ for id_, prompt in found if all(w in prompt.lower() for w in words)]
            return Found(sorted(having, reverse=direction == "desc"), False)
        ids = self._seeker.ids(
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
        looked = self._seeker.page(chosen, order, 0, COUNTED + 1)
        ids = self._seeker.ids(
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


def _meeting(chosen: Filter, direction: str) -> tuple[str, Values]:
    """The question which of the hits meet all but the long words, and its values."""
    groups, values = grouped(chosen)
    span, times = spanned(chosen, "created_at")
    likes, pieces = short_words(chosen.words)
    if not groups + span + likes:
        return "select id from hit", {}
    index = "not indexed" if likes else "indexed by generations_sums"
    return (
        f"select generations.id from hit cross join generations {index}"
        f" on generations.id = hit.id where {all_of(groups + span + likes)}"
        f" order by hit.id {direction} limit {COUNTED + 1}",
        values | times | pieces,
    )
