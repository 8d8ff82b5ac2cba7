"""Channels on Settings: what is wrong is told, an address stays hidden, a test says how it went."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.subscriptions import Topic
from core.settings import Settings
from core.studio import Studio
from tests.pages.conftest import Visit, words

TOKEN = "tk_0123456789abcdefghijklmno"
ADD = "FormSubmitter:channel_new-Add"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of a server that may write to this machine."""
    return replace(settings, inside_hosts=frozenset({"127.0.0.1"}))


def test_what_is_wrong_is_told_and_what_was_typed_stays(studio: Studio, visit: Visit) -> None:
    page = visit("settings", section="Connections")
    page.text_input("channel_name").input("Team")
    page.text_input("channel_address").input("ntfy://10.0.0.7/topic")
    page.button(ADD).click().run()
    assert "Its server is in a private network" in words(page)
    assert page.text_input("channel_name").value == "Team"
    assert studio.channels.all() == []


def test_an_address_is_not_shown_again_and_a_test_says_how_it_went(
    studio: Studio, visit: Visit
) -> None:
    page = visit("settings", section="Connections")
    page.text_input("channel_name").input("Team")
    page.text_input("channel_address").input(f"ntfy://{TOKEN}@127.0.0.1:9/topic")
    page.button(ADD).click().run()
    (one,) = studio.channels.all()
    assert one.topics == {Topic.FAILED, Topic.UNCONFIRMED, Topic.BATCH_DONE}
    assert page.text_input("channel_address").value == ""
    assert "Team" in words(page)
    assert TOKEN not in words(page)
    page.button(f"channel_test_{one.id}").click().run()
    assert "Test: The service did not take the message." in words(page)
    page.button(f"channel_end_{one.id}").click().run()
    assert studio.channels.all() == []
