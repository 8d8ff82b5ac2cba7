"""What a proxy that signs people in says of them, in headers as oauth2-proxy calls them."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.people import Identity

EMAIL, NAME, GROUPS = "x-auth-request-email", "x-auth-request-user", "x-auth-request-groups"
NAMES = (EMAIL, NAME, GROUPS)


def identity(headers: Mapping[str, str]) -> Identity | None:
    email = headers.get(EMAIL, "").strip()
    if not email:
        return None
    groups = tuple(one for part in headers.get(GROUPS, "").split(",") if (one := part.strip()))
    return Identity(f"proxy {email.casefold()}", headers.get(NAME, "").strip(), email, groups)
