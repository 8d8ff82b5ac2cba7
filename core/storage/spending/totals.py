"""Counts and credits of many generations, by day and in total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from pyroaring import BitMap

from core.generations import Status
from core.storage.bitmaps.facets import Facets


@dataclass(frozen=True)
class Spent:
    """Credits at one provider: charged, and the most that the rest may still cost."""

    charged: int = 0
    expected: int = 0

    @property
    def most(self) -> int:
        return self.charged + self.expected


@dataclass(frozen=True)
class Totals:
    """Sums over generations, by provider. Demo credits are not money: they are in `imitated`, apart
    from `live`."""

    generations: int = 0
    demo: int = 0
    succeeded: int = 0
    failed: int = 0
    live: Mapping[str, Spent] = field(default_factory=dict)
    imitated: Mapping[str, Spent] = field(default_factory=dict)

    @property
    def success_rate(self) -> float | None:
        """Successes among successes and failures, 0 to 1; None before the first. Cancelled and
        unconfirmed generations do not count."""
        ended = self.succeeded + self.failed
        return self.succeeded / ended if ended else None


@dataclass(frozen=True)
class Sums:
    """The totals of what matches; `more` when a search stopped early."""

    totals: Totals
    more: bool = False


def totals(facets: Facets, found: BitMap) -> Totals:
    demo = found & facets.with_any("demo", [True])
    return Totals(
        generations=len(found),
        demo=len(demo),
        succeeded=len(found & facets.with_any("status", [Status.SUCCEEDED])),
        failed=len(found & facets.with_any("status", [Status.FAILED])),
        live=charges_by_provider(facets, found - demo),
        imitated=charges_by_provider(facets, demo),
    )


def charges_by_provider(facets: Facets, found: BitMap) -> dict[str, Spent]:
    at_each = {str(name): found & made for name, made in sorted(facets.of("provider").items())}
    return {name: Spent(*charges(facets, made)) for name, made in at_each.items() if made}


def charges(facets: Facets, found: BitMap) -> tuple[int, int]:
    """The credits that providers have charged, and the most that the others may still cost."""
    settled = found & facets.with_any("settled", [True])
    return credits(facets, settled), credits(facets, found - settled)


def credits(facets: Facets, found: BitMap, dimension: str = "credits") -> int:
    amounts = facets.of(dimension).items() if found else ()
    return sum(int(each) * found.intersection_cardinality(bitmap) for each, bitmap in amounts)


def daily(facets: Facets, found: BitMap) -> dict[date, int]:
    """Credits by UTC day, charged or else expected."""
    if not found:
        return {}
    days = facets.of("day")
    first, last = (date.fromisoformat(str(day)) for day in (min(days), max(days)))
    length = (last - first).days + 1
    counts, spent = np.zeros((2, length), dtype=np.int64)
    for amount, bitmap in facets.of("credits").items():
        having = np.bincount(facets.places.days_after(first, found & bitmap), minlength=length)
        counts += having
        spent += int(amount) * having
    return {
        first + timedelta(days=after): int(spent[after])
        for after in np.flatnonzero(counts).tolist()
    }
