"""Those who make clips as the catalogue knows them: their names, and what their credits are worth.

Credits of one are never added to those of another; dollars are what they have in common.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field

from core.catalog.params import Entry
from core.domain.caps import EVERY_PROVIDER
from core.generations import FIRST_PROVIDER, Status
from core.text.quantities import counted

CENT, TENTH_OF_A_CENT = Decimal("0.01"), Decimal("0.001")


class Supplier(Entry):
    """The provider of that `id`. `title` is how people call it, `credit` how they call the unit of
    its money, which is worth `credit_usd` US dollars; None where the catalogue does not say.

    `moderation` are lines of Markdown on what it costs there to be stopped, `site` is where people
    buy credits and find their tasks, `keeps` how long it keeps what it has made, `cancelling` what
    is to be known before a task there is cancelled.
    """

    id: str
    title: str
    credit: str
    credit_usd: Decimal | None = Field(gt=0)
    key: str = ""
    """The setting that holds its key."""
    tells_cost: bool = True
    """Whether its tasks say what they cost. Where they do not, one that has succeeded counts at our
    price of it, and for any other a person says."""
    ends_tasks: bool = True
    """Whether it ends or deletes a task when it is asked to."""
    site: str = ""
    keeps: str = "a while"
    cancelling: str = ""
    moderation: str = ""
    source: str
    checked: date

    def worth(self, credits: int) -> Decimal:
        return credits * (self.credit_usd or Decimal())

    def known_worth(self, credits: int | None) -> float | None:
        """The same for programs; None where nobody knows how many, or what one is worth."""
        return None if credits is None or self.credit_usd is None else float(self.worth(credits))

    def counted(self, credits: int) -> str:
        """`25 credits`, with the name of the provider where its credits have one."""
        return counted(credits, f"{self.credit}s")

    def figure(self, credits: int) -> str:
        """The same where the credits are named beside it."""
        return f"{credits:,}"

    def dollars(self, credits: int) -> str:
        return in_dollars(self.worth(credits)) if self.credit_usd else ""

    @property
    def place(self) -> str:
        return self.site.removeprefix("https://").rstrip("/") or self.title

    def may_cancel(self, status: Status) -> bool:
        """Whether a cancel can still end a generation in this state: what waits here, always."""
        return self.ends_tasks or status is Status.QUEUED

    @property
    def on_cancelling(self) -> str:
        usual = f"Expect no refund: {self.title} may go on with it, and charge it in full."
        return self.cancelling or usual


class EverySupplier(Supplier):
    """All of them: what they have in common are dollars, here in whole cents."""

    def counted(self, credits: int) -> str:
        return self.dollars(credits)

    def figure(self, credits: int) -> str:
        return self.dollars(credits)


EVERY_SUPPLIER = EverySupplier(
    id=EVERY_PROVIDER,
    title="all providers",
    credit="US cent",
    credit_usd=CENT,
    source="what a dollar is",
    checked=date.max,
)


class Suppliers:
    """All of a catalogue, by their ids. One that it does not know goes by its id."""

    def __init__(self, known: Iterable[Supplier]) -> None:
        self._known = {one.id: one for one in known}

    def __getitem__(self, name: str) -> Supplier:
        if name == EVERY_PROVIDER:
            return EVERY_SUPPLIER
        return self._known.get(name) or _stranger(name)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[Supplier]:
        return iter(self._known.values())

    def counted(self, credits: Mapping[str, int]) -> str:
        """Credits of each provider, by its id; of several in dollars too: `$3.52: 340 Runway
        credits, 24 KIE credits`."""
        there = {name: some for name, some in credits.items() if some}
        if len(there) < 2:
            name = next(iter(there or credits), FIRST_PROVIDER)
            return self[name].counted(credits.get(name, 0))
        each = ", ".join(f"{some:,} {self[name].title} credits" for name, some in there.items())
        return f"{in_dollars(self.worth(there))}: {each}"

    def converted(self, credits: int, provider: str, into: str) -> int | None:
        """Credits of one provider in those of another, rounded up; None where nobody has said what
        one of them is worth."""
        worth, unit = self[provider], self[into].credit_usd
        if provider == into:
            return credits
        if worth.credit_usd is None or unit is None:
            return None
        return math.ceil(worth.worth(credits) / unit)

    def worth(self, credits: Mapping[str, int]) -> Decimal:
        return sum((self[name].worth(some) for name, some in credits.items()), Decimal())


def _stranger(name: str) -> Supplier:
    credit = f"{name} credit"
    return Supplier(
        id=name, title=name, credit=credit, credit_usd=None, source="", checked=date.max
    )


def in_dollars(amount: Decimal) -> str:
    """`$0.25`; less than a dollar to a tenth of a cent where that counts."""
    exact = amount.quantize(TENTH_OF_A_CENT, ROUND_HALF_UP)
    if abs(exact) < 1 and exact != exact.quantize(CENT, ROUND_HALF_UP):
        return f"${exact:,.3f}"
    return f"${amount.quantize(CENT, ROUND_HALF_UP):,.2f}"
