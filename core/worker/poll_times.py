"""When a task is worth its next poll: just after it is expected to end, never sooner than its
provider allows.

A free slot is noticed at the next poll. With regular polls that is half an interval late on
average; a task that tells its progress can be predicted better.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field

from core.generations import Status

STEADY = 0.2
"""The pace is relied on if it changed by at most this share from one look to the next."""
SLACK = 0.02
"""The poll comes later than the expected end by this share of the time until then: a moment too
early would cost a whole interval."""


@dataclass(frozen=True)
class Look:
    """`at` is in ticks, `progress` from 0 to 1."""

    at: float
    progress: float


@dataclass
class Course:
    _looks: deque[Look] = field(default_factory=lambda: deque(maxlen=3))

    @property
    def is_new(self) -> bool:
        return not self._looks

    def note(self, look: Look) -> None:
        self._looks.append(look)

    def seconds_left(self) -> float | None:
        """From the last look to the expected end; None while the pace is unknown or uneven. The
        more the pace has changed lately, the later the end is expected."""
        if len(self._looks) < 3:
            return None
        first, middle, last = self._looks
        before, lately = _pace(first, middle), _pace(middle, last)
        change = abs(lately - before)
        if lately <= 0 or change > STEADY * lately:
            return None
        pace = min(lately, _pace(first, last))
        return (1.0 - last.progress) / pace * (1.0 + change / lately)


def _pace(earlier: Look, later: Look) -> float:
    return (later.progress - earlier.progress) / max(later.at - earlier.at, 1e-6)


def until_next_poll(status: Status, age: float, left: float | None, least: float) -> float:
    """Seconds from the last poll to the next, at least `least`.

    `age` is the time since the task was sent; `left` is how long it is expected to take after the
    last poll. While a task waits, or runs for very long, the interval grows to six times `least`.
    Where the end is unknown the interval is jittered, so that tasks sent together are not polled
    together.
    """
    slower = age / 120 if status is Status.RUNNING else age / 12
    interval = max(least, min(slower, 6 * least))
    if status is not Status.RUNNING or left is None:
        return interval + random.uniform(0.0, 0.1 * (interval - least) + 0.004 * least)
    ahead = left + SLACK * (left + least)
    return max(interval, ahead / max(1, math.floor(ahead / interval)))
