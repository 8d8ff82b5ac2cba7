"""What a month will come to if spending goes on as in the last days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, stdev

LEAST_DAYS = 5
"""Fewer do not tell a rate."""
MOST_DAYS = 28
"""Four whole weeks, since weekends are unlike other days."""
Z = 1.28
"""Of a normal distribution eight of ten lie within so many standard deviations."""


@dataclass(frozen=True)
class Forecast:
    """Credits of a month by `until`, its last day: the likely sum, and the band that holds eight of
    ten months whose days vary as much as the last `days` did."""

    likely: int
    low: int
    high: int
    until: date
    days: int


def of_month(spent: Mapping[date, int], today: date) -> Forecast | None:
    """From the credits of each day; None where there are too few days before today to tell a rate.

    A day without any counts as well, from the first day that has some. The band never lies below
    what is spent already.
    """
    days = _before(spent, today)
    if len(days) < LEAST_DAYS:
        return None
    until = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    rate, rest = mean(days), (until - today).days
    so_far = sum(spent.get(today.replace(day=n), 0) for n in range(1, today.day + 1))
    rest_of_today = max(0.0, rate - spent.get(today, 0))
    likely = so_far + rest_of_today + rate * rest
    # The coming days vary, and the rate itself is only known from so many days.
    to_come = rest + 1
    width = Z * stdev(days) * math.sqrt(to_come + to_come**2 / len(days))
    low = max(so_far, math.floor(likely - width))
    return Forecast(round(likely), low, math.ceil(likely + width), until, len(days))


def _before(spent: Mapping[date, int], today: date) -> list[int]:
    first = max(min(spent, default=today), today - timedelta(days=MOST_DAYS))
    return [spent.get(first + timedelta(days=n), 0) for n in range((today - first).days)]
