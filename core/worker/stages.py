"""Takes one generation one stage further, and says how long to wait after a failure."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import (
    DailiesError,
    DiskFull,
    DownloadError,
    LinkExpired,
    NotAuthorized,
    ProviderError,
    RateLimited,
)
from core.generations import BEFORE_PROVIDER, Generation, Status
from core.providers.breaker_panel import BreakerPanel
from core.storage.store import Store
from core.worker.poller import Poller
from core.worker.sender import Sender

log = logging.getLogger(__name__)

LONGEST_BACKOFF_SECONDS = 30.0
UNLUCKY_SECONDS = 8.0
"""The longest wait of a generation whose own calls have failed. When a provider fails for all, a
breaker holds everything and looks every five seconds, so a longer wait would only delay the
unluckiest clip. The hosts of outputs have no breaker."""
ROOM_SECONDS = 10.0
"""Between two checks whether the disk has room again."""


@dataclass
class Stages:
    """From each status to the next. Safe to use from many threads."""

    store: Store
    sender: Sender
    poller: Poller
    breakers: BreakerPanel
    stopping: threading.Event
    clock: Callable[[], datetime]
    _calls: Counter[int] = field(default_factory=Counter)
    _fetches: Counter[int] = field(default_factory=Counter)

    def advance(self, generation: Generation) -> float:
        """Do what is next. Returns the seconds until the generation is worth another look."""
        try:
            delay = self._stage(generation, self.clock())
        except (ProviderError, DownloadError, DiskFull) as error:
            if self.stopping.is_set():
                return LONGEST_BACKOFF_SECONDS  # our own stop cut it off: no failure
            return self._wait(generation, self.clock(), error)
        if generation.status is not Status.QUEUED:
            self._calls.pop(generation.id, None)
            self._fetches.pop(generation.id, None)
        return delay

    def _stage(self, generation: Generation, now: datetime) -> float:
        if generation.status is Status.QUEUED:
            return self.sender.submit(generation, now)
        if generation.status is Status.SUBMITTING:
            return self.sender.adopt(generation, now)
        if generation.status is Status.DOWNLOADING:
            return self.poller.download(generation, now)
        return self.poller.poll(generation, now) if generation.status.is_at_provider else 0.0

    def prepare(self, generation_id: int) -> None:
        """Failures are only logged: the send itself meets them again, and reports them."""
        try:
            self.sender.prepare(self.store.get(generation_id), self.clock())
        except DailiesError as error:
            log.info("not uploaded yet: %s", error.message, extra={"generation": generation_id})
        except Exception:
            log.exception("unexpected failure", extra={"generation": generation_id})

    def record_hold(self, generation: Generation, seconds: float) -> None:
        if generation.status is Status.QUEUED and (why := self.breakers.reason(generation)):
            now = self.clock()
            until = now + timedelta(seconds=seconds)
            self.store.move(generation, Status.QUEUED, now, detail=why, reason=why, retry_at=until)

    def stumbled(self, generation_id: int, error: Exception) -> None:
        with suppress(DailiesError):
            generation = self.store.get(generation_id)
            why = (
                f"Something unexpected went wrong here ({type(error).__name__}); the log says more."
            )
            self.store.move(generation, generation.status, self.clock(), reason=why)

    def reset_failures(self) -> set[int]:
        """Returns the ids of those that had failed."""
        failed = {*self._calls, *self._fetches}
        self._calls.clear()
        self._fetches.clear()
        return failed

    def _wait(self, generation: Generation, now: datetime, error: DailiesError) -> float:
        in_a_row = self._count(generation, error)
        seconds = 0.0
        if generation.status is not Status.DOWNLOADING or isinstance(error, NotAuthorized):
            seconds = self.breakers.failed(generation, error)
        if not seconds or isinstance(error, RateLimited):
            seconds = max(seconds, self._patience(generation, error, in_a_row))
        log.warning("waits %.0f s: %s", seconds, error.message, extra={"generation": generation.id})
        reason = error.message
        if generation.status in BEFORE_PROVIDER:
            detail = reason if reason != generation.reason else ""
            retry_at = now + timedelta(seconds=seconds)
            self.store.move(
                generation, Status.QUEUED, now, detail=detail, reason=reason, retry_at=retry_at
            )
        else:
            self.store.move(generation, generation.status, now, reason=reason, polled_at=now)
        return seconds

    def _count(self, generation: Generation, error: DailiesError) -> int:
        """How often in a row the same kind of work has failed. Fetches and calls are counted apart:
        counted together, a clip would wait long although most of both succeed."""
        if not isinstance(error, DownloadError):
            self._calls[generation.id] += 1
            return self._calls[generation.id]
        self._calls.pop(generation.id, None)  # the provider has said where to fetch it
        self._fetches[generation.id] += 1
        return self._fetches[generation.id]

    def _patience(self, generation: Generation, error: DailiesError, in_a_row: int) -> float:
        """Seconds to wait after an error: what the error says, else jitter under a growing cap."""
        if isinstance(error, DiskFull):
            return ROOM_SECONDS
        least = self.poller.settings.poll_seconds
        if isinstance(error, LinkExpired):
            return least
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(least, min(error.retry_after, 2 * LONGEST_BACKOFF_SECONDS))
        no_breaker = isinstance(error, RateLimited | DownloadError)
        cap = min(LONGEST_BACKOFF_SECONDS if no_breaker else UNLUCKY_SECONDS, 2.0**in_a_row)
        floor = cap / 2 if isinstance(error, RateLimited) else 0.0
        jittered = random.uniform(floor, cap)
        return jittered if generation.status is Status.QUEUED else max(least, jittered)
