"""The demo words: put one into a prompt, and the task ends as Runway's would for that reason."""

from __future__ import annotations

from core.emulator.state.tasks import Outcome, Status


def _failed(code: str | None, failure: str) -> Outcome:
    return Outcome(status=Status.FAILED, failure_code=code, failure=failure)


WORDS = {
    "#fail-input-text": _failed(
        "SAFETY.INPUT.TEXT", "The text prompt did not pass content moderation."
    ),
    "#fail-input-image": _failed(
        "SAFETY.INPUT.IMAGE", "The input image did not pass content moderation."
    ),
    "#fail-preprocessing": _failed(
        "INPUT_PREPROCESSING.SAFETY.TEXT", "The prompt was rejected while it was being prepared."
    ),
    "#fail-output": _failed(
        "SAFETY.OUTPUT.VIDEO", "The generated video did not pass content moderation."
    ),
    "#fail-asset": _failed("ASSET.INVALID", "An input asset could not be used."),
    "#fail-bad-output": _failed(
        "INTERNAL.BAD_OUTPUT.CODE01", "The generated output was of too low a quality."
    ),
    "#fail-internal": _failed("INTERNAL", "An unexpected error occurred."),
    "#fail-third-party": _failed(
        "THIRD_PARTY.UNAVAILABLE", "The model's provider is not available."
    ),
    "#fail-unknown": _failed(None, "An unexpected error occurred."),
}
"""Word to outcome. A word counts if it stands alone, in upper or lower case."""


def forced_outcome(prompt: str) -> Outcome | None:
    for word in prompt.lower().split():
        if outcome := WORDS.get(word.strip(".,;:!?")):
            return outcome
    return None
