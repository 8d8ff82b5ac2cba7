"""The failure words: put one into a prompt, and the task ends as KIE's would for that reason.

KIE has no codes for them: the texts are all that tells one from another.
"""

from __future__ import annotations

WORDS = {
    "#fail-moderation": "The prompt was flagged as inappropriate by the AI moderator.",
    "#fail-image": "The image contains inappropriate content.",
    "#fail-nsfw": "The generated video was flagged as NSFW.",
    "#fail-format": "Incorrect image format.",
    "#fail-size": "Unsupported width or height.",
    "#fail-length": "The prompt cannot exceed 2048 characters.",
    "#fail-busy": "You have reached the limit for concurrent generations.",
    "#fail-network": "Upload failed due to network reasons, please re-enter.",
    "#fail-later": "Something went wrong, please try again later.",
}
"""A word counts if it stands alone, in upper or lower case."""


def failure_of(prompt: str) -> str:
    words = (word.strip(".,;:!?") for word in prompt.lower().split())
    return next((WORDS[word] for word in words if word in WORDS), "")
