"""Explains each day's difference from a provider's books, as far as figures can."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.accounting.reconciliation import Comparison, Line
from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.prices import Price
from core.errors import DailiesError
from core.storage.spending.known_differences import Known, KnownDifferenceStore
from core.storage.spending.ledger import Ledger

LONGEST_SECONDS = 60
"""Of an input that the price is counted by."""
MOST_CREDITS = 100_000
"""No sum of generations is sought for a larger difference."""
LONGEST_REASON = 200
"""Of an explanation, in characters."""
Uncharged = Callable[[date, str], Mapping[int, int]]
"""For a day and a model: the generations that were not charged, and the most that each may cost."""
Prices = Callable[[str], Collection[int]]
"""What single generations of a model can cost."""


@dataclass(frozen=True)
class Difference:
    """Of a UTC day, in credits: `more` was charged by the provider and is unknown here, `fewer` is
    settled here and unknown to the provider.

    Of `more`, `shifted` is missing on another day of the same model; `uncharged` fits the
    generations `numbers`, which were not charged here; `elsewhere` fits whole generations at their
    models' prices, as made in the provider's own app or with another key. Of `fewer`, `returned` is
    too much on another day. `known` is what somebody has said about exactly these figures.
    """

    day: date
    more: int = 0
    fewer: int = 0
    shifted: int = 0
    uncharged: int = 0
    elsewhere: int = 0
    returned: int = 0
    numbers: tuple[int, ...] = ()
    known: Known | None = None

    @property
    def unexplained(self) -> int:
        return self.more - self.shifted - self.uncharged - self.elsewhere


class InvalidReason(DailiesError):
    """Nothing, or too much, was said of a difference."""


class Differences:
    def __init__(
        self,
        ledger: Ledger,
        catalog: Catalog,
        known: KnownDifferenceStore,
        clock: Callable[[], datetime],
        provider: str,
        *,
        demo: bool,
    ) -> None:
        self._ledger = ledger
        self._catalog = catalog
        self._known = known
        self._clock = clock
        self._provider = provider
        self._demo = demo

    def of(self, books: Comparison) -> list[Difference]:
        known = self._known.all()
        found = by_day(books.lines, self._uncharged, self._amounts)
        return [replace(one, known=_said(known.get(one.day), one)) for one in found]

    def mark(self, difference: Difference, why: str, *, by: str) -> None:
        """Notes that somebody knows what it is, so that nobody is warned of it until its figures
        change. Raises InvalidReason."""
        why = " ".join(why.split())
        if not 0 < len(why) <= LONGEST_REASON:
            raise InvalidReason(f"Say what it is, in at most {LONGEST_REASON} characters.")
        day, more, fewer = difference.day, difference.more, difference.fewer
        self._known.put(Known(day, more, fewer, why, by, self._clock()))

    def unmark(self, day: date) -> None:
        self._known.remove(day)

    def _uncharged(self, day: date, model: str) -> Mapping[int, int]:
        return self._ledger.uncharged(day, model, demo=self._demo, provider=self._provider)

    def _amounts(self, model: str) -> Collection[int]:
        return amounts(one for one in self._catalog if one.id == model)


def _said(known: Known | None, difference: Difference) -> Known | None:
    figures = (difference.more, difference.fewer)
    return known if known and (known.more, known.fewer) == figures else None


def by_day(lines: Sequence[Line], uncharged: Uncharged, prices: Prices) -> list[Difference]:
    """Newest first, without days on which all lines agree."""
    days: dict[date, list[Difference]] = defaultdict(list)
    differing = [line for line in lines if not line.agrees]
    for line in differing:
        if line.difference < 0:
            days[line.day].append(_fewer(line, differing))
        else:
            days[line.day].append(_more(line, differing, uncharged, prices))
    return [_together(day, days[day]) for day in sorted(days, reverse=True)]


def _fewer(line: Line, differing: Sequence[Line]) -> Difference:
    fewer = -line.difference
    return Difference(line.day, fewer=fewer, returned=fewer if _mirrored(line, differing) else 0)


def _more(
    line: Line, differing: Sequence[Line], uncharged: Uncharged, prices: Prices
) -> Difference:
    more = line.difference
    if _mirrored(line, differing):
        return Difference(line.day, more, shifted=more)
    numbers = _fitting(uncharged(line.day, line.model), more)
    known = sum(numbers.values())
    elsewhere = most_of(more - known, prices(line.model))
    return Difference(
        line.day, more, uncharged=known, elsewhere=elsewhere, numbers=tuple(sorted(numbers))
    )


def _mirrored(line: Line, differing: Sequence[Line]) -> bool:
    """Whether another day of the model has the opposite difference: a refund on its own day, or a
    midnight between two clocks."""
    return any(
        other.model == line.model and other.difference == -line.difference for other in differing
    )


def _fitting(works: Mapping[int, int], credits: int) -> dict[int, int]:
    """One that costs exactly this, else the first ones that do so together; empty if there are
    none."""
    for number, cost in works.items():
        if cost == credits:
            return {number: cost}
    rows: dict[int, int] = {}
    for number, cost in works.items():
        rows[number] = cost
        if sum(rows.values()) == credits:
            return rows
    return {}


def most_of(credits: int, prices: Collection[int]) -> int:
    """The largest sum of whole generations at these prices that is not above `credits`."""
    if credits > MOST_CREDITS:
        return 0
    reached = 1  # bit n: n credits are a sum of prices
    for price in prices:
        step = price
        while 0 < step <= credits:
            reached |= (reached << step) & ((1 << credits + 1) - 1)
            step *= 2
    return reached.bit_length() - 1


def _together(day: date, parts: Sequence[Difference]) -> Difference:
    sums = {
        name: sum(getattr(part, name) for part in parts)
        for name in ("more", "fewer", "shifted", "uncharged", "elsewhere", "returned")
    }
    numbers = tuple(number for part in parts for number in part.numbers)
    return Difference(day, **sums, numbers=numbers)


def amounts(models: Iterable[Model]) -> frozenset[int]:
    """What one generation of these can cost by their price rows, except prices by the frame: nobody
    knows how many there were."""
    return frozenset(cost for model in models for row in model.price for cost in _costs(model, row))


def _costs(model: Model, row: Price) -> Iterator[int]:
    if row.flat is not None:
        yield max(row.minimum, math.ceil(row.flat))
    if row.per_second is not None:
        for seconds in _lengths(model, row):
            yield max(row.minimum, math.ceil(row.per_second * max(seconds, row.minimum_seconds)))


def _lengths(model: Model, row: Price) -> Iterable[int]:
    param = model.setting_with_role("duration")
    if row.seconds_of or param is None:
        return range(1, LONGEST_SECONDS + 1)
    whole = range(math.ceil(param.range[0]), math.floor(param.range[1]) + 1) if param.range else ()
    return [*whole, *(choice for choice in param.choices if isinstance(choice, int))]
