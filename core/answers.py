"""Reads Runway's answers: bytes in, our own types or an error of ours out. No network, no state.

Tolerant where the API may grow: unknown keys are ignored, `status` is an open set of words, and a
field that we can do without is left out when it cannot be read.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AliasPath,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from core.errors import (
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Problem,
    RateLimited,
    Refused,
    RunwayError,
    ServerTrouble,
    UnreadableAnswer,
)

MOST_CREDITS = 10**12
TASK_ID = re.compile(r"^[0-9A-Za-z_-]{1,100}$")


def _whole_credits(value: object) -> int | None:
    """Whole credits, rounded up, as the API may estimate in fractions; None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return math.ceil(value) if 0 <= value <= MOST_CREDITS else None


def _unless_unreadable(default: Any) -> WrapValidator:
    """A field's own check, with `default` where it fails."""

    def read_or_default(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
        try:
            return check(value)
        except ValidationError:
            return default

    return WrapValidator(read_or_default)


def _net_credits(value: object) -> int:
    """A sum of charges less refunds, so that it may be negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ValueError("not a number of credits")
    if abs(value) > MOST_CREDITS:
        raise ValueError("more credits than there are")
    return round(value)


Credits = Annotated[int | None, BeforeValidator(_whole_credits)]
Text = Annotated[str, _unless_unreadable("")]
Count = Annotated[int | None, _unless_unreadable(None)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Created(_Answer):
    """The answer to a create call: the only place where a task's id is ever told."""

    id: str = Field(pattern=TASK_ID.pattern)
    credits_estimated: Credits = Field(None, validation_alias=AliasPath("estimatedCost", "credits"))


class Task(_Answer):
    """A task as Runway shows it. `outputs` are bearer-like addresses: never log, store or show."""

    id: str
    status: str
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
        """0 to 1. The API says only float, so a value over 1 is read as percent."""
        if value is None or math.isnan(value):
            return None
        return min(max(value / 100 if value > 1 else value, 0.0), 1.0)


class Limits(_Answer):
    """What the tier allows one model; None means no limit."""

    concurrent: Count = Field(None, alias="maxConcurrentGenerations")
    daily: Count = Field(None, alias="maxDailyGenerations")


class Use(_Answer):
    """What was used of one model."""

    today: Count = Field(None, alias="dailyGenerations")


class Organization(_Answer):
    """The account behind the key: what is left, what is allowed, what was used today."""

    credit_balance: int = Field(alias="creditBalance")
    monthly_limit: Count = Field(None, validation_alias=AliasPath("tier", "maxMonthlyCreditSpend"))
    limits: Mapping[str, Annotated[Limits, _unless_unreadable(Limits())]] = Field(
        {}, validation_alias=AliasPath("tier", "models")
    )
    usage: Mapping[str, Annotated[Use, _unless_unreadable(Use())]] = Field(
        {}, validation_alias=AliasPath("usage", "models")
    )

    def used_today(self, model: str) -> int:
        """Generations of `model` in the last 24 hours, by Runway's count."""
        return self.usage.get(model, Use()).today or 0


class _Spent(_Answer):
    model: str
    amount: Annotated[int, BeforeValidator(_net_credits)]


class _UsageOfDay(_Answer):
    date: date
    used: tuple[_Spent, ...] = Field(alias="usedCredits")


class UsageReport(_Answer):
    """What Runway has booked, by UTC day and model. Read whole or not at all: a report with a line
    left out would make a difference where there is none."""

    days: tuple[_UsageOfDay, ...] = Field(alias="results")

    @property
    def credits(self) -> Mapping[tuple[date, str], int]:
        """Net credits by day and model: charges less refunds."""
        sums: Counter[tuple[date, str]] = Counter()
        for day in self.days:
            for spent in day.used:
                sums[day.date, spent.model] += spent.amount
        return dict(sums)


class UploadTicket(_Answer):
    """Where to send a file, and the address it will have for 24 hours."""

    upload_url: str = Field(alias="uploadUrl", repr=False)
    fields: Mapping[str, str] = Field(repr=False)
    uri: str = Field(alias="runwayUri")


class _Issue(_Answer):
    message: Text = ""
    path: Annotated[tuple[str | int, ...], _unless_unreadable(())] = ()

    def problem(self) -> Problem:
        return Problem(".".join(map(str, self.path)), self.message)


class _ErrorBody(_Answer):
    error: Text = ""
    issues: Annotated[tuple[_Issue, ...], _unless_unreadable(())] = ()

    @classmethod
    def of(cls, body: bytes) -> Self:
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            return cls()


AnswerT = TypeVar("AnswerT", bound=_Answer)
SENTENCES: Mapping[int, tuple[type[RunwayError], str, str]] = {
    401: (
        NotAuthorized,
        "Runway does not accept the API key.",
        "Check RUNWAYML_API_SECRET: keys come from dev.runwayml.com, not from the web app.",
    ),
    403: (
        NotEnabled,
        "This key may not use this model.",
        "Enable the model for the key's organization at dev.runwayml.com, or choose another.",
    ),
    404: (NotFound, "Runway does not know this task.", "It was deleted there, or never existed."),
    413: (Refused, "The request is too large for Runway.", "Use a smaller picture."),
}


def no_credits() -> OutOfCredits:
    """What lacking credits is called, whether Runway says so or the balance does."""
    return OutOfCredits(
        "The Runway account has too few credits for this.",
        "Buy credits at dev.runwayml.com: what is queued is sent when they are there.",
    )


def read(kind: type[AnswerT], status: int, headers: Mapping[str, str], body: bytes) -> AnswerT:
    """The answer as `kind`. Raises the RunwayError that the status or the body stands for."""
    if not 200 <= status < 300:
        raise error_for(status, headers, body)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableAnswer(
            "The answer did not come from Runway's API, or came incomplete.",
            "Is there a login page or a proxy between this server and Runway?",
        ) from error


def error_for(status: int, headers: Mapping[str, str], body: bytes) -> RunwayError:
    """The error of an answer that is not a success. Never raises, whatever the body is."""
    answer = _ErrorBody.of(body)
    if 300 <= status < 400:
        return UnreadableAnswer(
            "Runway's address answered with a redirect.",
            "Check RUNWAYML_BASE_URL, and for a login page between this server and Runway.",
        )
    if status == 429:
        return RateLimited(
            "Today's limit of generations for this model is reached.",
            "It is a rolling 24 hours; a higher tier allows more.",
            _seconds(headers),
        )
    if status == 400 and "enough credits" in answer.error:
        return no_credits()
    if status in SENTENCES:
        kind, message, hint = SENTENCES[status]
        return kind(message, hint)
    if status in (400, 405, 422):
        return Refused(
            "Runway refused the request.",
            answer.error or "It gave no reason.",
            [issue.problem() for issue in answer.issues],
        )
    return ServerTrouble(f"Runway is in trouble (HTTP {status}).", "Nothing to do but wait.")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, where it is a sensible number."""
    text = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
