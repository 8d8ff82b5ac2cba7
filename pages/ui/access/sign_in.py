"""Who has signed in: by Streamlit's `st.login`, or at a proxy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_secrets_auth_section,
    validate_auth_credentials,
)
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.access import proxy_headers
from core.access.guarded import Asker
from core.domain.people import Identity, Person
from core.errors import NotAllowed, SettingsError
from core.serving import who_asks
from core.settings import Settings
from core.studio import Studio
from pages.ui.access import allowed

DEFAULT = "default"
"""The provider of a section that names none."""


def is_configured(settings: Settings) -> bool:
    """Whether people sign in: by a provider, or at a proxy. Raises SettingsError where it would not
    work, or would let in everybody although only some were meant."""
    offered = providers()
    for one in offered:
        try:
            validate_auth_credentials(one)
        except StreamlitAuthError as error:
            raise SettingsError(" ".join(str(error).split()), "") from None
    signs_in = bool(offered or settings.login_proxies)
    if not signs_in and (settings.admins or settings.makers or settings.viewers):
        raise SettingsError(
            "DAILIES_ADMINS, DAILIES_MAKERS or DAILIES_VIEWERS names people, but nobody can sign"
            " in.",
            "core/access/README.md says how to set that up; without it, all are let in.",
        )
    return signs_in


def of_cookies(cookies: Mapping[str, str]) -> Identity | None:
    """The identity in a cookie that Streamlit has signed; None for any other."""

    def one(name: str) -> bytes | None:
        signed = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, signed) if signed else None

    found = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    return _of_claims(json.loads(found)) if found else None


def asker(studio: Studio) -> Asker:
    def who() -> Person | None:
        identity = _identity(studio.settings)
        return studio.people.arrive(identity) if identity else None

    return Asker(who, _refused)


def _identity(settings: Settings) -> Identity | None:
    told = proxy_headers.identity(st.context.headers) if settings.login_proxies else None
    return told or _of_claims(st.user.to_dict())


def _of_claims(claims: Mapping[str, Any]) -> Identity | None:
    if not claims.get("is_logged_in"):
        return None
    groups = claims.get("groups") or ()
    is_verified = claims.get("email_verified", True) in (True, "true")
    return Identity(
        f"{claims.get('iss', '')} {claims.get('sub', '')}",
        str(claims.get("name") or claims.get("preferred_username") or ""),
        str(claims.get("email") or "") if is_verified else "",
        tuple(map(str, groups)) if isinstance(groups, list | tuple) else (),
    )


def _refused(error: NotAllowed) -> None:
    """Draws the page anew with the reason above it, so that nothing typed is lost. Outside of a
    click the error goes on, to be told beside its field."""
    if who_asks() is None or ThreadState.get().run_location == RunLocation.CALLBACK:
        st.session_state[allowed.REFUSED] = error
        st.rerun()


def providers() -> list[str]:
    section = get_secrets_auth_section().to_dict()
    if not section:
        return []
    named = [name for name, value in section.items() if isinstance(value, dict)]
    named = [name for name in named if "client_id" in section[name]]
    return [*([DEFAULT] if "client_id" in section or not named else []), *named]
