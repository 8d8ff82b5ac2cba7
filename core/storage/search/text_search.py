"""Finds generations by what is written in them: prompts, notes, tags and file names.

Words of three letters and more are indexed: hits are taken from one end of the index, in growing
steps, until enough of them meet the filter. Words of one or two letters, and words to leave out
alone, are looked for by reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core.storage.bitmaps.facets import Facets, Found
from core.storage.bitmaps.places import numbered
from core.storage.search.matching import page
from core.storage.search.selection import Order
from core.storage.search.terms import Terms

COUNTED = 2_500
"""At most so many hits are counted, summed and listed."""
ENOUGH = 60
"""A search stops after so many hits that meet the filter, and says that there are more."""
READ = 1_000
"""How many generations' texts are read when the index cannot be used."""
GROWTH = 4
"""The factor from each step's hits to the next one's."""


class Searcher:
    def __init__(self, connection: sqlite3.Connection, facets: Facets) -> None:
        self._connection = connection
        self._facets = facets

    def search(self, among: BitMap, terms: Terms, order: Order = Order.NEWEST) -> Found:
        """Which of them meet the terms: the newest, or the oldest if `order` says so."""
        order = Order.OLDEST if order is Order.OLDEST else Order.NEWEST
        if not terms.query:
            return self._by_reading(among, terms, order)
        found = Found(BitMap(), more=False)
        for hits, more in self._steps(among, terms, order):
            met = hits & among
            if not terms.is_indexed:
                met = self._having(terms, met)
            found = Found(found.places | met, more)
            if len(found.places) >= ENOUGH:
                break
        return found

    def _steps(self, among: BitMap, terms: Terms, order: Order) -> Iterator[tuple[BitMap, bool]]:
        """What the index finds from one end, step by step, and whether there may be more."""
        if not among:
            return
        low, high = self._facets.places.ids(np.array([among.min(), among.max()]))
        most, direction = COUNTED, "asc" if order is Order.OLDEST else "desc"
        more = True
        while more:
            rows = self._connection.execute(
                "select rowid from texts where texts match :query"
                f" and rowid between :low and :high order by rowid {direction} limit :most",
                {"query": terms.query, "low": low, "high": high, "most": most + 1},
            ).fetchall()
            ids = [row["rowid"] for row in rows]
            more = len(ids) > most
            yield BitMap(self._facets.places.find(ids[:most])), more
            if more:
                low, high = (ids[-1], high) if order is Order.OLDEST else (low, ids[-1])
            most *= GROWTH

    def _by_reading(self, among: BitMap, terms: Terms, order: Order) -> Found:
        ids = page(self._facets, among, order, 0, READ, {})
        looked = BitMap(self._facets.places.find(ids))
        return Found(self._having(terms, looked), len(among) > len(looked))

    def _having(self, terms: Terms, places: BitMap) -> BitMap:
        rows = self._connection.execute(
            "select texts.rowid, prompt, notes, tags, files from json_each(?) as place"
            " cross join texts on texts.rowid = place.value",
            [json.dumps(self._facets.places.ids(numbered(places)))],
        )
        ids = [number for number, *texts in map(tuple, rows) if terms.are_met_by(*texts)]
        return BitMap(self._facets.places.find(ids))
