"""Calls of this server's own pages, in which the sign-in of the browser stands for a token."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from core.domain.people import Person
from core.web.sign_in import SIGNED_IN


def caller(request: Request) -> Person | None:
    """Who has signed in, if a page of this server makes the call; None where nobody signs in."""
    person: Person | None = request.scope.get(SIGNED_IN)
    return person if person and _is_of_own_page(request) else None


def _is_of_own_page(request: Request) -> bool:
    """Any page can have a browser call here with the cookie of whoever looks at it. But browsers
    say themselves which page it was, and no page can say otherwise. What says nothing is none."""
    site, origins = request.headers.get("sec-fetch-site"), request.headers.getlist("origin")
    if any(urlsplit(origin).netloc != request.headers.get("host") for origin in origins):
        return False
    return bool(origins) if site is None else site == "same-origin"
