"""The envelope around every answer of KIE's, and the error that its code means.

What happened stands in `code`, whatever HTTP says: KIE's own pages show errors under HTTP 200 and
under HTTP 500. An answer without an envelope is somebody else's, and `core.providers.strangers`
says what it means. So is an error without words: others send a number in `code` too, KIE always
says why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import (
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    UnreadableAnswer,
)
from core.providers import strangers
from core.providers.strangers import Wire
from core.providers.tasks import cut

TITLE = "KIE"
SUCCESS = 200
WIRE = Wire(TITLE, "Check KIE_BASE_URL.")
SENTENCES: Mapping[int, tuple[type[ProviderError], str, str]] = {
    401: (
        NotAuthorized,
        "KIE does not accept the API key.",
        "Check KIE_API_KEY: keys come from kie.ai/api-key, which also says from where one may be"
        " used.",
    ),
    404: (NotFound, "KIE does not know this task.", "It has expired there, or never existed."),
    451: (
        Refused,
        "KIE could not fetch a file of this request.",
        "If it is an address, see that everybody can open it; or upload the file.",
    ),
    455: (Overloaded, "KIE is under maintenance.", "Nothing to do but wait."),
    505: (NotEnabled, "KIE has switched this off for now.", "Choose another model, or wait."),
}
"""Without 408, 500 and 501: after a create call they do not prove that nothing was made."""


def no_credits() -> OutOfCredits:
    return OutOfCredits(
        "The KIE account has too few credits for this.",
        "Buy credits at kie.ai: what is queued is sent when they are there.",
    )


@dataclass(frozen=True)
class Envelope:
    code: int
    said: str
    data: Any


def data(status: int, headers: Mapping[str, str], body: bytes, *, creating: bool = False) -> Any:
    """What a successful answer holds.

    Raises the ProviderError that another one stands for. When `creating`, a success counts whatever
    the HTTP status: a task that it names is paid for. See also `strangers.error_for`.
    """
    found, answered = _envelope(body), 200 <= status < 300
    if found is None or (found.code == SUCCESS and not answered and not creating):
        if answered:
            raise UnreadableAnswer("The answer did not come from KIE's API, or came incomplete.")
        raise strangers.error_for(WIRE, status, headers, creating=creating)
    if found.code != SUCCESS:
        raise error_for(found, creating=creating)
    return found.data


def error_for(answer: Envelope, *, creating: bool) -> ProviderError:
    if creating and answer.code == 404:  # about its address, or the clip to continue
        return NotFound(
            "KIE does not know what this request asks for.",
            f"A clip to go on with has expired there, if it names one. If not: {WIRE.address}",
        )
    if answer.code == 429:
        return RateLimited("KIE was asked too often.", "It is asked again by itself.")
    if answer.code == 402:
        return no_credits()
    if answer.code in SENTENCES:
        kind, message, hint = SENTENCES[answer.code]
        return kind(message, hint)
    if answer.code in (400, 405, 413, 422):
        return Refused("KIE refused the request.", answer.said)
    return ServerTrouble(f"KIE is in trouble (code {answer.code}).", answer.said)


def _envelope(body: bytes) -> Envelope | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or type(found.get("code")) is not int:
        return None
    code, said = found["code"], found.get("msg")
    if not isinstance(said, str):
        if code != SUCCESS:
            return None
        said = ""
    return Envelope(code, cut(said), found.get("data"))
