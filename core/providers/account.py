"""The account behind the key: balance, limits and charges, read in the background.

No page waits for it: pages get the last known figures, their age, and what is wrong now. One thread
asks one question at a time, and only for what a page wants to show.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from core.errors import ProviderError
from core.providers.breakers import Breakers
from core.providers.provider import Provider
from core.providers.tasks import Organization

log = logging.getLogger(__name__)

LIFE = 30.0
"""Seconds before the same is asked again."""
USAGE_DAYS = 90
"""As far back as one answer reaches."""
PULSE_SECONDS = 1.0
STOP_SECONDS = 0.5


@dataclass(frozen=True)
class Account:
    """The organization behind the key as last known, asked for at `asked_at` and answered at
    `seen_at`. `error` says why it cannot be read now."""

    organization: Organization | None = None
    error: ProviderError | None = None
    asked_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Usage:
    """Net credits booked since a UTC day, by day and model, as last known; None also where the
    provider does not tell them. `error` says why they cannot be read now."""

    credits: Mapping[tuple[date, str], int] | None = None
    error: ProviderError | None = None
    since: date = date.max
    asked_at: datetime | None = None
    seen_at: datetime | None = None


class AccountReader:
    """Asks a provider what pages want to know of the account, each at most twice a minute.

    The breakers decide when it may ask, and learn from its answers whether the key is good.
    """

    def __init__(
        self,
        provider: Provider,
        breakers: Breakers,
        clock: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._ticks = ticks
        self._breakers = breakers
        self._account = Account()
        self._usage = Usage()
        self._watchers: list[Callable[[Usage], None]] = []
        self._tried: dict[Callable[[], None], float] = {}
        self._wanted: dict[Callable[[], None], None] = {}
        self._turn = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.changes = 0
        """Counts finished reads, failed ones too, so that a page knows when to draw again."""

    # -- what is known --------------------------------------------------------------------------

    def seen(self) -> Account:
        """As last known; read again in the background once that is half a minute old."""
        self._want(self._read_account)
        return replace(self._account, error=self._breakers.trouble() or self._account.error)

    def usage(self) -> Usage:
        """The last ninety days as last known; refreshed like `seen`."""
        self._want(self._read_usage)
        return replace(self._usage, error=self._breakers.trouble() or self._usage.error)

    def known(self) -> tuple[Account, Usage]:
        """Both as last known, without asking for either."""
        return self._account, self._usage

    def refresh(self, before: datetime) -> None:
        """Read again what was last answered before that moment; what was never asked for stays
        unread."""
        if self._account.seen_at and self._account.seen_at < before:
            self._want(self._read_account)
        if self._usage.seen_at and self._usage.seen_at < before:
            self._want(self._read_usage)

    def watch(self, told: Callable[[Usage], None]) -> None:
        """`told` gets each new usage at once, to be compared with what is known at that moment."""
        self._watchers.append(told)

    @property
    def is_pending(self) -> bool:
        return bool(self._wanted)

    # -- reading it -----------------------------------------------------------------------------

    def look(self) -> None:
        with self._turn:
            for read in tuple(self._wanted):
                if self._stopping.is_set() or self._breakers.turn() > 0:
                    return
                try:
                    read()
                finally:
                    self._tried[read] = self._ticks()
                    self._wanted.pop(read, None)
                    self.changes += 1

    def start(self) -> None:
        self._thread = threading.Thread(target=self._repeat, name="account", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(PULSE_SECONDS if self._wanted else None)
            self._wake.clear()
            try:
                self.look()
            except Exception:
                log.exception("the account could not be read")

    def _want(self, read: Callable[[], None]) -> None:
        tried = self._tried.get(read)
        if read not in self._wanted and (tried is None or self._ticks() - tried > LIFE):
            self._wanted[read] = None
            self._wake.set()

    def _read_account(self) -> None:
        asked = self._clock()
        try:
            found = self._provider.organization(once=True)
        except ProviderError as error:
            self._account = replace(self._account, error=error)
        else:
            self._account = Account(found, None, asked, self._clock())
        self._breakers.account_seen(self._account.error)

    def _read_usage(self) -> None:
        asked = self._clock()
        today = asked.astimezone(UTC).date()
        since = today - timedelta(days=USAGE_DAYS - 1)
        try:
            charges = self._provider.charges(since, today + timedelta(days=1))
        except ProviderError as error:
            self._usage = replace(self._usage, error=error)
        else:
            self._usage = Usage(charges, None, since, asked, self._clock())
            for told in self._watchers if charges is not None else ():
                told(self._usage)
