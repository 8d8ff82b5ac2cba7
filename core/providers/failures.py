"""Why a generation failed, in plain words. Codes are matched by their longest prefix.

The codes are Runway's, whose list is the longest; other providers map theirs to these. What each
means, whether the same request may be sent again, and whether credits are refunded stands in
docs.dev.runwayml.com, errors/task-failures. The list may grow: an unknown code has a text too, and
is never sent again unchanged. What was charged is only what the task itself says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from core.generations import Generation, Status
from core.providers.tasks import FAILED


class Again(Enum):
    LATER = "The same again may pass later."
    CHANGED = "Only after a change."
    NEVER = "Not as it is; change what was stopped."


@dataclass(frozen=True)
class Failure:
    """What happened, what to change, what it usually costs, and whether to try again. `{who}` in
    its texts stands for the provider until `told` fills it in."""

    code: str
    title: str
    advice: str
    usual_cost: str
    again: Again

    def told(self, who: str) -> Failure:
        texts = (self.title, self.advice, self.usual_cost)
        title, advice, usual_cost = (text.replace("{who}", who) for text in texts)
        return replace(self, title=title, advice=advice, usual_cost=usual_cost)


TOO_LARGE = "DAILIES.TOO_LARGE"
"""Our own code: the clip was made, but it is larger than this server keeps."""
CHARGED, REFUNDED = "Charged in full", "Given back"
UNSURE = "Not sure: {who}'s own figure counts"
SUSPENSION = "Repeated hits can suspend an account."

FAILURES = (
    Failure(
        "SAFETY.INPUT.TEXT",
        "The prompt was stopped by moderation.",
        f"Reword it: no violence, nudity, hate, or real people in a false light. {SUSPENSION}",
        CHARGED,
        Again.NEVER,
    ),
    Failure(
        "SAFETY.INPUT.IMAGE",
        "A picture was stopped by moderation.",
        f"Use another picture. {SUSPENSION}",
        CHARGED,
        Again.NEVER,
    ),
    Failure(
        "SAFETY.INPUT.VIDEO",
        "A video was stopped by moderation.",
        f"Use another video, or cut out what may have been the reason. {SUSPENSION}",
        CHARGED,
        Again.NEVER,
    ),
    Failure(
        "SAFETY.INPUT",
        "What was sent was stopped by moderation.",
        f"Change the prompt or the files. {SUSPENSION}",
        CHARGED,
        Again.NEVER,
    ),
    Failure(
        "INPUT_PREPROCESSING.SAFETY",
        "The prompt was stopped by moderation before work began.",
        f"Reword it. {SUSPENSION}",
        UNSURE,
        Again.NEVER,
    ),
    Failure(
        "SAFETY.OUTPUT",
        "What was made was stopped by moderation.",
        "Other words or another picture may pass.",
        REFUNDED,
        Again.NEVER,
    ),
    Failure(
        "ASSET.INVALID",
        "A picture, video or sound could not be used.",
        "Check its size, shape and length, or export it again: PNG, JPEG, MP4 or MP3.",
        REFUNDED,
        Again.CHANGED,
    ),
    Failure(
        "INTERNAL.BAD_OUTPUT",
        "The model made something that was not good enough to deliver.",
        "Simplify the prompt or try another picture.",
        REFUNDED,
        Again.CHANGED,
    ),
    Failure(
        "INPUT_PREPROCESSING.INTERNAL",
        "{who} could not prepare what was sent.",
        "Try again in a few minutes.",
        REFUNDED,
        Again.LATER,
    ),
    Failure(
        "THIRD_PARTY.UNAVAILABLE",
        "The company behind this model is not available.",
        "Try again later, or try another model.",
        REFUNDED,
        Again.LATER,
    ),
    Failure(
        "THIRD_PARTY",
        "The company behind this model did not make it.",
        "Change something, or try another model.",
        REFUNDED,
        Again.CHANGED,
    ),
    Failure(
        "INTERNAL",
        "Something went wrong at {who}.",
        "Try again in a few minutes.",
        REFUNDED,
        Again.LATER,
    ),
)
NO_CODE = Failure(
    "",
    "{who} could not make this, and gave no code for it.",
    "Try again in a few minutes; if it fails again, change the prompt.",
    REFUNDED,
    Again.LATER,
)
UNKNOWN_CODE = Failure(
    "?",
    "{who} could not make this, for a reason that is new here.",
    "Read the details, and change what they point to.",
    UNSURE,
    Again.CHANGED,
)
NOT_KEPT = Failure(
    TOO_LARGE,
    "{who} made this, but it is larger than this server keeps.",
    "Set DAILIES_LARGEST_FILE to more, start Dailies again, and fetch it again from {who}.",
    CHARGED,
    Again.CHANGED,
)
BY_LENGTH = sorted((*FAILURES, NOT_KEPT), key=lambda failure: -len(failure.code))


def explain(code: str, who: str) -> Failure:
    return _of(code).told(who)


def _of(code: str) -> Failure:
    if not code:
        return NO_CODE
    found = (f for f in BY_LENGTH if code == f.code or code.startswith(f"{f.code}."))
    return next(found, UNKNOWN_CODE)


def is_moderation(code: str) -> bool:
    return _of(code).again is Again.NEVER


def is_gone(generation: Generation) -> bool:
    """True if the provider no longer knows the task, without having said that it failed."""
    ended_here = generation.status is Status.FAILED and generation.remote_status != FAILED
    return ended_here and generation.task_id is not None and not generation.failure_code


def may_repeat(generation: Generation) -> bool:
    failed_there = generation.status is Status.FAILED and generation.remote_status == FAILED
    return failed_there and _of(generation.failure_code).again is Again.LATER


def may_change(generation: Generation) -> bool:
    return generation.status is Status.FAILED
