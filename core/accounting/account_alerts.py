"""Which limits of the accounts are nearly used up, by the accounts' own figures as last known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from core import visibility
from core.catalog.suppliers import Suppliers
from core.generations import FIRST_PROVIDER, Status
from core.providers.account import Usage
from core.providers.accounts import Accounts
from core.providers.tasks import Organization
from core.storage.history import Filter, History

NEAR = 0.8
"""The share of a limit from which on it counts as near."""
FRESH = timedelta(minutes=10)
"""Older figures are read again once somebody looks at a page."""
HOLDING, WAITING = (Status.PENDING, Status.RUNNING), (Status.QUEUED, Status.THROTTLED)


class Limit(StrEnum):
    """What may run out: the balance, a model's generations in 24 hours, what the tier may spend in
    a month, a model's places at once."""

    BALANCE = "balance"
    DAY = "day"
    MONTH = "month"
    PLACES = "places"


@dataclass(frozen=True)
class Alert:
    """About one provider's account: `used` of `most`; for the balance, what is left and the level
    that it fell below.

    `model` is empty where it is not about one model; `waiting` counts generations that wait for a
    place.
    """

    limit: Limit
    used: int
    most: int
    model: str = ""
    waiting: int = 0
    provider: str = FIRST_PROVIDER

    @property
    def is_reached(self) -> bool:
        return self.used <= 0 if self.limit is Limit.BALANCE else self.used >= self.most


class AccountAlerts:
    """For live accounts only: demo credits are not money."""

    def __init__(
        self,
        accounts: Accounts,
        suppliers: Suppliers,
        history: History,
        *,
        low_balance: int,
        demo: bool,
        clock: Callable[[], datetime],
    ) -> None:
        """`low_balance` is in credits of the first provider; for the others it stands for what is
        worth as much. 0 switches it off."""
        self._accounts = accounts
        self._suppliers = suppliers
        self._history = history
        self._low_balance = low_balance
        self._demo = demo
        self._clock = clock

    def standing(self) -> list[Alert]:
        """Those that hold now. Asks no provider that has not been asked before."""
        if self._demo:
            return []
        now = self._clock()
        self._accounts.refresh(now - FRESH)
        found = []
        for name in self._accounts.names:
            account, usage = self._accounts.known(name)
            if account.organization is not None:
                alerts = self._of(name, account.organization, usage, now)
                found += [replace(alert, provider=name) for alert in alerts]
        return found

    def _level(self, name: str) -> int:
        worth = self._suppliers[FIRST_PROVIDER].worth(self._low_balance)
        credit = self._suppliers[name].worth(1)
        return round(worth / credit) if credit else self._low_balance

    def _of(
        self, name: str, organization: Organization, usage: Usage, now: datetime
    ) -> Iterator[Alert]:
        left, level = organization.credit_balance, self._level(name)
        if left < level:
            yield Alert(Limit.BALANCE, left, level)
        most = organization.monthly_spend
        spent = spent_in_month(usage, now.date())
        if most and spent >= NEAR * most:
            yield Alert(Limit.MONTH, spent, most)
        for model, limits in organization.limits.items():
            used = organization.used_today(model)
            if limits.daily is not None and used and used >= NEAR * limits.daily:
                yield Alert(Limit.DAY, used, limits.daily, model)
            if limits.concurrent:
                yield from self._places(name, model, limits.concurrent)

    def _places(self, name: str, model: str, most: int) -> Iterator[Alert]:
        held, waiting = (self._count(name, model, status) for status in (HOLDING, WAITING))
        if waiting and held >= most:
            yield Alert(Limit.PLACES, held, most, model, waiting)

    def _count(self, name: str, model: str, status: tuple[Status, ...]) -> int:
        chosen = Filter(
            model=(model,), provider=(name,), status=status, demo=(False,), trashed=None
        )
        with visibility.everything():
            return self._history.count(chosen)


def spent_in_month(usage: Usage, today: date) -> int:
    """Net credits since the first of the month, as far as the provider has told."""
    booked = (usage.credits or {}).items()
    return sum(credits for (day, _), credits in booked if day >= today.replace(day=1))
