"""A clip that was saved here and dropped on the form again, in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import from_text, generate, play
from tests.browser.test_screening import form_is_there

pytestmark = pytest.mark.browser

DROP = """(content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const given = new DataTransfer();
    given.items.add(new File([bytes], 'saved.mp4', {type: 'video/mp4'}));
    document.querySelector('.st-key-composer textarea').dispatchEvent(
        new DragEvent('drop', {dataTransfer: given, bubbles: true, cancelable: true}));
}"""
ONLY_FIELD = """(words) => {
    const fields = [...document.querySelectorAll('textarea[aria-label=Prompt]')];
    return fields.length === 1 && fields[0].value === words;
}"""
"""Filled anew, it takes the place of the one before, which Streamlit takes away a moment later."""
PROMPT = "A paper boat in the rain"


def test_a_saved_clip_that_is_dropped_on_the_form_offers_to_fill_it(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    from_text(page, PROMPT)
    generate(page)
    play(page)
    address = page.get_by_role("link", name="Download").first.get_attribute("href")
    assert address
    saved = page.request.get(server.url + address).body()

    words = page.get_by_label("Prompt", exact=True)
    words.fill("Something else")
    words.blur()
    form_is_there(page)
    page.evaluate(DROP, base64.b64encode(saved).decode())
    offer = page.locator(".st-key-recipe_offer")
    expect(offer).to_contain_text(PROMPT)
    expect(words).to_have_count(1)
    expect(words).to_have_value("Something else")
    offer.get_by_role("button", name="Fill the form").click()
    page.wait_for_function(ONLY_FIELD, arg=PROMPT)
    expect(words).to_have_value(PROMPT)
    expect(offer).to_be_hidden()
