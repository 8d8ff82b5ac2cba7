"""Counts and credits of many generations: by day, and together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Totals:
    """Sums over generations. Credits are live ones; demo credits are never money."""

    generations: int = 0
    demo: int = 0
    succeeded: int = 0
    failed: int = 0
    charged: int = 0
    expected: int = 0
    demo_charged: int = 0
    demo_expected: int = 0

    @property
    def success_rate(self) -> float | None:
        """Succeeded of those that succeeded or failed, 0 to 1; None before the first. What a person
        cancelled is neither, nor is what nobody knows."""
        ended = self.succeeded + self.failed
        return self.succeeded / ended if ended else None


@dataclass(frozen=True)
class DailyCredits:
    """Credits of one UTC day, charged or else expected, and their sum up to that day."""

    day: date
    credits: int
    cumulative: int


@dataclass(frozen=True)
class Sums:
    """The totals of each UTC day that has any, oldest first.

    Of a search, `hits` are the ids that were summed, and `more` says that there are others.
    """

    days: Mapping[date, Totals]
    hits: Sequence[int] | None = None
    more: bool = False

    @property
    def totals(self) -> Totals:
        """All days together."""
        names = Totals.__dataclass_fields__
        return Totals(**{n: sum(getattr(day, n) for day in self.days.values()) for n in names})

    def daily(self, *, demo: bool) -> list[DailyCredits]:
        """Credits by day and cumulative, of live or of demo generations."""
        found: list[DailyCredits] = []
        for day, sums in self.days.items():
            if sums.demo if demo else sums.generations - sums.demo:
                live = sums.charged + sums.expected
                credits = sums.demo_charged + sums.demo_expected if demo else live
                before = found[-1].cumulative if found else 0
                found.append(DailyCredits(day, credits, before + credits))
        return found
