"""Webhooks on Settings: a wrong address keeps what was typed, a secret is shown once."""

from __future__ import annotations

from core.domain.subscriptions import Topic
from core.studio import Studio
from tests.pages.conftest import Visit, words


def test_a_wrong_address_is_told_beside_the_field_and_stays_in_it(
    studio: Studio, visit: Visit
) -> None:
    page = visit("settings", section="Connections")
    page.text_input("webhook_address").input("http://10.0.0.7/hook")
    page.button("FormSubmitter:webhook_new-Add").click().run()
    assert "This is no address that a webhook may go to." in words(page)
    assert page.text_input("webhook_address").value == "http://10.0.0.7/hook"
    assert studio.webhooks.all() == []


def test_a_secret_is_shown_once_and_a_message_is_sent_again_by_a_click(
    studio: Studio, visit: Visit
) -> None:
    page = visit("settings", section="Connections")
    page.text_input("webhook_address").input("https://example.com/hook?token=word")
    page.button("FormSubmitter:webhook_new-Add").click().run()
    assert "whsec_" in words(page)
    page.button("webhook_kept").click().run()
    assert "whsec_" not in words(page)
    assert "token=word" not in words(page)
    (one,) = studio.webhooks.all()
    assert one.topics == {Topic.DONE, Topic.FAILED, Topic.UNCONFIRMED}
    page.button(f"webhook_example_{one.id}").click().run()
    (waiting,) = studio.webhooks.newest(one.id)
    assert "On its way" in words(page)
    page.button(f"webhook_again_{waiting.id}").click().run()
    assert [found.id for found in studio.webhooks.newest(one.id)] == [waiting.id]
    page.button(f"webhook_end_{one.id}").click().run()
    assert studio.webhooks.all() == []
