"""Takes the outbox to its receivers, each in its own time: one that is slow delays nobody else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta

from core.domain.subscriptions import Delivery, Subscription, Way
from core.errors import DailiesError
from core.storage.outside.subscriptions import SubscriptionStore
from core.worker.pool import Pool

log = logging.getLogger(__name__)

Post = Callable[[Subscription, Delivery], str]
"""Delivers a message, and says how that went. Raises NotDelivered."""
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds between attempts: a day in all."""
KEPT = timedelta(days=7)
THREADS = 8
PULSE_SECONDS = 1.0
STOP_SECONDS = 1.0


class Deliverer:
    """At most one message at a time goes to each subscription."""

    def __init__(
        self,
        store: SubscriptionStore,
        posts: Mapping[Way, Post],
        leads: Callable[[], bool],
        look: Callable[[], None],
        may_hear: Callable[[Subscription, Delivery], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """`leads` says whether this server delivers; `look` writes what no change of a generation
        shows, such as a cap that is reached.

        Messages that a subscription may not hear are dropped.
        """
        self._store = store
        self._posts = posts
        self._leads = leads
        self._look = look
        self._may_hear = may_hear
        self._clock = clock
        self._busy: set[str] = set()
        self._guard = threading.Lock()
        self._pool = Pool(THREADS, "deliver")
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._forgot_at = float("-inf")

    def step(self) -> list[Future[None]]:
        """The futures end when what is due was sent."""
        if not self._leads():
            return []
        self._look()
        with self._guard:
            due = self._store.due(self._clock(), self._busy)
            self._busy.update(one.subscription_id for one in due)
        return [self._pool.submit(self._deliver, one) for one in due]

    def soon(self) -> None:
        self._wake.set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._repeat, name="notifications", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """A message on its way may be cut off: it is sent again after the next start, with the same
        id."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)
        self._pool.stop(time.monotonic() + STOP_SECONDS)

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.step()
                self._forget()
            except DailiesError as error:
                log.warning("nothing is told for now: %s", error.message)
            except Exception:
                log.exception("the notifications stumbled")
            self._wake.wait(PULSE_SECONDS)

    def _forget(self) -> None:
        if time.monotonic() - self._forgot_at > KEPT.total_seconds() / 100:
            self._forgot_at = time.monotonic()
            self._store.forget(self._clock() - KEPT)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            if one := self._store.get(delivery.subscription_id):
                self._attempt(one, delivery)
        finally:
            with self._guard:
                self._busy.discard(delivery.subscription_id)
            self._wake.set()

    def _attempt(self, one: Subscription, delivery: Delivery) -> None:
        try:
            if not self._may_hear(one, delivery):
                self._store.drop(delivery)
                return
            outcome = self._posts[one.way](one, delivery)
        except DailiesError as error:
            self._failed(one, delivery, error.message)
        except Exception:
            log.exception("a %s stumbled", one.way)
            self._failed(one, delivery, "Something unexpected went wrong here; the log says more.")
        else:
            self._store.delivered(delivery, outcome, self._clock())

    def _failed(self, one: Subscription, delivery: Delivery, why: str) -> None:
        wait = WAITS[delivery.attempts] if delivery.attempts < len(WAITS) else None
        self._store.failed(delivery, why, self._clock(), wait)
        level = logging.INFO if wait else logging.WARNING
        log.log(level, "a %s was not delivered: %s", one.way, why)
