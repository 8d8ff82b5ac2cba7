"""How many more generations of each model may be sent now: no more than its provider works on at
once.

One more would wait at the provider, where it can neither be put behind others nor be withdrawn free
of charge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

from core.generations import Status
from core.providers.connections import Made
from core.providers.tasks import Limits
from core.storage.open_rows import OpenRow

LimitsOf = Callable[[Made], Limits | None]
"""The account's limits for its model; None while they are not known."""
Line = tuple[str, str]
"""A provider and a model there, whose generations share slots."""


def line_of(made: Made) -> Line:
    return made.provider, made.model


@dataclass
class Use:
    """How many slots of each line are taken, by our own history."""

    taken: Counter[Line] = field(default_factory=Counter)
    unproven: set[Line] = field(default_factory=set)
    """Lines with something sent that the provider has not begun yet."""
    throttled: set[Line] = field(default_factory=set)
    """Lines with something that waits at the provider: somebody else uses the account too."""

    @classmethod
    def of(cls, sent: Iterable[tuple[Line, Status]]) -> Use:
        use = cls()
        for line, status in sent:
            use.taken[line] += 1
            if status is Status.THROTTLED:
                use.throttled.add(line)
            elif status is not Status.RUNNING:
                use.unproven.add(line)
        return use


@dataclass(frozen=True)
class Slots:
    """`unlimited` names the providers that queue by themselves."""

    limits_of: LimitsOf
    unlimited: Set[str] = frozenset()

    def free(self, made: Made, use: Use, most: int) -> int:
        """How many of its line may be sent now, at most `most`. Where the limit is unknown, one
        more is sent whenever all before it have begun."""
        line = line_of(made)
        if made.provider in self.unlimited:
            return most
        if line in use.throttled:
            return 0
        limits = self.limits_of(made)
        if limits is None:
            return 0 if line in use.unproven else min(1, most)
        if limits.concurrent is None:
            return most
        at_once = max(1, limits.concurrent)  # a limit of none is told by the provider's refusal
        return max(0, min(most, at_once - use.taken[line]))


class Room:
    """How many queued generations may still be begun: in all, and of each line."""

    def __init__(self, senders: int, free: Mapping[Line, int]) -> None:
        self._senders = senders
        self._free = dict(free)

    def has(self, row: OpenRow) -> bool:
        return self._senders > 0 and self._free.get(line_of(row), 0) > 0

    def use(self, row: OpenRow) -> None:
        self._senders -= 1
        self._free[line_of(row)] -= 1
