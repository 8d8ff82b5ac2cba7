"""The values of every generation as bitmaps in memory: which ones have this status, that model.

A filter is an intersection of unions of them, and a count is the size of one: both take about as
long for a million generations as for a thousand.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core.storage.bitmaps.columns import Column
from core.storage.bitmaps.dimensions import DIMENSIONS, Dimension, Value
from core.storage.bitmaps.places import Places, numbered

CHUNK = 20_000
"""Rows to fetch at a time, so that other threads get their turn."""
GENERATIONS = "generations", "id"
PARTS = 16
"""For how many kinds of readers the part that they see is kept until the next change."""


@dataclass(frozen=True)
class Found:
    """What a search found; `more` when it stopped early."""

    places: BitMap
    more: bool


class Facets:
    """The bitmaps of a history at one moment. Not safe for several threads at once."""

    def __init__(self, dimensions: Sequence[Dimension] = DIMENSIONS) -> None:
        self.places = Places()
        self.everything = BitMap()
        self.searches: dict[Hashable, Found] = {}
        """Results since the last change, for the next page of the same search."""
        self.clauses: dict[Hashable, BitMap] = {}
        """Matches of clauses, for the counts beside filters."""
        self.sums: dict[Hashable, Any] = {}
        """Sums since the last change, for the next drawing of the same page."""
        self.columns: dict[Hashable, Column] = {}
        """What sums are made of; parts share the whole's."""
        self.whole = self
        """The facets that this is a part of: itself unless something is hidden."""
        self._parts: dict[frozenset[int], Facets] = {}
        self._bitmaps: dict[str, dict[Value, BitMap]] = {each.name: {} for each in dimensions}
        # The generations come first: they give the places that other tables refer to.
        self._sources: dict[tuple[str, str], dict[str, list[Dimension]]] = {GENERATIONS: {}}
        for each in dimensions:
            groups = self._sources.setdefault((each.table, each.id), {})
            groups.setdefault(each.group, []).append(each)

    def of(self, dimension: str) -> Mapping[Value, BitMap]:
        return self._bitmaps[dimension]

    def values(self, dimension: str) -> Collection[Value]:
        known = self._bitmaps[dimension]
        if self.whole is self:
            return known.keys()
        return [value for value, bitmap in known.items() if bitmap.intersect(self.everything)]

    def without(self, projects: frozenset[int]) -> Facets:
        """The same without what is filed in these projects, until the next change. What `of` and
        `with_any` give still holds it: intersect with `everything`, as with every answer."""
        if not projects:
            return self
        if projects not in self._parts:
            if len(self._parts) == PARTS:
                self._parts.clear()
            self._parts[projects] = self._part(self.everything - self.with_any("project", projects))
        return self._parts[projects]

    def seen(self, ids: Sequence[int]) -> list[int]:
        left_out = BitMap(self.places.find(ids)) - self.everything
        hidden = set(self.places.ids(numbered(left_out)))
        return [one for one in ids if one not in hidden]

    def _part(self, seen: BitMap) -> Facets:
        part = copy.copy(self)
        part.everything, part.searches, part.clauses, part.sums = seen, {}, {}, {}
        return part

    def with_any(self, dimension: str, values: Iterable[Value]) -> BitMap:
        known = self._bitmaps[dimension]
        return BitMap().union(*(known[value] for value in values if value in known))

    def load(self, connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> None:
        """Read all generations, or only those with these ids again. Raises OutOfOrder."""
        self.searches.clear()
        self.clauses.clear()
        self.sums.clear()
        self._parts.clear()
        if ids is not None:
            self._forget(BitMap(self.places.find(ids)))
        for source, groups in self._sources.items():
            for numbers, times, *columns in _read(connection, source, groups.values(), ids):
                if source == GENERATIONS:
                    places = self.places.put(numbers, times).tolist()
                    self.everything.update(places)
                else:
                    places = self.places.find(numbers).tolist()
                for dimensions, rows in zip(groups.values(), columns, strict=True):
                    self._add(dimensions, places, rows)
        changed = self.everything if ids is None else BitMap(self.places.find(ids))
        for column in self.columns.values():
            column.change(changed)

    def _add(self, dimensions: list[Dimension], places: list[int], rows: Sequence[str]) -> None:
        alike: dict[str, list[int]] = defaultdict(list)
        for place, row in zip(places, rows, strict=True):
            alike[row].append(place)
        having: dict[tuple[str, Value], list[int]] = defaultdict(list)
        for row, found in alike.items():
            for dimension, value in zip(dimensions, json.loads(row), strict=True):
                if value is not None:
                    having[dimension.name, value] += found
        for (name, value), found in having.items():
            self._bitmaps[name].setdefault(value, BitMap()).update(found)

    def _forget(self, places: BitMap) -> None:
        self.everything -= places
        for bitmaps in self._bitmaps.values():
            for value, bitmap in list(bitmaps.items()):
                bitmap -= places
                if not bitmap:
                    del bitmaps[value]


def _read(
    connection: sqlite3.Connection,
    source: tuple[str, str],
    groups: Iterable[Sequence[Dimension]],
    ids: Sequence[int] | None,
) -> Iterator[tuple[Any, ...]]:
    """Yield, a chunk of rows at a time in the order of the ids: ids, times, and the values of each
    group as JSON. SQLite packs the values, which is faster than a Python object for each."""
    table, id_ = source
    time = "substr(created_at, 1, 23)" if source == GENERATIONS else "null"
    packed = (f"json_array({', '.join(each.value for each in group)})" for group in groups)
    question = f"select {', '.join([id_, time, *packed])} from main.{table}"
    if ids is not None:
        question += f" where {id_} in (select value from json_each(:ids))"
    cursor = connection.execute(f"{question} order by {id_}", {"ids": json.dumps(ids)})
    cursor.row_factory = None
    while rows := cursor.fetchmany(CHUNK):
        yield tuple(zip(*rows, strict=True))
