"""Channels: people who are told by Slack, by e-mail and in other ways, and how that goes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from core.domain.subscriptions import Delivery, InvalidSubscription, Subscription, Topic, Way
from core.errors import DailiesError
from core.media.address_book import AddressBook
from core.notifications.channels import Services
from core.notifications.wording import WORDS
from core.storage.outside.subscriptions import SubscriptionStore

LONGEST_NAME, MOST = 60, 50


class Channels:
    def __init__(
        self,
        *,
        store: SubscriptionStore,
        services: Services,
        book: AddressBook,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._services = services
        self._book = book
        self._clock = clock

    def all(self) -> list[Subscription]:
        return self._store.holding(Way.CHANNEL)

    def add(
        self,
        name: str,
        address: str,
        topics: Collection[Topic],
        *,
        by: str,
        person: str = "",
        with_pictures: bool = False,
    ) -> Subscription:
        """`address` is kept like a password, and never shown again; with a `person` it is told only
        of what they ordered. `with_pictures` sends a small one of what is done. Raises
        InvalidSubscription."""
        name, address = " ".join(name.split()), address.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise InvalidSubscription("Give it a name, so that it is known again.")
        wanted = frozenset(topics) & WORDS.keys()
        if not wanted:
            raise InvalidSubscription("Choose what it is to be told of.")
        if len(self.all()) >= MOST:
            raise InvalidSubscription(f"There are {MOST} channels, which is the most.")
        self._services.check(address)
        one = Subscription(
            id=secrets.token_hex(8),
            way=Way.CHANNEL,
            address=name,
            topics=frozenset(wanted),
            person=person,
            made_by=by,
            made_at=self._clock(),
            with_pictures=with_pictures,
        )
        self._book.put(one.id, address)
        self._store.add(one)
        return one

    def end(self, channel_id: str) -> None:
        self._store.end(channel_id, self._clock())
        self._book.remove(channel_id)

    def last(self, channel_id: str) -> Delivery | None:
        return next(iter(self._store.newest(channel_id, 1)), None)

    def test(self, channel: Subscription) -> str:
        """Send a message now; how that went, in words."""
        now = self._clock()
        example = Delivery(
            id=0,
            message_id="",
            subscription_id=channel.id,
            topic=min(channel.topics),
            at=now,
            data=json.dumps({"example": True}),
            attempts=0,
            next_at=now,
            outcome="",
            is_delivered=False,
            ended_at=None,
        )
        try:
            return self._services.post(channel, example)
        except DailiesError as error:
            return error.message
