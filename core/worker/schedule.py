"""When each open generation is worth another look, by a clock that never goes back."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Container


class Schedule:
    """A heap of moments, one for each id. Safe to use from many threads."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._due: dict[int, float] = {}
        self._heap: list[tuple[float, int]] = []

    def plan(self, number: int, seconds: float) -> None:
        """Look at this one in so many seconds; whatever was planned before is forgotten."""
        with self._lock:
            self._put(number, self._ticks() + seconds)

    def reschedule_earlier(self, number: int, seconds: float) -> None:
        """Look at this one in so many seconds, or earlier where that was planned."""
        with self._lock:
            due = self._ticks() + seconds
            self._put(number, min(due, self._due.get(number, due)))

    def take(self) -> dict[int, float]:
        """All that are due, each with the moment it was due at; they are planned no more."""
        with self._lock:
            now = self._ticks()
            found = {}
            while self._heap and self._heap[0][0] <= now:
                due, number = heapq.heappop(self._heap)
                if self._due.get(number) == due:
                    del self._due[number]
                    found[number] = due
            return found

    def late(self, due: float) -> float:
        """Seconds since a moment that `take` gave."""
        return self._ticks() - due

    def wait(self, most: float) -> float:
        """Seconds until the next is due, at most so many."""
        with self._lock:
            return max(0.0, min(most, self._heap[0][0] - self._ticks())) if self._heap else most

    def keep(self, numbers: Container[int]) -> None:
        """Forget all others."""
        with self._lock:
            for number in [one for one in self._due if one not in numbers]:
                del self._due[number]

    def __contains__(self, number: int) -> bool:
        return number in self._due

    def _put(self, number: int, due: float) -> None:
        self._due[number] = due
        heapq.heappush(self._heap, (due, number))
