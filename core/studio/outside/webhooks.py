"""Webhooks: who is told of what happens here, and how that goes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from core.domain.subscriptions import Delivery, InvalidSubscription, Subscription, Topic, Way
from core.notifications.deliverer import Deliverer
from core.notifications.webhooks import Poster
from core.storage.outside.subscriptions import SubscriptionStore

NEWEST = 30
MOST = 20


class Webhooks:
    def __init__(
        self,
        *,
        store: SubscriptionStore,
        poster: Poster,
        deliverer: Deliverer,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._poster = poster
        self._deliverer = deliverer
        self._clock = clock

    def all(self) -> list[Subscription]:
        return self._store.holding(Way.WEBHOOK)

    def add(self, url: str, topics: Collection[Topic], *, by: str) -> tuple[Subscription, str]:
        """The webhook, and its secret for verification, which is not shown again. Raises
        InvalidSubscription."""
        url = url.strip()
        self._poster.check(url)
        if not topics:
            raise InvalidSubscription("Choose what it is to be told of.")
        if len(self.all()) >= MOST:
            raise InvalidSubscription(f"There are {MOST} webhooks, which is the most.")
        one = Subscription(
            id=secrets.token_hex(8),
            way=Way.WEBHOOK,
            address=url,
            topics=frozenset(topics),
            person="",
            made_by=by,
            made_at=self._clock(),
        )
        self._store.add(one)
        return one, self._poster.secret(one.id)

    def end(self, webhook_id: str) -> None:
        self._store.end(webhook_id, self._clock())

    def newest(self, webhook_id: str) -> list[Delivery]:
        return self._store.newest(webhook_id, NEWEST)

    def send_again(self, delivery_id: int) -> None:
        """The same message with the same id, by which its receiver recognises it."""
        self._store.again(delivery_id, self._clock())
        self._deliverer.soon()

    def send_example(self, webhook: Subscription) -> None:
        topic = min(webhook.topics)
        self._store.say(webhook, topic, json.dumps({"example": True}), self._clock())
        self._deliverer.soon()
