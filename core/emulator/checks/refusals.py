"""What the emulator says when it refuses: Runway's status codes and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

DOCS = "https://docs.dev.runwayml.com"


class Issue(TypedDict):
    """One reason why a body is invalid, as Runway lists them."""

    code: str
    path: list[str | int]
    message: str


class Refusal(Exception):
    """An answer that ends the request."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, **more}


def invalid(issues: Sequence[Issue]) -> Refusal:
    """400 with every issue at once."""
    return Refusal(400, "Validation of body failed", issues=list(issues), docUrl=f"{DOCS}/api")


HEAD_PROBLEMS = {
    "unreachable": "The URL could not be reached.",
    "redirect": "Redirects are not followed.",
    "no type": "The response has no Content-Type.",
    "octet-stream": "The Content-Type application/octet-stream does not say what the file is.",
    "no length": "The response has no Content-Length.",
}
"""What Runway asks of an address (docs.dev.runwayml.com, inputs). The wording is ours."""


def unread_url(field: str, problem: str) -> Refusal:
    """400: Runway looked at the address of an input with HEAD, and does not take it."""
    return Refusal(400, f"Failed to fetch asset for '{field}'. {HEAD_PROBLEMS[problem]}")


def no_key() -> Refusal:
    """401: no bearer, or one that is not known."""
    return Refusal(401, "The API key you provided is invalid.", docUrl=f"{DOCS}/errors/errors")


def no_version(sent: str | None) -> Refusal:
    """400: the version header is missing or unknown."""
    problem = f"The X-Runway-Version {sent!r} is not supported." if sent else ""
    return Refusal(400, problem or "The X-Runway-Version header is required.", docUrl=DOCS)


def no_credits() -> Refusal:
    """400, not 402: Runway says it so."""
    return Refusal(400, "You do not have enough credits to run this task.")


def no_draft() -> Refusal:
    """400: the draft to go on with is not there, or not done."""
    return Refusal(400, "The draft task could not be found, or has not succeeded.")


def no_task() -> Refusal:
    """404: unknown, deleted, or somebody else's."""
    return Refusal(404, "Could not find Task")


def over_daily(model: str) -> Refusal:
    """429: the model's rolling day is used up."""
    return Refusal(429, f"You have reached the daily generation limit for {model}.")


def too_large() -> Refusal:
    """413: the body is over the limit."""
    return Refusal(413, "Request body is too large.")
