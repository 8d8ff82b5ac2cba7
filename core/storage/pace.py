"""Long writes are made in slices, so that every other writer gets a turn between two of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Progress = Callable[[int, int], None]
"""Called after each slice with the number done and the total."""


def untold(done: int, total: int) -> None:
    """For a write whose progress nobody watches."""


@dataclass(frozen=True)
class Pace:
    at_once: int = 500
    pause_seconds: float = 0.05
    """Pauses between slices, since SQLite does not give its lock in turn: without a pause the same
    writer would get it again."""

    def slices(
        self, items: Sequence[Item], progress: Progress = untold
    ) -> Iterator[Sequence[Item]]:
        """Each slice is to be written in one transaction before the next is asked for."""
        for start in range(0, len(items), self.at_once):
            if start:
                time.sleep(self.pause_seconds)
            part = items[start : start + self.at_once]
            yield part
            progress(start + len(part), len(items))


USUAL = Pace()
