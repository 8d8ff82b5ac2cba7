"""The breakers of all providers: each holds back only what is made at its own."""

from __future__ import annotations

from dataclasses import replace

from core.errors import DailiesError
from core.providers.breaker import Breaker, Work
from core.providers.breakers import Breakers
from core.providers.connections import Connections


class BreakerPanel:
    """Safe to use from many threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def _of(self, work: Work) -> Breakers:
        return self._connections[work.provider].breakers

    def delay(self, work: Work) -> float:
        return self._of(work).delay(work)

    def left(self, work: Work) -> float:
        return self._of(work).left(work)

    def reason(self, work: Work) -> str:
        return self._of(work).reason(work)

    def failed(self, work: Work, error: DailiesError) -> float:
        return self._of(work).failed(work, error)

    def force_retry(self, work: Work) -> None:
        if work.provider in self._connections:
            self._of(work).force_retry(work.id)

    @property
    def close_count(self) -> int:
        return sum(one.breakers.close_count for one in self._connections)

    def open(self) -> list[Breaker]:
        found = [
            replace(breaker, provider=one.provider.name)
            for one in self._connections
            for breaker in one.breakers.open()
        ]
        return sorted(found, key=lambda breaker: breaker.since)

    def states(self) -> list[tuple[str, str]]:
        """As `Breakers.states`, with the provider's name in front of all but the usual one's."""
        usual, *others = self._connections
        named = [
            (f"{one.provider.name}:{name}", state)
            for one in others
            for name, state in one.breakers.states()
        ]
        return [*usual.breakers.states(), *named]
