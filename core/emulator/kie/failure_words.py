"""The failure words: put one into a prompt, and the task ends as KIE's would for that reason.

KIE has no codes for them: the texts are all that tells one from another. The words of Runway's
emulator are known here too, with what KIE says that comes nearest.
"""

from __future__ import annotations

PROMPT = "The prompt was flagged as inappropriate by the AI moderator."
IMAGE = "The image contains inappropriate content."
RESULT = "The generated video was flagged as NSFW."
FORMAT = "Incorrect image format."
BUSY = "You have reached the limit for concurrent generations."
LATER = "Something went wrong, please try again later."
RUNWAYS_WORDS = {
    "#fail-input-text": PROMPT,
    "#fail-input-image": IMAGE,
    "#fail-preprocessing": PROMPT,
    "#fail-output": RESULT,
    "#fail-asset": FORMAT,
    "#fail-bad-output": LATER,
    "#fail-internal": LATER,
    "#fail-third-party": BUSY,
    "#fail-unknown": "The video was not made.",
}
WORDS = RUNWAYS_WORDS | {
    "#fail-moderation": PROMPT,
    "#fail-image": IMAGE,
    "#fail-nsfw": RESULT,
    "#fail-format": FORMAT,
    "#fail-size": "Unsupported width or height.",
    "#fail-length": "The prompt cannot exceed 2048 characters.",
    "#fail-busy": BUSY,
    "#fail-network": "Upload failed due to network reasons, please re-enter.",
    "#fail-later": LATER,
}
"""A word counts if it stands alone, in upper or lower case."""


def failure_of(prompt: str) -> str:
    words = (word.strip(".,;:!?") for word in prompt.lower().split())
    return next((WORDS[word] for word in words if word in WORDS), "")
