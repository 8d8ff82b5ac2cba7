"""When each open generation is worth another look, by a clock that never goes back."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Container


class Schedule:
    """When each id is due, on a heap; beside it the ids that wait for room instead. Safe to use
    from many threads."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._due: dict[int, float] = {}
        self._heap: list[tuple[float, int]] = []
        self._parked: set[int] = set()

    def plan(self, number: int, seconds: float) -> None:
        """Replace whatever was planned before."""
        with self._lock:
            self._put(number, self._ticks() + seconds)

    def reschedule_earlier(self, number: int, seconds: float) -> None:
        with self._lock:
            if number in self._parked:
                return
            due = self._ticks() + seconds
            self._put(number, min(due, self._due.get(number, due)))

    def park(self, number: int) -> None:
        with self._lock:
            self._due.pop(number, None)
            self._parked.add(number)

    def take_parked(self, wanted: Callable[[int], bool]) -> set[int]:
        with self._lock:
            taken = {number for number in self._parked if wanted(number)}
            self._parked -= taken
            return taken

    def is_parked(self, number: int) -> bool:
        return number in self._parked

    @property
    def has_parked(self) -> bool:
        return bool(self._parked)

    def take(self) -> dict[int, float]:
        """All that are due, each with the moment it fell due; they are no longer planned."""
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
        with self._lock:
            return max(0.0, min(most, self._heap[0][0] - self._ticks())) if self._heap else most

    def keep(self, numbers: Container[int]) -> None:
        with self._lock:
            for number in [one for one in self._due if one not in numbers]:
                del self._due[number]
            self._parked = {one for one in self._parked if one in numbers}

    def __contains__(self, number: int) -> bool:
        return number in self._due or number in self._parked

    def _put(self, number: int, due: float) -> None:
        self._parked.discard(number)
        self._due[number] = due
        heapq.heappush(self._heap, (due, number))
