"""What credits bought: sums of what some generations cost and came to, by one dimension.

Each generation's amount, group and outcome are columns, and counted in one go: five hundred
projects take about as long as five.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pyroaring import BitMap

from core.domain.families import Way
from core.generations import Review, Status
from core.storage.bitmaps.columns import Column
from core.storage.bitmaps.dimensions import Value
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import Numbers, numbered
from core.text.names import key

OUTCOMES: tuple[tuple[str, tuple[Value, ...]], ...] = (
    ("settled", (True,)),
    ("status", (Status.SUCCEEDED,)),
    ("status", (Status.FAILED, Status.CANCELLED)),
    ("review", (Review.APPROVED,)),
    ("review", (Review.REJECTED,)),
    ("way", (Way.AGAIN,)),
)
"""Questions about each generation; the n-th answer is bit n of its outcome."""
SETTLED, MADE, FAILED, APPROVED, REJECTED, REPEATED = range(len(OUTCOMES))
KINDS = 1 << len(OUTCOMES)
HAVING = np.arange(KINDS)[:, None] >> np.arange(len(OUTCOMES)) & 1
"""Whether each outcome has each bit."""


@dataclass(frozen=True)
class Bought:
    """Generations that share `value`; None for those without one.

    `settled` are credits that providers have charged, `pending` the most that the others may still
    cost. `made` counts successes, `approved` those that the team approved. `rejected`, `failed` and
    `repeated` are credits: of rejected clips, of what failed or was cancelled, and of repeats of
    the same order.
    """

    value: Value | None = None
    generations: int = 0
    settled: int = 0
    pending: int = 0
    made: int = 0
    approved: int = 0
    rejected: int = 0
    failed: int = 0
    repeated: int = 0

    @property
    def spent(self) -> int:
        return self.settled + self.pending

    @property
    def per_approved(self) -> float | None:
        return self.spent / self.approved if self.approved else None

    @property
    def takes_per_approved(self) -> float | None:
        return self.made / self.approved if self.approved else None


def together(parts: Iterable[Bought]) -> Bought:
    rows = list(parts)
    sums = (field.name for field in fields(Bought) if field.name != "value")
    return Bought(**{name: sum(getattr(row, name) for row in rows) for name in sums})


def bought(facets: Facets, found: BitMap, by: str) -> list[Bought]:
    """For each value of the dimension `by`, dearest first."""
    if not found:
        return []
    names, groups = _groups(facets.whole, by)
    outcomes = _column(facets, "outcomes", np.uint8, _mark_outcomes)
    amounts = _column(facets, "amounts", np.float64, _write_amounts)

    def added_up(places: slice | Numbers) -> tuple[Numbers, Numbers]:
        bins = np.add(groups[places], outcomes[places], dtype=np.intp)
        length = len(names) * KINDS
        counts = np.bincount(bins, minlength=length)
        # Floats are exact up to 9 * 10**15, far more than any account has.
        sums = np.bincount(bins, weights=amounts[places], minlength=length)
        return counts.reshape(-1, KINDS), sums.astype(np.int64).reshape(-1, KINDS)

    places, left_out = _span(found)
    counts, credits = added_up(places)
    if left_out:
        fewer, less = added_up(numbered(left_out))
        counts, credits = counts - fewer, credits - less
    rows = [
        _row(value, *each)
        for value, *each in zip(
            names,
            counts.sum(axis=1).tolist(),
            credits.sum(axis=1).tolist(),
            (counts @ HAVING).tolist(),
            (credits @ HAVING).tolist(),
            strict=True,
        )
        if each[0]
    ]
    return sorted(rows, key=lambda row: (-row.spent, str(row.value)))


def _span(places: BitMap) -> tuple[slice | Numbers, BitMap]:
    """For adding up columns: a slice, which copies nothing, and the places in it to leave out;
    where those are many, the places themselves."""
    first, last = places.min(), places.max()
    left_out = BitMap(range(first, last + 1)) - places
    few = 2 * len(left_out) < len(places)
    return (slice(first, last + 1), left_out) if few else (numbered(places), BitMap())


def _looked_up(places: BitMap) -> slice | Numbers:
    """For writing columns: a slice, which copies nothing, where it leaves out no place."""
    first, last = places.min(), places.max()
    whole = len(places) == last - first + 1
    return slice(first, last + 1) if whole else numbered(places)


def _groups(whole: Facets, by: str) -> tuple[list[Value | None], NDArray[np.int32]]:
    """The values, and at each place the position of its value, times KINDS. Names that differ only
    in case are one, under the spelling that sorts first."""
    known = whole.columns.get(by)
    groups = known if isinstance(known, Groups) else Groups(whole, by)
    whole.columns[by] = groups
    cells = groups.cells()
    return groups.names(), cells


class Groups(Column):
    """The values of a dimension by positions that stay."""

    def __init__(self, whole: Facets, by: str) -> None:
        super().__init__(np.int32, whole.everything, self._write)
        self._whole = whole
        self._by = by
        self._positions: dict[Hashable, int] = {None: 0}

    def names(self) -> list[Value | None]:
        names: list[Value | None] = [None] * len(self._positions)
        for value in sorted(self._whole.of(self._by), key=str, reverse=True):
            names[self._positions[self._alike(value)]] = value
        return names

    def _write(self, cells: NDArray[np.int32], places: BitMap) -> None:
        for value, bitmap in self._whole.of(self._by).items():
            position = self._positions.setdefault(self._alike(value), len(self._positions))
            if found := bitmap & places:
                cells[_looked_up(found)] = position * KINDS

    def _alike(self, value: Value) -> Hashable:
        return key(value) if self._by == "author" and isinstance(value, str) else value


def _column(
    facets: Facets,
    name: str,
    dtype: DTypeLike,
    write: Callable[[Facets, NDArray[Any], BitMap], None],
) -> NDArray[Any]:
    whole = facets.whole
    if name not in whole.columns:
        whole.columns[name] = Column(dtype, whole.everything, partial(write, whole))
    return whole.columns[name].cells()


def _mark_outcomes(facets: Facets, cells: NDArray[np.uint8], places: BitMap) -> None:
    for bit, (dimension, values) in enumerate(OUTCOMES):
        having = facets.with_any(dimension, values) & places
        if 2 * len(having) < len(places):
            cells[numbered(having)] |= 1 << bit
        else:  # where most belong, it is quicker to leave out the others
            cells[_looked_up(places)] |= 1 << bit
            cells[numbered(places - having)] &= ~(1 << bit) & 0xFF


def _write_amounts(facets: Facets, cells: NDArray[np.float64], places: BitMap) -> None:
    for amount, bitmap in facets.of("credits").items():
        if amount and (found := bitmap & places):
            cells[numbered(found)] = int(amount)


def _row(
    value: Value | None, count: int, spent: int, counts: list[int], credits: list[int]
) -> Bought:
    return Bought(
        value=value,
        generations=count,
        settled=credits[SETTLED],
        pending=spent - credits[SETTLED],
        made=counts[MADE],
        approved=counts[APPROVED],
        rejected=credits[REJECTED],
        failed=credits[FAILED],
        repeated=credits[REPEATED],
    )
