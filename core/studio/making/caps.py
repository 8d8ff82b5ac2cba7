"""Caps on what is spent: set, ended, and asked before every order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from core.catalog.suppliers import Suppliers
from core.domain.caps import (
    EVERY_PROVIDER,
    EVERYONE,
    LATEST_WARNING,
    LEAST_WARNING,
    MOST_CREDITS,
    USUAL_WARNING,
    Cap,
    InvalidCap,
    Order,
    Period,
    Scope,
    Standing,
    Subject,
)
from core.errors import InvalidRequest, Problem
from core.generations import FIRST_PROVIDER
from core.storage.desk.projects import ProjectStore
from core.storage.spending.cap_standings import CapStandings
from core.storage.spending.caps import CapStore
from core.text.names import key, tidy

SPANS = {Period.DAY: "today", Period.WEEK: "this week", Period.MONTH: "this month"}


class Caps:
    def __init__(
        self,
        *,
        store: CapStore,
        used: CapStandings,
        projects: ProjectStore,
        models: Mapping[str, str],
        suppliers: Suppliers,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        """`models` are the names of those that there are; `changed` is called after a change."""
        self._store = store
        self._used = used
        self._projects = projects
        self._models = models
        self._suppliers = suppliers
        self._changed = changed
        self._clock = clock

    def set(
        self,
        subject: Subject,
        period: Period,
        credits: int,
        *,
        by: str,
        warn_percent: int = USUAL_WARNING,
        provider: str = FIRST_PROVIDER,
    ) -> Cap:
        """In the credits of a provider, or in cents over EVERY_PROVIDER; replaces the subject's cap
        for this period there. Raises InvalidCap, and InvalidReview for an invalid name."""
        if not 0 <= credits <= MOST_CREDITS:
            most = self._suppliers[provider].counted(MOST_CREDITS)
            raise InvalidCap(f"A cap is between 0 and {most}.")
        if not LEAST_WARNING <= warn_percent <= LATEST_WARNING:
            span = f"{LEAST_WARNING} and {LATEST_WARNING}"
            raise InvalidCap(f"A cap warns between {span} percent of it.")
        subject = self._known(subject)
        cap = Cap(
            "", subject, period, credits, warn_percent, tidy(by), self._clock(), provider=provider
        )
        cap = self._store.set(cap)
        self._changed()
        return cap

    def end(self, cap_id: str, *, by: str) -> None:
        """Raises InvalidReview for an invalid name."""
        self._store.end(cap_id, person=tidy(by), now=self._clock())
        self._changed()

    def standings(self) -> list[Standing]:
        return self._counted(self._store.holding())

    def standings_of(self, order: Order) -> list[Standing]:
        """The caps that the order counts against, the one with the least left first."""

        def worth(one: Standing) -> Decimal:
            return self._suppliers[one.cap.provider].worth(one.left)

        return sorted(self._counted(self._store.against(order)), key=worth)

    def standings_for(self, person: str) -> list[Standing]:
        """The caps that apply to whatever this person orders, at each provider."""
        holding = dict.fromkeys(one.provider for one in self._store.holding())
        orders = (Order(0, "", person, provider=name) for name in holding)
        found = (standing for order in orders for standing in self.standings_of(order))
        return list({one.cap.id: one for one in found}.values())

    def past(self) -> list[Cap]:
        return [cap for cap in reversed(self._store.ever()) if cap.ended_at]

    def daily(
        self, subject: Subject, since: date, provider: str = FIRST_PROVIDER
    ) -> Mapping[date, int]:
        return self._used.daily(self._known(subject), since, provider)

    def problems(self, order: Order) -> list[Problem]:
        return self.problems_of_all([order])

    def problems_of_all(self, orders: Sequence[Order]) -> list[Problem]:
        """Why these are refused together: each cap needs room for all that count against it."""
        together: dict[Order, int | None] = {}
        counted: dict[str, tuple[Standing, int | None]] = {}
        for order in orders:
            kind = replace(order, price=0)
            together[kind] = _sum(together.get(kind, 0), order.price)
        for kind, price in together.items():
            for standing in self.standings_of(kind):
                before = counted[standing.cap.id][1] if standing.cap.id in counted else 0
                more = self.price(standing.cap, replace(kind, price=price))
                counted[standing.cap.id] = standing, _sum(before, more)
        return [
            Problem("price", self._refusal(standing, price))
            for standing, price in counted.values()
            if standing.refuses(price)
        ]

    def price(self, cap: Cap, order: Order) -> int | None:
        if cap.provider != EVERY_PROVIDER or order.price is None:
            return order.price
        return self._suppliers.converted(order.price, order.provider, cap.provider)

    def admit(self, order: Order) -> None:
        """To be called in the transaction that records the order, so that nobody can record another
        one meanwhile. Raises InvalidRequest with every cap that has no room for it."""
        self.admit_all([order])

    def admit_all(self, orders: Sequence[Order]) -> None:
        """As `admit`, for orders that are recorded together."""
        if problems := self.problems_of_all(orders):
            raise InvalidRequest(problems)

    def _refusal(self, standing: Standing, price: int | None) -> str:
        """Which cap, what is left of it, when it begins again, and who set it; `price` is in what
        it counts."""
        cap, of = standing.cap, self._suppliers[standing.cap.provider]
        left = of.figure(standing.left)
        said = [f"{self.title(cap)} is {of.counted(cap.credits)}, and {left} are left."]
        if price is None:
            said.append("What this costs is not known, so it may be more.")
        else:
            said.append(f"This may cost {of.figure(price)}.")
        if standing.turns_at:
            said.append(f"The cap starts again on {standing.turns_at:%-d %B at %H:%M} UTC.")
        said.append(f"{cap.made_by} set it; it can be changed on Spending.")
        return " ".join(said)

    def title(self, cap: Cap) -> str:
        """`Nora's cap this month`; for other providers than the first with its name, for all of
        them `Nora's cap in dollars this month`."""
        whose = "Everyone" if cap.subject.scope is Scope.EVERYONE else cap.subject.name
        span = SPANS.get(cap.period, "in all")
        if cap.provider == EVERY_PROVIDER:
            return f"{whose}'s cap in dollars {span}"
        at = f" at {self._suppliers[cap.provider].title}"
        return f"{whose}'s cap {span}{'' if cap.provider == FIRST_PROVIDER else at}"

    def _counted(self, caps: Sequence[Cap]) -> list[Standing]:
        return [self._named(one) for one in self._used.of(caps, self._clock())]

    def _known(self, subject: Subject) -> Subject:
        if subject.scope is Scope.EVERYONE:
            return EVERYONE
        if subject.scope is Scope.PERSON:
            name = tidy(subject.name)
            return Subject(Scope.PERSON, key(name), name)
        if subject.scope is Scope.MODEL:
            if subject.key not in self._models:
                raise InvalidCap("There is no such model.")
            return Subject(Scope.MODEL, subject.key, self._models[subject.key])
        project = self._projects.find(subject.name)
        if project is None:
            raise InvalidCap("There is no such project.")
        return Subject(Scope.PROJECT, project.uid, project.name)

    def _named(self, standing: Standing) -> Standing:
        """With the model's present name in the catalogue."""
        subject = standing.cap.subject
        name = self._models.get(subject.key) if subject.scope is Scope.MODEL else None
        if name is None:
            return standing
        return replace(standing, cap=replace(standing.cap, subject=replace(subject, name=name)))


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
