"""How far our own tasks may have changed a provider's figures between two looks at the account.

That is seldom one number, as nobody knows to the second when a task began, or whether it is charged
at its beginning or its end: so it is a span.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from core.storage.spending.ledger import Work

SLACK = timedelta(seconds=2)
"""A figure of the account is at most this much younger than the moment noted for it."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    low: float
    high: float

    def plus(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def under(self, figure: int) -> Span:
        return Span(figure - self.high, figure - self.low)

    def meets(self, other: Span) -> bool:
        return self.low <= other.high and other.low <= self.high


NOTHING = Span(0, 0)
ONE = Span(1, 1)


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime

    def may_hold(self, first: datetime, last: datetime | None) -> tuple[bool, ...]:
        """Whether something between `first` and `last` fell into the window; both answers where it
        may have."""
        if first >= self.end + SLACK or (last and last <= self.start):
            return (False,)
        if first >= self.start + SLACK and last and last <= self.end:
            return (True,)
        return (False, True)

    def earlier(self, span: timedelta) -> Window:
        return Window(self.start - span, self.end - span)


def counted(work: Work, window: Window) -> Span:
    """How much a task changes its model's rolling 24-hour count within the window."""
    begun = window.may_hold(work.sent_at, work.known_at)
    fallen = window.earlier(DAY).may_hold(work.sent_at, work.known_at)
    changes = [b - f for b, f in product(begun, fallen)] + ([] if work.sure else [0])
    return Span(min(changes), max(changes))


def charged(work: Work, window: Window) -> Span:
    """What a task takes from the balance within the window, less what it gives back.

    Covers both ways of charging: at its beginning with a refund at its end, or only at its end.
    Where a task ended without telling its cost, it may have cost nothing or all.
    """
    known = work.charged
    held = next((one for one in (work.estimated, known) if one is not None), math.inf)
    finals = (0, held) if known is None else (known,)
    ends = window.may_hold(work.known_at or work.sent_at, work.ended_at)
    sums: list[float] = [] if work.sure else [0]
    for begun in window.may_hold(work.sent_at, work.known_at):
        for ended, final in product((False,) if work.ended_at is None else ends, finals):
            sums += [_from_the_beginning(held, final, begun, ended), final if ended else 0]
    return Span(min(sums), max(sums))


def _from_the_beginning(held: float, final: float, begun: bool, ended: bool) -> float:
    """What leaves the balance where `held` is taken first, and the rest comes back at the end."""
    if begun:
        return final if ended else held
    return final - held if ended and final != held else 0


def total(spans: Iterable[Span]) -> Span:
    together = NOTHING
    for span in spans:
        together = together.plus(span)
    return together
