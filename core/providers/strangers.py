"""Answers that no provider wrote: from a proxy, a firewall, a login page, a wrong address.

Such an answer says nothing about the key, the model or a task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Intercepted, NotFound, ProviderError, RateLimited, Refused, ServerTrouble


@dataclass(frozen=True)
class Wire:
    """The way to a provider: what people call it, and which setting says where it is."""

    title: str
    address: str

    @property
    def between(self) -> str:
        return f"Look for a login page, a firewall or a proxy between this server and {self.title}."


def error_for(
    to: Wire, status: int, headers: Mapping[str, str], *, creating: bool
) -> ProviderError:
    """What an unsuccessful status means, whoever sent it.

    For a create call the error also says whether the call was passed on. A gateway that refuses a
    request (400, 405, 413, 422) or does not know the address (404) did not pass it on; for a
    failing provider behind it, it would send a 5xx. A filter (401, 403) may have stopped the answer
    instead.
    """
    who = to.title
    if 300 <= status < 400:
        return Intercepted(
            f"{who}'s address answered with a redirect.", f"{to.address} {to.between}"
        )
    if status == 429:
        # By the meaning of this status, its sender has not passed the call on.
        return RateLimited(
            f"{who} was asked too often.", "It is asked again by itself.", _seconds(headers)
        )
    if status >= 500:
        return ServerTrouble(
            f"{who}, or something in front of it, is in trouble (HTTP {status}).",
            "Nothing to do but wait.",
        )
    if creating and status == 404:
        return NotFound(f"There is no such address: nothing of {who}'s answered.", to.address)
    if creating and status in (400, 405, 413, 422):
        return Refused(
            f"Something between this server and {who} refused the request (HTTP {status}).",
            to.between,
        )
    return Intercepted(
        f"Something between this server and {who} answered in its place (HTTP {status}).",
        to.between,
    )


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, if it is a sensible number."""
    text = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
