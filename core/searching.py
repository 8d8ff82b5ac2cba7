"""Finds generations by what their prompts say.

Long words are in an index of prompts: its hits are taken from one end, and no more than COUNTED of
those that meet the filter are listed. Words of one or two letters are in none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils.utils import sqlite3

from core.seeking import Seeker
from core.selection import (
    COST,
    INDEXED,
    ORDER_SQL,
    Filter,
    Order,
    all_of,
    grouped,
    phrases,
    short_words,
    spanned,
)

COUNTED = 10_000
"""Hits of a search that are counted, summed and listed. More are said to be more."""
LOOKED = 15_000
"""Hits of a word that are looked at in the hope that enough of them meet the other filters."""
ENOUGH = 100
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
        rest = replace(chosen, search="")
        if rest.is_empty and not short_words(chosen.words)[0]:
            hits, more = self._hits(chosen, direction, COUNTED)
            return Found(hits, more)
        others = grouped(chosen)[0] or short_words(chosen.words)[0]
        hits, many = self._hits(chosen, direction, LOOKED if others else COUNTED)
        met = self._meeting(chosen, hits)
        if not many or len(met) > COUNTED:
            return Found(met[:COUNTED], len(met) > COUNTED)
        if len(met) < ENOUGH or self._seeker.count(rest) <= READ:
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
        """What has the long words, from one end, and whether there is more."""
        low, high = self._bounds(chosen)
        hits = self._seeker.ids(
            "select rowid from prompts where prompts match :phrases and rowid between :low and"
            f" :high order by rowid {direction} limit :most",
            {"phrases": phrases(chosen.words), "low": low, "high": high, "most": most + 1},
        )
        return hits[:most], len(hits) > most

    def _meeting(self, chosen: Filter, hits: Sequence[int]) -> list[int]:
        """Those of the hits that meet all but the long words, in their order."""
        groups, values = grouped(chosen)
        span, times = spanned(chosen, "created_at")
        likes, pieces = short_words(chosen.words)
        index = "not indexed" if likes else "indexed by generations_sums"
        return self._seeker.ids(
            f"select generations.id from json_each(:hits) as hit cross join generations {index}"
            f" on generations.id = hit.value where {all_of(groups + span + likes)}"
            f" order by hit.key limit {COUNTED + 1}",
            values | times | pieces | {"hits": json.dumps(hits)},
        )

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
