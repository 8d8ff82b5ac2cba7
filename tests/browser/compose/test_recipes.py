"""A clip that was saved here and dropped on the form again, in a real browser."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.compose.test_screening import form_is_there
from tests.browser.serving import Server
from tests.browser.test_journey import from_text

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
pytestmark = [pytest.mark.browser, pytest.mark.made(PROMPT)]
APART = 0.03
"""Seconds between two messages, so that the page is drawn after each of them."""
WATCH = """() => {
    const parts = ':is([data-testid=stWidgetLabel], textarea, button, summary)';
    window.frames_seen = [];
    const look = () => {
        const seen = {};
        for (const part of document.querySelectorAll(`.st-key-composer_form ${parts}`)) {
            if (!part.checkVisibility({visibilityProperty: true})) continue;
            const name = `${part.tagName} ${part.getAttribute('aria-label') || part.innerText}`;
            seen[name] = (seen[name] || 0) + 1;
        }
        frames_seen.push(seen);
    };
    look();
    new MutationObserver(look).observe(
        document, {subtree: true, childList: true, attributes: true});
}"""
TWICE = """() => {
    const [first, last] = [frames_seen[0], frames_seen.at(-1)];
    const most = (name) => Math.max(1, first[name] || 0, last[name] || 0);
    const twice = frames_seen.flatMap((seen) =>
        Object.entries(seen).filter(([name, count]) => count > most(name)).map(([name]) => name));
    return [frames_seen.length, [...new Set(twice)]];
}"""


def saved_from(page: Page, server: Server) -> bytes:
    """The clip on the stage, as it is saved."""
    address = page.get_by_role("link", name="Download").first.get_attribute("href")
    assert address
    return page.request.get(server.url + address).body()


def test_a_saved_clip_that_is_dropped_on_the_form_offers_to_fill_it(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    saved = saved_from(page, server)
    words = page.get_by_label("Prompt", exact=True)
    from_text(page, "Something else")
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


def test_no_field_stands_twice_while_the_form_is_filled_anew(
    visit: Callable[..., Page], server: Server
) -> None:
    def one_by_one(socket: WebSocketRoute) -> None:
        from_server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            socket.send(message)
            if slowly:
                time.sleep(APART)

        from_server.on_message(pass_on)

    slowly = False
    page = visit("/models")
    page.route_web_socket("**/_stcore/stream", one_by_one)
    page.goto(server.url)
    saved = saved_from(page, server)
    page.get_by_role("radio", name="Video", exact=True).click()
    expect(page.get_by_role("button", name="Library or web")).to_be_visible()
    form_is_there(page)
    page.evaluate(DROP, base64.b64encode(saved).decode())
    offer = page.locator(".st-key-recipe_offer")
    expect(page.get_by_role("button", name="Replace")).to_have_count(1)
    expect(offer).to_contain_text(PROMPT)
    form_is_there(page)

    slowly = True
    page.evaluate(WATCH)
    page.get_by_role("radio", name="Image", exact=True).click()
    expect(page.locator("[class*=st-key-create_][class*=_choose_first]")).to_be_visible()
    form_is_there(page)
    page.get_by_role("radio", name="Video", exact=True).click()
    expect(page.get_by_role("button", name="Replace")).to_have_count(1)
    form_is_there(page)
    offer.get_by_role("button", name="Fill the form").click()
    page.wait_for_function(ONLY_FIELD, arg=PROMPT)
    form_is_there(page)
    frames, twice = page.evaluate(TWICE)
    assert frames > 10
    assert twice == []
