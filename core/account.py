"""The account behind the key, read now and then: balance, limits, today's use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.answers import Organization
from core.client import Client
from core.errors import RunwayError

LIFE = timedelta(seconds=30)


@dataclass(frozen=True)
class Account:
    """The organization behind the key as last seen, or why it cannot be seen."""

    organization: Organization | None
    error: RunwayError | None
    seen_at: datetime


class AccountReader:
    """Asks Runway for the account, at most once in half a minute."""

    def __init__(self, client: Client, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._last: Account | None = None

    def seen(self) -> Account:
        """The account, at most half a minute old."""
        now = self._clock()
        if self._last is None or now - self._last.seen_at > LIFE:
            try:
                self._last = Account(self._client.organization(), None, now)
            except RunwayError as error:
                self._last = Account(None, error, now)
        return self._last
