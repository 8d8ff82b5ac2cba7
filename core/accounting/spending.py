"""What was spent, in units that can be added up: credits of one provider, or dollars of several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from core.catalog.suppliers import Supplier, Suppliers, in_dollars
from core.storage.bitmaps.dimensions import Value
from core.storage.history import History
from core.storage.spending.bought import Bought, together

MILLION = 1_000_000
COUNTS = {"value", "generations", "made", "approved"}
"""Fields of Bought that are not money."""


@dataclass(frozen=True)
class Measure:
    """What amounts are counted in: credits of one supplier, or millionths of a dollar for
    several."""

    suppliers: Sequence[Supplier]

    @property
    def is_dollars(self) -> bool:
        return len(self.suppliers) > 1

    @property
    def unit(self) -> str:
        return "Dollars" if self.is_dollars else "Credits"

    def text(self, amount: float) -> str:
        return in_dollars(Decimal(round(amount)) / MILLION) if self.is_dollars else f"{amount:,}"

    def figure(self, amount: float) -> float:
        """In dollars or credits, for a table or a chart."""
        return amount / MILLION if self.is_dollars else amount

    def price(self, amount: int) -> str:
        """`25 credits ($0.25)`; for several providers only the dollars."""
        if self.is_dollars:
            return self.text(amount)
        (of,) = self.suppliers
        return f"{of.counted(amount)} ({of.dollars(amount)})"

    def worth(self, amount: int) -> float:
        return amount / MILLION if self.is_dollars else float(self.suppliers[0].worth(amount))


class Spending:
    """Counts only what the reader may see. Credits of one provider are never added to another's."""

    def __init__(self, history: History, suppliers: Suppliers, usual: str, *, demo: bool) -> None:
        """`usual` is the provider whose credits are used where nothing was spent."""
        self._history = history
        self._suppliers = suppliers
        self._usual = usual
        self._demo = demo

    def measure(self) -> Measure:
        """Depends on all that was ever spent, so that it does not change with a filter."""
        names = [name for name, one in self.by_provider().items() if one.spent]
        return Measure([self._suppliers[name] for name in names or [self._usual]])

    def by_provider(
        self, since: date | None = None, until: date | None = None
    ) -> dict[str, Bought]:
        """In each provider's credits; the usual one first."""
        rows = self._history.bought("provider", demo=self._demo, since=since, until=until)
        rows.sort(key=lambda one: (one.value != self._usual, str(one.value)))
        return {str(one.value): one for one in rows}

    def bought(self, by: str, since: date | None = None, until: date | None = None) -> list[Bought]:
        """For each value of a dimension, in the `measure`, dearest first."""
        measure = self.measure()
        if not measure.is_dollars:
            return self._history.bought(by, demo=self._demo, since=since, until=until)
        found: defaultdict[Value | None, list[Bought]] = defaultdict(list)
        for value, each in self.credits(by, since, until).items():
            found[value] = [_in_dollars(one, self._suppliers[name]) for name, one in each.items()]
        rows = [replace(together(each), value=value) for value, each in found.items()]
        return sorted(rows, key=lambda row: (-row.spent, str(row.value)))

    def credits(
        self, by: str, since: date | None = None, until: date | None = None
    ) -> Mapping[Value | None, Mapping[str, Bought]]:
        """For each value of a dimension, by provider, in its credits."""
        found: defaultdict[Value | None, dict[str, Bought]] = defaultdict(dict)
        for name in self.by_provider(since, until):
            rows = self._history.bought(
                by, demo=self._demo, since=since, until=until, provider=name
            )
            for one in rows:
                found[one.value][name] = one
        return found


def _in_dollars(one: Bought, of: Supplier) -> Bought:
    money = (field.name for field in fields(one) if field.name not in COUNTS)
    return replace(one, **{name: round(of.worth(getattr(one, name)) * MILLION) for name in money})
