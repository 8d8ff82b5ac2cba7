"""What credits bought: sums of what some generations cost and came to, by one dimension.

Each generation's amount, group and outcome are laid out side by side once, and counted in one go:
five hundred projects take about as long as five.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from core.domain.families import Way
from core.generations import Review, Status
from core.names import key
from core.storage.bitmaps.dimensions import Value
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import Numbers, numbered

OUTCOMES: tuple[tuple[str, tuple[Value, ...]], ...] = (
    ("settled", (True,)),
    ("status", (Status.SUCCEEDED,)),
    ("status", (Status.FAILED, Status.CANCELLED)),
    ("review", (Review.APPROVED,)),
    ("review", (Review.REJECTED,)),
    ("way", (Way.AGAIN,)),
)
"""What is asked of each generation; the n-th answer is bit n of its outcome."""
SETTLED, MADE, FAILED, APPROVED, REJECTED, REPEATED = range(len(OUTCOMES))
KINDS = 1 << len(OUTCOMES)
HAVING = np.arange(KINDS)[:, None] >> np.arange(len(OUTCOMES)) & 1
"""Whether each outcome has each bit."""


@dataclass(frozen=True)
class Bought:
    """Generations that have `value` in common, None where they have none.

    `settled` are the credits that providers have charged, `pending` the most that the others may
    still cost. `made` counts those that succeeded, `approved` those that a team approved.
    `rejected`, `failed` and `repeated` are credits: of rejected clips, of what failed or was
    cancelled, and of the same order once more.
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
        """Credits of everything for each approved clip."""
        return self.spent / self.approved if self.approved else None

    @property
    def takes_per_approved(self) -> float | None:
        return self.made / self.approved if self.approved else None


def together(parts: Iterable[Bought]) -> Bought:
    rows = list(parts)
    sums = (field.name for field in fields(Bought) if field.name != "value")
    return Bought(**{name: sum(getattr(row, name) for row in rows) for name in sums})


def bought(facets: Facets, found: BitMap, by: str) -> list[Bought]:
    """Of each value of the dimension `by`, dearest first."""
    if not found:
        return []
    values, groups = _groups(facets, found, by)
    outcomes, amounts = _laid_out(facets)
    places = _places(found)
    bins = groups[places] + outcomes[places]
    shape, length = (-1, KINDS), len(values) * KINDS
    counts = np.bincount(bins, minlength=length).reshape(shape)
    # Floats are exact up to 9 * 10**15, far more than any account has.
    sums = np.bincount(bins, weights=amounts[places], minlength=length).reshape(shape)
    credits = sums.astype(np.int64)
    rows = [
        _row(value, *each)
        for value, *each in zip(
            values,
            counts.sum(axis=1).tolist(),
            credits.sum(axis=1).tolist(),
            (counts @ HAVING).tolist(),
            (credits @ HAVING).tolist(),
            strict=True,
        )
        if each[0]
    ]
    return sorted(rows, key=lambda row: (-row.spent, str(row.value)))


def _places(some: BitMap) -> slice | Numbers:
    """To look up what is laid out: a slice, which copies nothing, where none is left out."""
    if not some:
        return slice(0)
    first, last = some.min(), some.max()
    return slice(first, last + 1) if len(some) == last - first + 1 else numbered(some)


def _groups(facets: Facets, found: BitMap, by: str) -> tuple[list[Value | None], Numbers]:
    """The values, and at each place that was found KINDS times the position of its value. Names
    that differ in case alone are one, under the spelling that sorts first."""
    positions: dict[Hashable, int] = {}
    values: list[Value | None] = [None]
    groups = np.zeros(found.max() + 1, dtype=np.int64)
    cut = found if 2 * len(found) < len(facets.everything) else BitMap(range(len(groups)))
    for value, bitmap in sorted(facets.of(by).items(), key=lambda each: str(each[0])):
        alike = key(value) if by == "author" and isinstance(value, str) else value
        if alike not in positions:
            positions[alike] = len(values)
            values.append(value)
        groups[_places(cut & bitmap)] = positions[alike] * KINDS
    return values, groups


def _laid_out(facets: Facets) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The outcome and the credits at each place, of everything; until the next change."""
    whole = facets.whole
    if OUTCOMES not in whole.sums:
        length = whole.everything.max() + 1
        whole.sums[OUTCOMES] = _outcomes(whole, length), _amounts(whole, length)
    outcomes, amounts = whole.sums[OUTCOMES]
    return outcomes, amounts


def _outcomes(facets: Facets, length: int) -> NDArray[np.uint8]:
    outcomes = np.zeros(length, dtype=np.uint8)
    for bit, (dimension, values) in enumerate(OUTCOMES):
        having = facets.with_any(dimension, values)
        if 2 * len(having) < length:
            outcomes[numbered(having)] |= 1 << bit
        else:  # for most of them it is quicker to leave out the others
            outcomes |= 1 << bit
            outcomes[numbered(facets.everything - having)] &= ~(1 << bit) & 0xFF
    return outcomes


def _amounts(facets: Facets, length: int) -> NDArray[np.float64]:
    amounts = np.zeros(length)
    for amount, bitmap in facets.of("credits").items():
        if amount:
            amounts[numbered(bitmap)] = int(amount)
    return amounts


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
