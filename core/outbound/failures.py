"""What a call that failed on its way means: the errors of requests as our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from core.errors import ProviderError, ServerTrouble, Unreachable, UnreadableAnswer
from core.outbound.sessions import CannotSend


@contextmanager
def of_calls_to(who: str) -> Iterator[None]:
    """Turn the errors of requests into our own, whose text holds neither key nor URL; `who` names
    the other side in them."""
    try:
        yield
    except requests.RequestException as error:
        raise translated(error, who) from None  # the text or the request may hold the key


def translated(error: requests.RequestException, who: str) -> ProviderError:
    kind = type(error).__name__
    if isinstance(error, CannotSend):
        return Unreachable(error.message, error.hint)
    if isinstance(error, requests.Timeout):
        return Unreachable(f"{who} did not answer in time.", "It is tried again by itself.")
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(
            f"No secure connection to {who} could be made.",
            "Check this server's clock, certificates and proxy.",
        )
    if isinstance(error, requests.ConnectionError):
        return Unreachable(f"{who} cannot be reached.", "Check this server's network and proxy.")
    if isinstance(error, (requests.exceptions.RetryError, requests.HTTPError)):
        return ServerTrouble(f"{who} is in trouble.", "It is tried again by itself.")
    if isinstance(error, ValueError) and not isinstance(error, requests.exceptions.JSONDecodeError):
        return ProviderError(f"The request could not be formed ({kind}).", "Check the settings.")
    return UnreadableAnswer(f"{who}'s answer could not be read ({kind}).", "It is tried again.")
