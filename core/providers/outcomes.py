"""What came of a create call, judged by its receipt: one rule for a running server and for a
rebuilt history.

The call may have been paid for, so the rule errs on the side of doubt. A call is repeated only when
no byte of it left, when the provider itself says that it made nothing, or when a rate limit
rejected it. A 401 or 403 from something in between may have stopped the answer rather than the
request, and a 5xx from there says nothing about what the provider did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import (
    DailiesError,
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from core.providers.receipts import Receipt
from core.providers.tasks import Created

NO_FOR_NOW = (OutOfCredits, NotAuthorized, NotEnabled, RateLimited, Overloaded)
"""Errors that prove that nothing was made, and that will pass."""
ReadCreated = Callable[[Receipt], Created]
"""Reads a provider's answer; raises the ProviderError that it stands for."""


@dataclass(frozen=True)
class Made:
    created: Created


@dataclass(frozen=True)
class Declined:
    """A definite no: nothing was made, and the same call would be declined again."""

    error: Refused | NotFound


@dataclass(frozen=True)
class Unmade:
    """Nothing was made this time; the same call may be made again."""

    error: ProviderError
    reached: bool = True
    """Whether the call reached anybody."""


@dataclass(frozen=True)
class InDoubt:
    why: str
    unanswered: bool = True
    """False where its sender was killed before the call had ended."""

    @property
    def reason(self) -> str:
        return f"The request was sent, but no usable answer came back ({self.why.rstrip('.')})."


NO_RECEIPT = InDoubt("its receipt is missing")

NOT_SENT = {
    "allocated": "This server could not begin its call to {}.",
    "refused_connection": "{} cannot be reached.",
}
Outcome = Made | Declined | Unmade | InDoubt


def refusal(error: DailiesError) -> str:
    """The reason shown for a refused generation: every issue that was listed, else the hint."""
    if isinstance(error, Refused) and error.issues:
        return " ".join([error.message, *(f"{i.field}: {i.message}" for i in error.issues)])
    return f"{error.message} {error.hint}".strip()


def outcome(receipt: Receipt, read: ReadCreated, title: str) -> Outcome:
    """What came of the call, by its final receipt; `title` is what people call the provider."""
    if told := NOT_SENT.get(receipt.state):
        away = Unreachable(told.format(title), "It is tried again by itself.")
        return Unmade(away, reached=False)
    if receipt.state != "answered":
        unanswered = receipt.state == "no_answer"
        return InDoubt(receipt.error or "the sender was ended", unanswered)
    try:
        return Made(read(receipt))
    except (Refused, NotFound) as error:
        return Declined(error)
    except ProviderError as error:
        return Unmade(error) if isinstance(error, NO_FOR_NOW) else InDoubt(error.message)
