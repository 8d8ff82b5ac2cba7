"""The nouns of telling what has happened: Topic, Subscription, Delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import DailiesError


class Topic(StrEnum):
    """What can be told. The values are stored and sent, so they never change."""

    CREATED = "generation.created"
    STATUS = "generation.status"
    DONE = "generation.done"
    FAILED = "generation.failed"
    UNCONFIRMED = "generation.unconfirmed"
    BATCH_DONE = "batch.done"
    CAP_WARNED = "cap.warned"
    CAP_STOPPED = "cap.stopped"


class Way(StrEnum):
    """How it is told. The values are stored."""

    WEBHOOK = "webhook"
    """Each change, to a program, as the Standard Webhooks specification has it."""
    CHANNEL = "channel"
    """Ends only, and of a batch once, in words to a person."""


@dataclass(frozen=True)
class Subscription:
    """Who is told.

    `address` is the URL of a webhook, or a channel's label: its own address is a secret, which no
    history holds. With a `person` only their orders are told. A channel `with_pictures` gets a
    small picture of finished clips.
    """

    id: str
    way: Way
    address: str
    topics: frozenset[Topic]
    person: str
    made_by: str
    made_at: datetime
    with_pictures: bool = False


@dataclass(frozen=True)
class Delivery:
    """One message to one subscription. `data` is JSON text. `outcome` says in words how the last
    attempt went; without `ended_at` there is another one at `next_at`."""

    id: int
    message_id: str
    subscription_id: str
    topic: Topic
    at: datetime
    data: str
    attempts: int
    next_at: datetime
    outcome: str
    is_delivered: bool
    ended_at: datetime | None


class InvalidSubscription(DailiesError):
    """A subscription that cannot be made as it was asked for."""


class NotDelivered(DailiesError):
    """A message did not arrive; it holds nothing of the address."""
