"""The states of a generation in Runway's words, which frontends and its SDK know."""

from __future__ import annotations

from core.generations import Generation, Status
from core.providers.failures import explain

WORDS = {
    Status.QUEUED: "PENDING",
    Status.SUBMITTING: "PENDING",
    Status.PENDING: "PENDING",
    Status.THROTTLED: "THROTTLED",
    Status.RUNNING: "RUNNING",
    Status.DOWNLOADING: "RUNNING",
    Status.SUCCEEDED: "SUCCEEDED",
    Status.FAILED: "FAILED",
    Status.CANCELLED: "CANCELLED",
    Status.UNCONFIRMED: "FAILED",
}
UNCONFIRMED = "UNCONFIRMED"
NO_ANSWER = (
    "{who}'s answer was lost, so nobody knows whether it makes the clip: somebody must decide on"
    " the page Unconfirmed."
)


def failure(generation: Generation, who: str) -> str:
    """Why there is no clip, for people, who call its provider `who`; empty while there may be
    one."""
    if generation.status is Status.UNCONFIRMED:
        return NO_ANSWER.format(who=who)
    if generation.status is Status.CANCELLED:
        return "It was cancelled."
    if generation.status is not Status.FAILED:
        return ""
    if generation.failure_code:
        reason = explain(generation.failure_code, who)
        return f"{reason.title} {reason.advice}"
    return generation.reason or "It failed."


def failure_code(generation: Generation) -> str:
    unconfirmed = generation.status is Status.UNCONFIRMED
    return UNCONFIRMED if unconfirmed else generation.failure_code
