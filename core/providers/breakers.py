"""Breakers hold back calls that cannot succeed at the moment, so that a fault costs few of them.

One opens when an answer, or many failures in a row, shows that more of the same would fail too.
While it is open one call now and then is let through; once that is answered it closes, and all that
it held goes on. What is held does not fail. Breakers live in memory only: after a restart the next
answers open them again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from core.errors import (
    DailiesError,
    DayUsedUp,
    NotAuthorized,
    NotEnabled,
    OutOfCredits,
    ProviderError,
    RateLimited,
    ServerTrouble,
    Unreachable,
    UnreadableAnswer,
)
from core.generations import Status
from core.providers.breaker import (
    CREATE,
    CREDITS,
    DAILY_CAP,
    KEY,
    KINDS,
    MODEL,
    SERVER,
    Breaker,
    Kind,
    Work,
)

STORM = 8
"""So many failures in a row mean that a provider is down; one bad minute brings fewer."""
LOST, SAFE, MOST_CREATES = 2, 1, 5
"""A create call without an answer counts double, as a person has to decide on each of them."""
LONGEST_WAIT = timedelta(hours=1)
"""Between two looks: a rolling day may have room again at any time."""
LOST_WAIT = 120.0
"""Longer than a create call can take, so that at most one at a time stays unanswered."""


class Breakers:
    """Those of one provider. Safe to use from many threads."""

    def __init__(
        self,
        title: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`title` is what people call the provider."""
        self._title = title
        self._clock = clock
        self._ticks = ticks
        self._lock = threading.RLock()
        self._open: dict[tuple[Kind, str], Breaker] = {}
        self._failures = 0
        self._creates = 0
        self._pressed: set[int] = set()
        self.close_count = 0
        """How often a breaker has closed: whoever waits for one looks again when this changes."""

    # -- who has to wait ------------------------------------------------------------------------

    def delay(self, work: Work) -> float:
        """Seconds that this generation has to wait. Zero lets it go; in times of trouble its call
        then finds out whether the trouble is over."""
        with self._lock:
            if work.id in self._pressed or work.status is Status.SUBMITTING:
                return 0.0  # reading an answer needs no provider
            return self._look(breaker for breaker in self._open.values() if breaker.holds(work))

    def turn(self) -> float:
        """Seconds until the account may be asked for. Zero lets that go; it too finds out whether
        trouble is over."""
        with self._lock:
            return self._look(one for one in self._open.values() if one.kind.everything)

    def trouble(self) -> ProviderError | None:
        with self._lock:
            return next((one.error for one in self._open.values() if one.kind.everything), None)

    def _look(self, holding: Iterable[Breaker]) -> float:
        """Seconds until all of these may be looked at again. Returns 0 if that is now: the caller
        takes the look, and the next one is planned."""
        now, breakers = self._ticks(), list(holding)
        wait = max((breaker.look_at - now for breaker in breakers), default=0.0)
        if wait > 0:
            return wait
        for breaker in breakers:
            breaker.look_at = now + breaker.wait
        return 0.0

    def left(self, work: Work) -> float:
        """Seconds until the next look, for showing; it takes no look."""
        with self._lock:
            holding = (breaker for breaker in self._open.values() if breaker.holds(work))
            return max((one.look_at for one in holding), default=self._ticks()) - self._ticks()

    def reason(self, work: Work) -> str:
        with self._lock:
            holding = (breaker for breaker in self._open.values() if breaker.holds(work))
            return next((breaker.error.message for breaker in holding), "")

    def force_retry(self, generation_id: int) -> None:
        with self._lock:
            self._pressed.add(generation_id)

    def is_short(self, work: Work, balance: int | None, quote: int | None) -> bool:
        """True while credits are known to be lacking and the balance still does not cover this."""
        with self._lock:
            known = balance is not None and quote is not None and balance < quote
            return known and (CREDITS, "") in self._open and work.id not in self._pressed

    @property
    def is_stormy(self) -> bool:
        """True while the provider as a whole is in trouble: calls then need proof that it
        answers."""
        with self._lock:
            return any((kind, "") in self._open for kind in (SERVER, CREATE))

    # -- what the answers say -------------------------------------------------------------------

    def answered(self) -> None:
        with self._lock:
            self._failures = 0
            self._close(KEY, SERVER)

    def account_seen(self, error: ProviderError | None) -> None:
        """Reading the account shows whether the key is accepted."""
        with self._lock:
            if isinstance(error, NotAuthorized):
                self._trip(KEY, error)
            elif error is None:
                self.answered()

    def on_answer(self, work: Work) -> None:
        """A create call was answered: with a yes, or with a no that is about the request itself."""
        with self._lock:
            self.answered()
            self._creates = 0
            self._pressed.discard(work.id)
            self._close(CREATE, CREDITS)
            self._close(DAILY_CAP, MODEL, model=work.model)

    def on_no_answer(self, work: Work) -> None:
        """A create call got no usable answer: it may have been carried out."""
        error = ServerTrouble(
            f"{self._title} took requests and did not answer them.",
            "What is queued waits, so that nothing more is paid for without a clip.",
        )
        with self._lock:
            self._pressed.discard(work.id)
            self._failed_create(LOST, error, LOST_WAIT)

    def failed(self, work: Work, error: DailiesError) -> float:
        """A call for this generation failed. Returns the seconds to wait for open breakers."""
        with self._lock:
            self._pressed.discard(work.id)
            self._count(work, error)
            now = self._ticks()
            holding = [breaker for breaker in self._open.values() if breaker.holds(work)]
            return max((breaker.look_at - now for breaker in holding), default=0.0)

    def _count(self, work: Work, error: DailiesError) -> None:
        creating = work.status is Status.SUBMITTING
        if isinstance(error, NotAuthorized):
            self._trip(KEY, error)
        elif isinstance(error, OutOfCredits):
            self._trip(CREDITS, error)
        elif isinstance(error, NotEnabled) and creating:
            self._trip(MODEL, error, model=work.model)
        elif isinstance(error, DayUsedUp) and creating:
            wait = min(error.retry_after or DAILY_CAP.wait, LONGEST_WAIT.total_seconds())
            self._trip(DAILY_CAP, error, model=work.model, wait=wait)
        elif isinstance(error, (Unreachable, ServerTrouble, UnreadableAnswer, RateLimited)):
            self._failures += 1
            if self._failures >= STORM:
                self._trip(SERVER, error)
            if creating:
                self._failed_create(SAFE, error, CREATE.wait)

    def _failed_create(self, weight: int, error: ProviderError, wait: float) -> None:
        self._creates += weight
        if self._creates >= MOST_CREATES:
            self._trip(CREATE, error, wait=wait)

    def _trip(
        self, kind: Kind, error: ProviderError, *, model: str = "", wait: float | None = None
    ) -> None:
        wait = kind.wait if wait is None else wait
        known = self._open.get((kind, model))
        since = known.since if known else self._clock()
        self._open[kind, model] = Breaker(kind, model, error, since, wait, self._ticks() + wait)

    def _close(self, *kinds: Kind, model: str = "") -> None:
        for kind in kinds:
            if self._open.pop((kind, model), None):
                self.close_count += 1

    # -- what is told ---------------------------------------------------------------------------

    def open(self) -> list[Breaker]:
        with self._lock:
            return sorted(self._open.values(), key=lambda breaker: breaker.since)

    def states(self) -> list[tuple[str, str]]:
        """Name and "open" or "closed" of each kind, and of each model's own while it is open."""
        found = dict.fromkeys((kind.name for kind in KINDS), "closed")
        for breaker in self.open():
            found |= {breaker.kind.name: "open", breaker.name: "open"}
        return list(found.items())
