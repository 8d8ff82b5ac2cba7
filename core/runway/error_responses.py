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
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Overloaded,
    Problem,
    ProviderError,
    Refused,
    ServerTrouble,
)
from core.providers import strangers
from core.providers.strangers import Wire
from core.providers.tasks import cut

MOST_ISSUES = 20
ADDRESS = "Check RUNWAYML_BASE_URL."
WIRE = Wire("Runway", ADDRESS)
BETWEEN = WIRE.between
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


def no_credits() -> OutOfCredits:
    return OutOfCredits(
        "The Runway account has too few credits for this.",
        "Buy credits at dev.runwayml.com: what is queued is sent when they are there.",
    )


def error_for(
    status: int, headers: Mapping[str, str], body: bytes, *, creating: bool = False
) -> ProviderError:
    """The error that an unsuccessful answer means. Never raises, whatever the body is."""
    fields = _fields(body)
    said = _error(fields)
    if said and status != 429 and not 300 <= status < 400:
        return _own(status, said, fields, CREATING if creating else READING)
    return strangers.error_for(WIRE, status, headers, creating=creating)


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
