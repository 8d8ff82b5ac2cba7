"""The emulator's refusals, with Runway's status codes and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

DOCS = "https://docs.dev.runwayml.com"


class Issue(TypedDict):
    code: str
    path: list[str | int]
    message: str


class Refusal(Exception):
    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, **more}


def invalid(issues: Sequence[Issue]) -> Refusal:
    return Refusal(400, "Validation of body failed", issues=list(issues), docUrl=f"{DOCS}/api")


HEAD_PROBLEMS = {
    "unreachable": "The URL could not be reached.",
    "redirect": "Redirects are not followed.",
    "no type": "The response has no Content-Type.",
    "octet-stream": "The Content-Type application/octet-stream does not say what the file is.",
    "wrong type": "The Content-Type text/html is not one that this input takes.",
    "no length": "The response has no Content-Length.",
    "too large": "The Content-Length is larger than this input may be.",
}
"""What Runway requires of a URL (docs.dev.runwayml.com, inputs). The wording is ours."""


def unread_url(field: str, problem: str) -> Refusal:
    """400: Runway checked an input's URL with HEAD, and does not accept it."""
    return Refusal(400, f"Failed to fetch asset for '{field}'. {HEAD_PROBLEMS[problem]}")


def no_key() -> Refusal:
    return Refusal(401, "The API key you provided is invalid.", docUrl=f"{DOCS}/errors/errors")


def no_version(sent: str | None) -> Refusal:
    problem = f"The X-Runway-Version {sent!r} is not supported." if sent else ""
    return Refusal(400, problem or "The X-Runway-Version header is required.", docUrl=DOCS)


def no_credits() -> Refusal:
    """400, not 402: so it is at Runway."""
    return Refusal(400, "You do not have enough credits to run this task.")


def no_draft() -> Refusal:
    """400: the draft to continue does not exist, or is not finished."""
    return Refusal(400, "The draft task could not be found, or has not succeeded.")


def no_task() -> Refusal:
    """404: unknown, deleted, or somebody else's."""
    return Refusal(404, "Could not find Task")


def over_daily(model: str) -> Refusal:
    return Refusal(429, f"You have reached the daily generation limit for {model}.")


def too_large() -> Refusal:
    return Refusal(413, "Request body is too large.")
