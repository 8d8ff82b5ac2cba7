"""The nouns of many at once: Batch, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import DailiesError

MOST_VARIATIONS = 50
MOST = 10_000
"""Generations of one batch."""
LONGEST_NAME = 100


@dataclass(frozen=True)
class Batch:
    """What was ordered together. `size` is how many generations were asked for; `paused_at` is None
    unless what is not sent is to wait."""

    id: str
    name: str
    author: str
    size: int
    demo: bool
    created_at: datetime
    paused_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


@dataclass(frozen=True)
class Tally:
    """How far a batch is: of each place the newest generation counts. `rendered` is how much of
    those that are running is made, added up: from 0 to their number. Credits are of all that were
    ever made for it, by the provider: charged, and the most that the others may still cost."""

    done: int = 0
    running: int = 0
    waiting: int = 0
    failed: int = 0
    cancelled: int = 0
    unconfirmed: int = 0
    rendered: float = 0.0
    charged: Mapping[str, int] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        ended = self.done + self.failed + self.cancelled + self.unconfirmed
        return ended + self.running + self.waiting

    @property
    def is_open(self) -> bool:
        return self.running + self.waiting > 0

    @property
    def share(self) -> float:
        """How much of it is made, from 0 to 1: what has ended as a whole, what renders in part."""
        ended = self.size - self.running - self.waiting
        return min(1.0, (ended + self.rendered) / self.size) if self.size else 0.0


class UnknownBatch(DailiesError):
    """No batch has this id."""
