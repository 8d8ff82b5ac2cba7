"""Answers that are not a success: who sent them, and which of our errors they mean.

A status proves nothing until its sender is known. Runway answers JSON with an `error`. A proxy,
firewall, login page or wrong address answers HTML, nothing or other JSON, and speaks only for
itself. Create calls have a rule of their own, because more depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.errors import (
    Intercepted,
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Overloaded,
    Problem,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
)

LONGEST_TEXT = 2000
"""Longest text of Runway's that is shown; every viewer gets it."""
MOST_ISSUES = 20
BETWEEN = "Look for a login page, a firewall or a proxy between this server and Runway."
ADDRESS = "Check RUNWAYML_BASE_URL."
SHED = frozenset({502, 503})
"""From Runway: it takes on no more work. From a gateway: it got no answer."""
Sentences = Mapping[int, tuple[type[ProviderError], str, str]]
READING: Sentences = {
    401: (
        NotAuthorized,
        "Runway does not accept the API key.",
        "Check RUNWAYML_API_SECRET: keys come from dev.runwayml.com, not from the web app.",
    ),
    403: (
        NotEnabled,
        "Runway does not let this key do that.",
        "Look at dev.runwayml.com what the key's organization may do.",
    ),
    404: (NotFound, "Runway does not know this task.", "It was deleted there, or never existed."),
    413: (Refused, "The request is too large for Runway.", "Use a smaller picture."),
}
CREATING: Sentences = {
    **READING,
    403: (
        NotEnabled,
        "This key may not use this model.",
        "Enable the model for the key's organization at dev.runwayml.com, or choose another.",
    ),
    404: (NotFound, "There is no such address at Runway.", ADDRESS),
}


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"


def no_credits() -> OutOfCredits:
    return OutOfCredits(
        "The Runway account has too few credits for this.",
        "Buy credits at dev.runwayml.com: what is queued is sent when they are there.",
    )


def error_for(
    status: int, headers: Mapping[str, str], body: bytes, *, creating: bool = False
) -> ProviderError:
    """The error that an unsuccessful answer means. Never raises, whatever the body is."""
    if 300 <= status < 400:
        return Intercepted("Runway's address answered with a redirect.", f"{ADDRESS} {BETWEEN}")
    if status == 429:
        # Whoever sends this has not passed the call on: that is what the status means.
        return RateLimited(
            "Runway was asked too often.", "It is asked again by itself.", _seconds(headers)
        )
    fields = _fields(body)
    if said := _error(fields):
        return _own(status, said, fields, CREATING if creating else READING)
    return _stranger(status, creating=creating)


def _own(status: int, said: str, fields: Mapping[str, Any], sentences: Sentences) -> ProviderError:
    if status == 400 and "enough credits" in said:
        return no_credits()
    if status in sentences:
        kind, message, hint = sentences[status]
        return kind(message, hint)
    if status in (400, 405, 422):
        return Refused("Runway refused the request.", said, _issues(fields))
    trouble = Overloaded if status in SHED else ServerTrouble
    return trouble(f"Runway is in trouble (HTTP {status}).", "Nothing to do but wait.")


def _stranger(status: int, *, creating: bool) -> ProviderError:
    """What others mean by the status: nothing about the key, the model or a task.

    For a create call it also says whether the call was passed on. A gateway that refuses a request
    (400, 405, 413, 422) or does not know the address (404) did not pass it on; for a failing Runway
    behind it, it would send a 5xx. A filter (401, 403) may have stopped the answer instead.
    """
    if status >= 500:
        return ServerTrouble(
            f"Runway, or something in front of it, is in trouble (HTTP {status}).",
            "Nothing to do but wait.",
        )
    if creating and status == 404:
        return NotFound("There is no such address: nothing of Runway's answered.", ADDRESS)
    if creating and status in (400, 405, 413, 422):
        return Refused(
            f"Something between this server and Runway refused the request (HTTP {status}).",
            BETWEEN,
        )
    return Intercepted(
        f"Something between this server and Runway answered in its place (HTTP {status}).", BETWEEN
    )


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _error(fields: Mapping[str, Any]) -> str:
    said = fields.get("error")
    return cut(said) if isinstance(said, str) else ""


def _issues(fields: Mapping[str, Any]) -> list[Problem]:
    listed = fields.get("issues")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [_problem(one) for one in found[:MOST_ISSUES]]


def _problem(issue: Mapping[str, Any]) -> Problem:
    path, message = issue.get("path"), issue.get("message")
    steps = [step for step in path if isinstance(step, str | int)] if isinstance(path, list) else []
    return Problem(cut(".".join(map(str, steps))), cut(message) if isinstance(message, str) else "")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, if it is a sensible number."""
    text = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
