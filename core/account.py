"""The account behind the key, read now and then: balance, limits, what it was charged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.answers import Organization
from core.breakers import Breakers
from core.client import Client
from core.errors import RunwayError

LIFE = timedelta(seconds=30)
USAGE_DAYS = 90
"""As far back as Runway tells in one answer."""


@dataclass(frozen=True)
class Account:
    """The organization behind the key as last seen, or why it cannot be seen."""

    organization: Organization | None
    error: RunwayError | None
    seen_at: datetime


@dataclass(frozen=True)
class Usage:
    """What Runway has booked since a UTC day, net credits by day and model, or why that is not
    known."""

    credits: Mapping[tuple[date, str], int] | None
    error: RunwayError | None
    since: date
    seen_at: datetime


class AccountReader:
    """Asks Runway for the account, at most once in half a minute. The breakers learn from it
    whether the key is good."""

    def __init__(self, client: Client, breakers: Breakers, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._breakers = breakers
        self._last: Account | None = None
        self._used: Usage | None = None

    def seen(self) -> Account:
        """The account, at most half a minute old."""
        now = self._clock()
        if self._last is None or now - self._last.seen_at > LIFE:
            try:
                self._last = Account(self._client.organization(), None, now)
            except RunwayError as error:
                self._last = Account(None, error, now)
            self._breakers.key_seen(self._last.error)
        return self._last

    def usage(self) -> Usage:
        """What was booked in the last ninety days, at most half a minute old."""
        now = self._clock()
        if self._used is None or now - self._used.seen_at > LIFE:
            today = now.astimezone(UTC).date()
            since = today - timedelta(days=USAGE_DAYS - 1)
            try:
                report = self._client.usage(since, today + timedelta(days=1))
                self._used = Usage(report.credits, None, since, now)
            except RunwayError as error:
                self._used = Usage(None, error, since, now)
        return self._used
