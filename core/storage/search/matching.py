"""What meets a filter, and a page of it in any order, by bitmaps alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import numpy as np
from pyroaring import BitMap

from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import Numbers, numbered
from core.storage.search.selection import Filter, Order

SORTED_BY = {
    Order.NEWEST: "day",
    Order.OLDEST: "day",
    Order.COST: "credits",
    Order.DURATION: "duration",
}
Worths = Mapping[str, Decimal | None]
"""US dollars that a credit of each provider is worth; None where nobody has said."""


def matching(facets: Facets, chosen: Filter, *, but: str = "") -> BitMap:
    """What meets the filter, ignoring the dimension `but`. Of the search only its mention of the
    trash counts."""
    found = facets.everything
    for dimension, values in chosen.accepted.items():
        if dimension != but:
            found = found & facets.with_any(dimension, values)
    if chosen.trashed is not None:
        found = _in_or_out_of_the_trash(facets, chosen, found)
    if chosen.since or chosen.until:
        first, last = str(chosen.since or date.min), str(chosen.until or date.max)
        days = (day for day in facets.of("day") if first <= str(day) <= last)
        found = found & facets.with_any("day", days)
    return found


def _in_or_out_of_the_trash(facets: Facets, chosen: Filter, found: BitMap) -> BitMap:
    trash = facets.with_any("trashed", [True])
    emptied = facets.with_any("emptied", [True])
    if chosen.trashed:
        return (found & trash) - emptied
    return found - (emptied if chosen.seeks_trash else trash)


def page(
    facets: Facets, found: BitMap, order: Order, offset: int, size: int, worths: Worths
) -> list[int]:
    """The ids of a page. Ties are sorted by id, in the same direction."""
    places: list[int] = []
    for equal in _in_order(facets, order, worths):
        count = found.intersection_cardinality(equal)
        if count > offset:
            ranked = _ranked(facets, found & equal, order)
            places += ranked[offset : offset + size - len(places)].tolist()
            if len(places) == size:
                break
        offset = max(0, offset - count)
    return facets.places.ids(np.array(places, dtype=np.int64))


def _in_order(facets: Facets, order: Order, worths: Worths) -> Iterator[BitMap]:
    """Those that are equal in it, one after the other."""
    if order is Order.COST and len(facets.of("provider")) > 1:
        yield from _dearest_first(facets, worths)
        return
    bitmaps = facets.of(SORTED_BY[order])
    for value in sorted(bitmaps, reverse=order is not Order.OLDEST):
        yield bitmaps[value]


def _dearest_first(facets: Facets, worths: Worths) -> Iterator[BitMap]:
    """By dollars, as credits of one provider say nothing beside those of another. Last comes what
    cost nothing, or credits that nobody knows the worth of."""
    equal: defaultdict[Decimal, list[tuple[BitMap, BitMap]]] = defaultdict(list)
    for provider, made in facets.of("provider").items():
        worth = worths.get(str(provider)) or Decimal()
        for credits, cost in facets.of("credits").items():
            if made.intersect(cost):
                equal[int(credits) * worth].append((made, cost))
    for dollars in sorted(equal, reverse=True):
        yield BitMap().union(*(made & cost for made, cost in equal[dollars]))


def _ranked(facets: Facets, equal: BitMap, order: Order) -> Numbers:
    if order is Order.OLDEST:
        return facets.places.by_time(equal)
    ranked = facets.places.by_time(equal) if order is Order.NEWEST else numbered(equal)
    return ranked[::-1]
