"""What providers answer, in one form for all: a task, the account, its limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from core.generations import Status

PENDING, THROTTLED, RUNNING = "PENDING", "THROTTLED", "RUNNING"
SUCCEEDED, FAILED, CANCELLED = "SUCCEEDED", "FAILED", "CANCELLED"
STAGES = {
    PENDING: Status.PENDING,
    THROTTLED: Status.THROTTLED,
    RUNNING: Status.RUNNING,
    SUCCEEDED: Status.DOWNLOADING,  # what was made must still be fetched
    FAILED: Status.FAILED,
    CANCELLED: Status.CANCELLED,
}
"""The status of a generation for each state of its task. These words are stored."""


LONGEST_TEXT = 2000
"""Of a provider's text that is shown; every viewer gets it."""


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Created(Answer):
    """The answer to a create call, the only place that ever tells a task's id."""

    id: str
    credits_estimated: int | None = None


class Task(Answer):
    """A task as its provider shows it. `outputs` are bearer-like URLs: never log, store or show
    them.

    `status` is a word of `STAGES`, or the provider's own for a state that none of them is.
    `progress` is from 0 to 1. `failure_code` is one of `core.providers.failures`, or begins with
    one and a dot.
    """

    id: str
    status: str
    created_at: datetime | None = None
    progress: float | None = None
    outputs: tuple[str, ...] = Field((), repr=False)
    failure: str = ""
    failure_code: str = ""
    credits_estimated: int | None = None
    credits_charged: int | None = None

    @property
    def stage(self) -> Status | None:
        """The status of its generation; None for a word that is not in `STAGES`."""
        return STAGES.get(self.status)


class Limits(Answer):
    """What the account allows for one model; None means no limit."""

    concurrent: int | None = None
    daily: int | None = None


class Use(Answer):
    today: int | None = None


class Organization(Answer):
    """The account behind the key."""

    credit_balance: int
    monthly_spend: int | None = None
    """The most credits that may be spent in a month."""
    limits: Mapping[str, Limits] = {}
    usage: Mapping[str, Use] | None = None
    """None where the provider does not count."""

    def used_today(self, model: str) -> int:
        """Generations of `model` in the last 24 hours, by the provider's count; 0 where it does not
        count."""
        return (self.usage or {}).get(model, Use()).today or 0

    def counted_today(self, model: str) -> int | None:
        """As `used_today`; None where the provider does not count."""
        return None if self.usage is None else self.used_today(model)

    def is_used_up(self, model: str) -> bool:
        daily = self.limits.get(model, Limits()).daily
        return daily is not None and self.used_today(model) >= daily


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"
