"""Reads Runway's answers: bytes in, our own types or an error of ours out. No network, no state.

Tolerant where the API may grow: unknown keys are ignored, `status` is an open set of words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
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

Credits = Annotated[int, BeforeValidator(lambda v: math.ceil(v) if isinstance(v, float) else v)]
"""Whole credits; the API may estimate in fractions, which we round up."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Created(_Answer):
    """The answer to a create call: the only place where a task's id is ever told."""

    id: str = Field(pattern=r"^[0-9A-Za-z_-]{1,100}$")
    credits_estimated: Credits | None = Field(
        None, validation_alias=AliasPath("estimatedCost", "credits")
    )


class Task(_Answer):
    """A task as Runway shows it. `outputs` are bearer-like addresses: never log, store or show."""

    id: str
    status: str
    progress: float | None = None
    outputs: tuple[str, ...] = Field((), alias="output", repr=False)
    failure: str = ""
    failure_code: str = Field("", alias="failureCode")
    credits_estimated: Credits | None = Field(
        None, validation_alias=AliasPath("estimatedCost", "credits")
    )
    credits_charged: Credits | None = Field(None, validation_alias=AliasPath("cost", "credits"))

    @field_validator("progress")
    @classmethod
    def _as_fraction(cls, value: float | None) -> float | None:
        """0 to 1. The API says only float, so a value over 1 is read as percent."""
        if value is None or math.isnan(value):
            return None
        return min(max(value / 100 if value > 1 else value, 0.0), 1.0)

    @field_validator("failure", "failure_code", mode="before")
    @classmethod
    def _absent_is_empty(cls, value: object) -> object:
        return "" if value is None else value


class Limits(_Answer):
    """What the tier allows one model; None means no limit."""

    concurrent: int | None = Field(None, alias="maxConcurrentGenerations")
    daily: int | None = Field(None, alias="maxDailyGenerations")


class Organization(_Answer):
    """The account behind the key: what is left, what is allowed, what was used today."""

    credit_balance: int = Field(alias="creditBalance")
    monthly_limit: int | None = Field(
        None, validation_alias=AliasPath("tier", "maxMonthlyCreditSpend")
    )
    limits: Mapping[str, Limits] = Field({}, validation_alias=AliasPath("tier", "models"))
    usage: Mapping[str, Mapping[str, Any]] = Field(
        {}, validation_alias=AliasPath("usage", "models")
    )

    def used_today(self, model: str) -> int:
        """Generations of `model` in the last 24 hours, by Runway's count."""
        return int(self.usage.get(model, {}).get("dailyGenerations") or 0)


class UploadTicket(_Answer):
    """Where to send a file, and the address it will have for 24 hours."""

    upload_url: str = Field(alias="uploadUrl", repr=False)
    fields: Mapping[str, str] = Field(repr=False)
    uri: str = Field(alias="runwayUri")


class _Issue(_Answer):
    message: str
    path: tuple[str | int, ...] = ()

    def problem(self) -> Problem:
        return Problem(".".join(map(str, self.path)), self.message)


class _ErrorBody(_Answer):
    error: str = ""
    issues: tuple[_Issue, ...] = ()

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
NO_CREDITS = OutOfCredits(
    "The Runway account has too few credits for this.",
    "Buy credits at dev.runwayml.com, then submit it again: nothing was charged.",
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
        return OutOfCredits(NO_CREDITS.message, NO_CREDITS.hint)
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
    return float(text) if text.isdigit() and len(text) < 7 else None
