"""The small picture that goes with a message: of the finished clip, or of a batch's first."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

from core.domain.subscriptions import Delivery, Subscription, Topic
from core.errors import Uninspected, UnknownGeneration
from core.generations import Generation
from core.media.previews import Previews
from core.storage.making.batches import BatchStore
from core.storage.store import Store

log = logging.getLogger(__name__)

LONGEST = 640
"""Pixels at its longer side."""


class Pictures:
    """Shows only what the person who set up the channel may see at that moment."""

    def __init__(
        self,
        generations: Store,
        batches: BatchStore,
        previews: Previews,
        seen_as: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._generations = generations
        self._batches = batches
        self._previews = previews
        self._seen_as = seen_as

    def of(self, one: Subscription, delivery: Delivery) -> bytes:
        """A WebP without any text in it; empty where there is none."""
        told = json.loads(delivery.data)
        if not one.with_pictures or told.get("example"):
            return b""
        with self._seen_as(one.made_by):
            return self._first(self._subjects(delivery.topic, told))

    def _subjects(self, topic: Topic, told: dict[str, object]) -> Iterator[Generation]:
        numbers: list[int] = []
        if topic is Topic.DONE:
            numbers = [int(str(told["id"]))]
        elif topic is Topic.BATCH_DONE:
            numbers = self._batches.places(str(told["id"]))
        for number in numbers:
            with suppress(UnknownGeneration):
                yield self._generations.get(number)

    def _first(self, generations: Iterator[Generation]) -> bytes:
        outputs = (output for one in generations if not one.is_in_trash for output in one.outputs)
        shown = next((output for output in outputs if output.poster), None)
        try:
            return self._previews.small(shown, LONGEST) if shown else b""
        except (OSError, Uninspected) as error:
            log.warning("a message goes without its picture: %s", type(error).__name__)
            return b""
