"""Compares our ledger with a provider's usage, for each UTC day and model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.errors import ProviderError
from core.providers.account import AccountReader, Usage
from core.storage.spending.ledger import Booked, Ledger

DAYS = 30


@dataclass(frozen=True)
class Line:
    """One model's day on both sides, in credits; `model` is empty where nobody has told it."""

    day: date
    model: str
    ours: Booked
    theirs: int

    @property
    def difference(self) -> int:
        """What the provider has beyond what is settled here; negative where it has less."""
        return self.theirs - self.ours.settled

    @property
    def is_open(self) -> bool:
        return 0 < self.difference <= self.ours.pending

    @property
    def agrees(self) -> bool:
        """True when both sides have the same, or probably will once all is settled."""
        return self.difference == 0 or self.is_open


@dataclass(frozen=True)
class Comparison:
    """Both sides of the last days, newest first, as they were at `seen_at`; None before the first
    comparison.

    `error` is why there is no newer one; `is_behind` is true once our side has changed since;
    `is_silent` where the provider does not tell its side.
    """

    lines: tuple[Line, ...] = ()
    seen_at: datetime | None = None
    error: ProviderError | None = None
    is_behind: bool = False
    is_silent: bool = False

    @property
    def differing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.agrees)

    @property
    def difference(self) -> int:
        """The sum over all days that differ: a refund on a later day evens out in it."""
        return sum(line.difference for line in self.differing)


class Books:
    """Compares whenever the provider has told its side, and reads ours in the same moment, so that
    neither is ahead."""

    def __init__(
        self, ledger: Ledger, account: AccountReader, provider: str, *, demo: bool
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._provider = provider
        self._demo = demo
        self._last = Comparison()
        self._since = date.max
        self._ours: Mapping[tuple[date, str], Booked] = {}
        account.watch(self._compare)

    def compared(self) -> Comparison:
        """The last thirty days as last known; the provider is asked again as by
        `AccountReader.usage`."""
        used = self._account.usage()
        last, told = self._last, self._ours
        is_behind = last.seen_at is not None and told != self._booked(self._since)
        is_silent = used.seen_at is not None and used.credits is None
        return replace(last, error=used.error, is_behind=is_behind, is_silent=is_silent)

    def _booked(self, since: date) -> Mapping[tuple[date, str], Booked]:
        return self._ledger.by_day(since, demo=self._demo, provider=self._provider)

    def _compare(self, used: Usage) -> None:
        assert used.seen_at is not None
        assert used.credits is not None
        since = used.seen_at.date() - timedelta(days=DAYS - 1)
        self._since, self._ours = since, self._booked(since)
        self._last = Comparison(compare(self._ours, used.credits, since), used.seen_at)


def compare(
    ours: Mapping[tuple[date, str], Booked],
    theirs: Mapping[tuple[date, str], int],
    since: date,
) -> tuple[Line, ...]:
    """A line for each day and model that either side knows, the newest day first."""
    nothing = Booked(0, 0, 0)
    keys = {key for key in (*ours, *theirs) if key[0] >= since}
    ordered = sorted(keys, key=lambda key: (-key[0].toordinal(), key[1]))
    return tuple(
        Line(day, model, ours.get((day, model), nothing), theirs.get((day, model), 0))
        for day, model in ordered
    )
