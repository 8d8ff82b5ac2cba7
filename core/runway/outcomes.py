"""What came of a create call, judged by its receipt: one rule for a running server and for a
rebuilt history.

The call may have been paid for, so the rule errs on the side of doubt. A call is repeated only when
no byte of it left, when Runway itself says that it made nothing, or when it was rejected by a rate
limit. Somebody else's 401 or 403 may have stopped the answer rather than the request, and somebody
else's 5xx says nothing about what Runway did.
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
"""From Runway: it takes on no more work. From a gateway: it got no answer."""


@dataclass(frozen=True)
class Made:
    """A task, which is paid for."""

    created: Created


@dataclass(frozen=True)
class Declined:
    """A definite no: nothing was made, and the same call would be declined again."""

    error: Refused | NotFound


@dataclass(frozen=True)
class Unmade:
    """Nothing was made this time; the same call may be made again."""

    error: RunwayError
    reached: bool = True
    """Whether the call reached Runway, or anybody."""


@dataclass(frozen=True)
class InDoubt:
    why: str
    unanswered: bool = True
    """Whether it waited for an answer; otherwise its sender was killed."""

    @property
    def reason(self) -> str:
        return f"The request was sent, but no usable answer came back ({self.why.rstrip('.')})."


NO_RECEIPT = InDoubt("its receipt is missing")
"""A call that left nothing to read."""


Outcome = Made | Declined | Unmade | InDoubt


def refusal(error: DailiesError) -> str:
    """The reason shown for a refused generation: every issue that Runway lists, else the hint."""
    if isinstance(error, Refused) and error.issues:
        return " ".join([error.message, *(f"{i.field}: {i.message}" for i in error.issues)])
    return f"{error.message} {error.hint}".strip()


def outcome(receipt: Receipt) -> Outcome:
    """What came of the call whose receipt can no longer change."""
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
