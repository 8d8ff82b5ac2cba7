"""The rules that the emulator follows: tempo, limits, credits and the life of links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tempo:
    """How a task moves on: at once, after so many polls, or after so many seconds; `most` where the
    seconds differ from task to task."""

    kind: str
    amount: float = 0
    most: float = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `instant`, `polls:3`, `seconds:20` or `seconds:20-40`."""
        kind, _, amount = text.partition(":")
        if kind == "instant" and not amount:
            return cls(kind)
        if kind == "polls" and amount.isdigit() and int(amount) >= 1:
            return cls(kind, int(amount))
        if kind == "seconds":
            least, _, most = amount.partition("-")
            try:
                seconds = float(least), float(most or least)
            except ValueError:
                seconds = -1, -1
            if 0 < seconds[0] <= seconds[1] < float("inf"):
                return cls(kind, *seconds)
        raise ValueError(f"{text!r} is no tempo: instant, polls:N or seconds:S, or seconds:S-T")

    def of(self, task_id: str) -> Tempo:
        """That of one task: the seconds between the two are drawn by its id, a UUID."""
        if self.most <= self.amount:
            return self
        share = UUID(task_id).int / 2**128
        return replace(self, amount=self.amount + share * (self.most - self.amount))

    def progress(self, admitted: datetime, looks: int, now: datetime) -> float:
        """Progress of a task: negative while it is pending, 1 when it is due."""
        if self.kind == "instant":
            return 1
        if self.kind == "polls":
            return 1 if looks >= self.amount else (looks - 1) / self.amount or -1
        elapsed = (now - admitted).total_seconds() / self.amount
        return min(elapsed, 1) if elapsed >= 0.1 else -1

    def due(self, admitted: datetime) -> datetime | None:
        if self.kind == "polls":
            return None
        return admitted + timedelta(seconds=self.amount)


class Rules(BaseModel):
    """A set of rules. Limits are per model; None means no limit. Lives are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tempo: str = "instant"
    concurrency: int | None = Field(default=None, ge=1)
    daily: int | None = Field(default=None, ge=0)
    credits: int = Field(default=25_000, ge=0)
    url_ttl: float = Field(default=24 * 3600, ge=0)
    upload_ttl: float = Field(default=24 * 3600, ge=0)
    cancelled_visible: bool = False
    chance_seed: int = 0

    @field_validator("tempo")
    @classmethod
    def _is_a_tempo(cls, text: str) -> str:
        Tempo.parse(text)
        return text

    @cached_property
    def pace(self) -> Tempo:
        return Tempo.parse(self.tempo)

    def changed(self, **settings: object) -> Rules:
        return Rules.model_validate(self.model_dump() | settings)
