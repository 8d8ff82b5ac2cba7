"""Reads Runway's answers: bytes in, our own types or errors out. No network, no state.

Tolerant where the API may grow: unknown keys are ignored, `status` is an open set of words, and an
optional field that cannot be read is left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AliasPath,
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from core.errors import Intercepted, UnreadableAnswer
from core.providers import tasks
from core.providers.tasks import Answer, cut
from core.runway.error_responses import BETWEEN, error_for

MOST_CREDITS = 10**12
TASK_ID = re.compile(r"^[0-9A-Za-z_-]{1,100}$")


def _whole_credits(value: object) -> int | None:
    """Whole credits, rounded up, since the API may estimate fractions; None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return math.ceil(value) if 0 <= value <= MOST_CREDITS else None


def _unless_unreadable(default: Any) -> WrapValidator:
    def read_or_default(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        try:
            return check(value)
        except ValidationError:
            return default

    return WrapValidator(read_or_default)


def _net_credits(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ValueError("not a number of credits")
    if abs(value) > MOST_CREDITS:
        raise ValueError("more credits than there are")
    return round(value)


Credits = Annotated[int | None, BeforeValidator(_whole_credits)]
Text = Annotated[str, AfterValidator(cut), _unless_unreadable("")]
Count = Annotated[int | None, _unless_unreadable(None)]


class Created(tasks.Created):
    id: str = Field(pattern=TASK_ID.pattern)
    credits_estimated: Credits = Field(None, validation_alias=AliasPath("estimatedCost", "credits"))


class Task(tasks.Task):
    """Runway's words for the states of a task are those of `tasks.STAGES`, and its codes for
    failures those of `core.providers.failures`: both were taken from here."""

    status: Annotated[str, AfterValidator(cut)]
    created_at: Annotated[AwareDatetime | None, _unless_unreadable(None)] = Field(
        None, alias="createdAt"
    )
    progress: Annotated[float | None, _unless_unreadable(None)] = None
    outputs: Annotated[tuple[str, ...], _unless_unreadable(())] = Field(
        (), alias="output", repr=False
    )
    failure: Text = ""
    failure_code: Text = Field("", alias="failureCode")
    credits_estimated: Credits = Field(None, validation_alias=AliasPath("estimatedCost", "credits"))
    credits_charged: Credits = Field(None, validation_alias=AliasPath("cost", "credits"))

    @field_validator("progress")
    @classmethod
    def _as_fraction(cls, value: float | None) -> float | None:
        """0 to 1. The API says only "float", so a value above 1 is taken as percent."""
        if value is None or math.isnan(value):
            return None
        return min(max(value / 100 if value > 1 else value, 0.0), 1.0)


class Limits(tasks.Limits):
    concurrent: Count = Field(None, alias="maxConcurrentGenerations")
    daily: Count = Field(None, alias="maxDailyGenerations")


class Use(tasks.Use):
    today: Count = Field(None, alias="dailyGenerations")


class Organization(tasks.Organization):
    credit_balance: int = Field(alias="creditBalance")
    limits: Mapping[str, Annotated[Limits, _unless_unreadable(Limits())]] = Field(
        {}, validation_alias=AliasPath("tier", "models")
    )
    monthly_spend: Count = Field(None, validation_alias=AliasPath("tier", "maxMonthlyCreditSpend"))
    usage: Mapping[str, Annotated[Use, _unless_unreadable(Use())]] = Field(
        {}, validation_alias=AliasPath("usage", "models")
    )


class _Spent(Answer):
    model: str
    amount: Annotated[int, BeforeValidator(_net_credits)]


class _UsageOfDay(Answer):
    date: date
    used: tuple[_Spent, ...] = Field(alias="usedCredits")


class UsageReport(Answer):
    """What Runway has booked, by UTC day and model. Read whole or not at all: a skipped line would
    look like a difference where there is none."""

    days: tuple[_UsageOfDay, ...] = Field(alias="results")

    @property
    def credits(self) -> Mapping[tuple[date, str], int]:
        """Net credits by day and model: charges less refunds."""
        sums: Counter[tuple[date, str]] = Counter()
        for day in self.days:
            for spent in day.used:
                sums[day.date, spent.model] += spent.amount
        return dict(sums)


class UploadTicket(Answer):
    upload_url: str = Field(alias="uploadUrl", repr=False)
    fields: Mapping[str, str] = Field(repr=False)
    uri: str = Field(alias="runwayUri")


AnswerT = TypeVar("AnswerT", bound=Answer)


def read(kind: type[AnswerT], status: int, headers: Mapping[str, str], body: bytes) -> AnswerT:
    """The answer as `kind`. Raises the ProviderError that the status or the body stands for."""
    if not 200 <= status < 300:
        raise error_for(status, headers, body, creating=kind is Created)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        stranger = not body.lstrip().startswith(b"{")
        raise (Intercepted if stranger else UnreadableAnswer)(
            "The answer did not come from Runway's API, or came incomplete.", BETWEEN
        ) from error
