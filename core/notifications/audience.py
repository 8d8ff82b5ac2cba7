"""Whether somebody who is told of what happens may see what it is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from core.domain.batches import UnknownBatch
from core.domain.subscriptions import Delivery, Subscription
from core.errors import UnknownGeneration
from core.storage.making.batches import BatchStore
from core.storage.spending.caps import CapStore
from core.storage.store import Store

CAP = "cap."
BATCH = "batch."


class Audience:
    """A webhook or channel hears of what the person who set it up may see."""

    def __init__(
        self,
        generations: Store,
        batches: BatchStore,
        caps: CapStore,
        seen_as: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._generations = generations
        self._batches = batches
        self._caps = caps
        self._seen_as = seen_as

    def may_hear(self, one: Subscription, delivery: Delivery) -> bool:
        told = json.loads(delivery.data)
        if told.get("example"):
            return True
        with self._seen_as(one.made_by):
            return self._is_seen(delivery.topic, told)

    def _is_seen(self, topic: str, told: dict[str, object]) -> bool:
        try:
            if topic.startswith(CAP):
                return told["id"] in self._cap_ids()
            if topic.startswith(BATCH):
                self._batches.get(str(told["id"]))
            else:
                self._generations.get(int(str(told["id"])))
        except (UnknownBatch, UnknownGeneration):
            return False
        return True

    def _cap_ids(self) -> Collection[str]:
        return {cap.id for cap in self._caps.ever()}
