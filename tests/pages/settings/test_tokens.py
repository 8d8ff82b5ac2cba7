"""Tokens on the Settings page: made by a name, shown once, revoked."""

from __future__ import annotations

from core.domain.people import Role
from core.studio import Studio
from tests.pages.conftest import Visit, button, markdown, words

HOSTILE = "![a](http://evil.test/a.png)"


def test_a_token_is_made_shown_once_and_revoked(visit: Visit, studio: Studio) -> None:
    page = visit("settings", section="Connections")
    assert "None yet. A token" in markdown(page)
    page.session_state["person_name"] = "Ann"
    page.text_input(key="token_label").input(HOSTILE)
    page.selectbox(key="token_role").select(Role.VIEWER)
    button(page, "Make the token").click().run()
    (token,) = studio.tokens.all()
    assert (token.label, token.person, token.role) == (HOSTILE, "Ann", Role.VIEWER)
    (secret,) = [code.value for code in page.code if code.value.startswith("dailies_")]
    assert studio.tokens.recognise(secret)
    assert HOSTILE not in markdown(page)
    button(page, "I have copied it").click().run()
    assert secret not in words(page)
    button(page, "Revoke this token").click().run()
    assert studio.tokens.recognise(secret) is None
    assert "Revoked tokens (1)" in words(page)


def test_what_is_wrong_with_a_name_stands_beside_it(visit: Visit, studio: Studio) -> None:
    page = visit("settings", section="Connections")
    page.session_state["person_name"] = "Ann"
    button(page, "Make the token").click().run()
    assert "Write a name." in markdown(page)
    assert studio.tokens.all() == []
