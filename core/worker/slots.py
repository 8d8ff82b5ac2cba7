"""How many more generations of each model may be sent now: as many as Runway works on at once.

One more than that would wait at Runway, where it can neither be put behind others nor be withdrawn
free of charge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from core.generations import Status
from core.runway.responses import Limits
from core.storage.open_rows import OpenRow

LimitsOf = Callable[[str], Limits | None]
"""What the account allows for a model; None while that is not known."""


@dataclass
class Use:
    """What is in the slots of each model, by our own history."""

    taken: Counter[str] = field(default_factory=Counter)
    unproven: set[str] = field(default_factory=set)
    """Models of which something was sent that Runway has not begun yet."""
    throttled: set[str] = field(default_factory=set)
    """Models of which something waits at Runway: somebody else uses the account too."""

    @classmethod
    def of(cls, sent: Iterable[tuple[str, Status]]) -> Use:
        """From the model and status of each one that is on its way to Runway or there."""
        use = cls()
        for model, status in sent:
            use.taken[model] += 1
            if status is Status.THROTTLED:
                use.throttled.add(model)
            elif status is not Status.RUNNING:
                use.unproven.add(model)
        return use


@dataclass(frozen=True)
class Slots:
    """`unlimited` where Runway is to do the queueing."""

    limits_of: LimitsOf
    unlimited: bool = False

    def free(self, model: str, use: Use, most: int) -> int:
        """How many of a model may be sent now, at most `most`.

        Where the limit is not known, one more is sent whenever Runway has begun all before it.
        """
        if self.unlimited:
            return most
        if model in use.throttled:
            return 0
        limits = self.limits_of(model)
        if limits is None:
            return 0 if model in use.unproven else min(1, most)
        if limits.concurrent is None:
            return most
        at_once = max(1, limits.concurrent)  # with none at all, Runway's refusal says why
        return max(0, min(most, at_once - use.taken[model]))


class Room:
    """What may still be begun of the queued ones, of each model."""

    def __init__(self, senders: int, free: Mapping[str, int]) -> None:
        self._senders = senders
        self._free = dict(free)

    def has(self, row: OpenRow) -> bool:
        return self._senders > 0 and self._free.get(row.model, 0) > 0

    def use(self, row: OpenRow) -> None:
        self._senders -= 1
        self._free[row.model] -= 1
