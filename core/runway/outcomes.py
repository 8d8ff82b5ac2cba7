"""What a create call came to, by its receipt: one rule for a running server and a rebuilt history.

The call may have been paid for, so the rule errs on the side of doubt.
A call is repeated only when not a byte of it left, when Runway itself says in its own words that it
made nothing, or when it was turned away for being one too many. Another's 401 or 403 may have
stopped the answer instead of the request, and another's 5xx tells nothing of what Runway did.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import (
    DailiesError,
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    RateLimited,
    Refused,
    RunwayError,
    Unreachable,
)
from core.runway.error_responses import is_runways
from core.runway.receipts import Receipt
from core.runway.responses import Created, read

NO_FOR_NOW = (OutOfCredits, NotAuthorized, NotEnabled, RateLimited)
SHED = frozenset({502, 503})
"""By which Runway says that it took on no more work; by which a gateway says that it got no
answer."""


@dataclass(frozen=True)
class Made:
    """A task, which is paid for."""

    created: Created


@dataclass(frozen=True)
class Declined:
    """A definite no: nothing was made, and the same would be declined again."""

    error: Refused | NotFound


@dataclass(frozen=True)
class Unmade:
    """Nothing was made for now; the same call may be made again."""

    error: RunwayError
    reached: bool = True
    """Whether it got to Runway, or to anybody."""


@dataclass(frozen=True)
class InDoubt:
    """Nobody knows whether a task was made."""

    why: str
    unanswered: bool = True
    """Whether it waited for an answer; otherwise its sender was ended."""

    @property
    def reason(self) -> str:
        """What the generation says of it."""
        return f"The request was sent, but no usable answer came back ({self.why.rstrip('.')})."


NO_RECEIPT = InDoubt("its receipt is missing")
"""A call of which nothing was left to read."""


Outcome = Made | Declined | Unmade | InDoubt


def refusal(error: DailiesError) -> str:
    """What a generation says that was refused: each issue that Runway lists, or else the hint."""
    if isinstance(error, Refused) and error.issues:
        return " ".join([error.message, *(f"{i.field}: {i.message}" for i in error.issues)])
    return f"{error.message} {error.hint}".strip()


def outcome(receipt: Receipt) -> Outcome:
    """What became of the call whose receipt nobody changes any more."""
    if receipt.state in ("allocated", "refused_connection"):
        away = Unreachable("Runway cannot be reached.", "It is tried again by itself.")
        return Unmade(away, reached=False)
    if receipt.state != "answered":
        unanswered = receipt.state == "no_answer"
        return InDoubt(receipt.error or "the sender was ended", unanswered)
    body = receipt.body.encode()
    try:
        return Made(read(Created, receipt.status, receipt.headers, body))
    except (Refused, NotFound) as error:
        return Declined(error)
    except RunwayError as error:
        shed = receipt.status in SHED and is_runways(body)
        return Unmade(error) if shed or isinstance(error, NO_FOR_NOW) else InDoubt(error.message)
