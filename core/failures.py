"""Why a generation failed, in plain words. Codes are matched by prefix, the longest first.

From docs.dev.runwayml.com, errors/task-failures. Codes may grow: an unknown one has words too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """What happened, and what to change."""

    code: str
    title: str
    advice: str


FAILURES = (
    Failure(
        "SAFETY.INPUT.TEXT",
        "The prompt was stopped by moderation.",
        "Reword it: no violence, nudity, hate, or real people in a false light. Runway charges for"
        " this, and repeated hits can suspend an account.",
    ),
    Failure(
        "SAFETY.INPUT.IMAGE",
        "The picture was stopped by moderation.",
        "Use another picture. Runway charges for this, and repeated hits can suspend an account.",
    ),
    Failure(
        "SAFETY.INPUT",
        "What was sent was stopped by moderation.",
        "Change the prompt or the picture. Runway charges for this.",
    ),
    Failure(
        "INPUT_PREPROCESSING.SAFETY",
        "The prompt was stopped by moderation before work began.",
        "Reword it, then submit it again.",
    ),
    Failure(
        "SAFETY.OUTPUT",
        "The finished clip was stopped by moderation.",
        "A changed prompt may pass. Runway gives the credits back.",
    ),
    Failure(
        "ASSET.INVALID",
        "The picture could not be used.",
        "Check its size and shape, or export it again as PNG or JPEG.",
    ),
    Failure(
        "INTERNAL.BAD_OUTPUT",
        "The model made a clip that was not good enough to deliver.",
        "Simplify the prompt or try another picture. Runway gives the credits back.",
    ),
    Failure(
        "THIRD_PARTY",
        "The company behind this model is not available.",
        "Try again later, or try another model.",
    ),
    Failure(
        "INPUT_PREPROCESSING.INTERNAL",
        "Runway could not prepare the picture or the prompt.",
        "Try again in a few minutes.",
    ),
    Failure(
        "INTERNAL",
        "Something went wrong at Runway.",
        "Try again in a few minutes.",
    ),
)
UNKNOWN = Failure(
    "",
    "Runway could not make this clip.",
    "Try again in a few minutes; if it fails again, change the prompt.",
)
BY_LENGTH = sorted(FAILURES, key=lambda failure: -len(failure.code))


def explain(code: str) -> Failure:
    """The words for a failure code; an empty or unknown code has some too."""
    return next((f for f in BY_LENGTH if code == f.code or code.startswith(f"{f.code}.")), UNKNOWN)
