"""The nouns of spending limits: Cap, its scope and period, how it stands, what it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import DailiesError
from core.generations import FIRST_PROVIDER

EVERY_PROVIDER = "all"
"""Stands for a provider in a cap of dollars over all of them."""
MOST_CREDITS = 10**9
LEAST_WARNING, USUAL_WARNING, LATEST_WARNING = 50, 80, 100
"""Percent of a cap. At 100 it warns only when it stops."""


class Scope(StrEnum):
    """Whose spending a cap holds. The values are stored, so they never change."""

    EVERYONE = "everyone"
    PERSON = "person"
    PROJECT = "project"
    MODEL = "model"


class Period(StrEnum):
    """How long a cap lasts before it starts again, in UTC. The values are stored."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    def start(self, now: datetime) -> datetime | None:
        """None for a period that never begins again. Weeks begin on Monday."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self is Period.DAY:
            return day
        if self is Period.WEEK:
            return day - timedelta(days=day.weekday())
        if self is Period.MONTH:
            return day.replace(day=1)
        return None

    def turn(self, now: datetime) -> datetime | None:
        start = self.start(now)
        if start is None:
            return None
        if self is Period.MONTH:
            return (start + timedelta(days=32)).replace(day=1)
        return start + timedelta(days=1 if self is Period.DAY else 7)


@dataclass(frozen=True)
class Subject:
    """Who or what a cap is for. `key` is empty for everyone, else a person's key, the uid of a
    project or the id of a model; `name` is what people call it."""

    scope: Scope
    key: str = ""
    name: str = field(default="", compare=False)


EVERYONE = Subject(Scope.EVERYONE)


@dataclass(frozen=True)
class Cap:
    """At most so many credits of a provider in each period, or US cents over all providers where
    `provider` is EVERY_PROVIDER.

    It warns at `warn_percent` of them and stops at all. `ended_at` is None while it holds. Changing
    a cap ends it and begins another, so that it stays known who set what, and when.
    """

    id: str
    subject: Subject
    period: Period
    credits: int
    warn_percent: int
    made_by: str
    made_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None
    provider: str = FIRST_PROVIDER


@dataclass(frozen=True)
class Standing:
    """How far a cap is used in the present period, in what it counts: charged already, and the most
    that the others may still cost. `turns_at` is None if it never begins again."""

    cap: Cap
    charged: int
    pending: int
    turns_at: datetime | None

    @property
    def used(self) -> int:
        return self.charged + self.pending

    @property
    def left(self) -> int:
        return max(0, self.cap.credits - self.used)

    @property
    def is_reached(self) -> bool:
        return self.used >= self.cap.credits

    @property
    def warns(self) -> bool:
        """A cap that is reached does not warn any more: it stops."""
        near = self.used * 100 >= self.cap.credits * self.cap.warn_percent
        return near and not self.is_reached

    def refuses(self, price: int | None) -> bool:
        """An unknown price never fits."""
        return price is None or self.used + price > self.cap.credits


@dataclass(frozen=True)
class Order:
    """What somebody is about to pay for: its credits at most (None if nobody knows), the model and
    its provider, who asks, and the id of its project."""

    price: int | None
    model: str
    author: str = ""
    project_id: int | None = None
    provider: str = FIRST_PROVIDER


class InvalidCap(DailiesError):
    """A cap that cannot be set as it was asked for."""
