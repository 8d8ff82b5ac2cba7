"""What of the account behind the key is nearly used up, by its own figures as last known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core import visibility
from core.generations import Status
from core.providers.account import AccountReader, Usage
from core.providers.tasks import Organization
from core.storage.history import Filter, History

NEAR = 0.8
"""The share of a limit from which on it is near."""
FRESH = timedelta(minutes=10)
"""Older figures are asked for again, once a page is looked at."""
HOLDING, WAITING = (Status.PENDING, Status.RUNNING), (Status.QUEUED, Status.THROTTLED)


class Limit(StrEnum):
    """What may run out: the balance, a model's generations of 24 hours, what the tier may spend in
    a month, a model's places at once."""

    BALANCE = "balance"
    DAY = "day"
    MONTH = "month"
    PLACES = "places"


@dataclass(frozen=True)
class Alert:
    """`used` of `most`; of a balance, what is left of it and the level that it fell below. `model`
    is empty for what is of all of them; `waiting` is how many wait for a place."""

    limit: Limit
    used: int
    most: int
    model: str = ""
    waiting: int = 0

    @property
    def is_reached(self) -> bool:
        return self.used <= 0 if self.limit is Limit.BALANCE else self.used >= self.most


class AccountAlerts:
    """Of a live account. Nobody is told of the credits of the demo: they are none."""

    def __init__(
        self,
        account: AccountReader,
        history: History,
        *,
        low_balance: int,
        demo: bool,
        clock: Callable[[], datetime],
    ) -> None:
        """`low_balance` is the level in credits; 0 for never."""
        self._account = account
        self._history = history
        self._low_balance = low_balance
        self._demo = demo
        self._clock = clock

    def standing(self) -> list[Alert]:
        """Those that hold now. Nothing is asked of Runway that nobody has asked before."""
        if self._demo:
            return []
        now = self._clock()
        self._account.refresh(now - FRESH)
        account, usage = self._account.known()
        if account.organization is None:
            return []
        return list(self._of(account.organization, usage, now))

    def _of(self, organization: Organization, usage: Usage, now: datetime) -> Iterator[Alert]:
        left = organization.credit_balance
        if left < self._low_balance:
            yield Alert(Limit.BALANCE, left, self._low_balance)
        most = organization.monthly_spend
        spent = spent_in_month(usage, now.date())
        if most and spent >= NEAR * most:
            yield Alert(Limit.MONTH, spent, most)
        for model, limits in organization.limits.items():
            used = organization.used_today(model)
            if limits.daily is not None and used and used >= NEAR * limits.daily:
                yield Alert(Limit.DAY, used, limits.daily, model)
            if limits.concurrent:
                yield from self._places(model, limits.concurrent)

    def _places(self, model: str, most: int) -> Iterator[Alert]:
        held, waiting = (self._count(model, status) for status in (HOLDING, WAITING))
        if waiting and held >= most:
            yield Alert(Limit.PLACES, held, most, model, waiting)

    def _count(self, model: str, status: tuple[Status, ...]) -> int:
        chosen = Filter(model=(model,), status=status, demo=(False,), trashed=None)
        with visibility.everything():
            return self._history.count(chosen)


def spent_in_month(usage: Usage, today: date) -> int:
    """Net credits since the first of the month, as far as Runway has told."""
    booked = (usage.credits or {}).items()
    return sum(credits for (day, _), credits in booked if day >= today.replace(day=1))
