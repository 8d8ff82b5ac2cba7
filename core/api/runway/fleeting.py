"""What is remembered for a while, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 10_000
Value = TypeVar("Value")


class Fleeting(Generic[Value]):
    """Values by their keys, each for so many seconds; of very many, the newest."""

    def __init__(self, seconds: float, ticks: Callable[[], float]) -> None:
        self._seconds = seconds
        self._ticks = ticks
        self._known: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def put(self, key: str, value: Value) -> None:
        self._known[key] = self._ticks(), value
        self._known.move_to_end(key)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def get(self, key: str) -> Value | None:
        since, value = self._known.get(key, (float("-inf"), None))
        return value if self._ticks() - since < self._seconds else None
