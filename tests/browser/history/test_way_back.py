"""The browser's Back: one press leads to where somebody came from, and the draft stays with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages.ui.compose.draft import SOON
from tests.browser.serving import Server
from tests.browser.test_journey import from_text, settled

pytestmark = [pytest.mark.browser, pytest.mark.made("A quiet sea")]

OF_A_DRAFT = re.compile(r"/\?draft=[0-9a-f]{16}$")
OF_A_NEW_SESSION = ".st-key-create_0_prompt textarea"  # before anything filled the form anew


def tells_the_key(frame: bytes) -> bool:
    """The server says what the address is: unlike in the script, no question mark is before it."""
    return re.search(rb"(?<!\?)draft=[0-9a-f]{16}", frame) is not None


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """The History of a server that has made one clip, come to over Create."""
    page = visit()
    from_text(page, "A quiet sea")
    settled(page)
    page.get_by_role("link", name="History").first.click()
    page.get_by_role("link", name="#1").first.wait_for()
    return page


def prompt(page: Page, text: str) -> None:
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(text)
    page.wait_for_url(OF_A_DRAFT)
    settled(page)


def test_back_from_the_form_is_the_generation_that_it_was_filled_from(page: Page) -> None:
    page.get_by_role("link", name="#1").first.click()
    for verb in ("Remix", "Use prompt"):
        page.wait_for_url("**/generation?id=1")
        if verb == "Use prompt":
            page.get_by_role("button", name="More", exact=True).click()
        page.get_by_role("button", name=verb).click()
        prompt(page, "A quiet sea")
        page.go_back()
        page.wait_for_url("**/generation?id=1")
        expect(page.get_by_text("Every step")).to_be_visible()
        settled(page)
    page.go_back()
    page.wait_for_url("**/history")
    expect(page.get_by_role("link", name="#1").first).to_be_visible()


def test_back_from_the_form_needs_one_press_when_the_navigation_led_there(page: Page) -> None:
    page.get_by_role("link", name="Create").first.click()
    prompt(page, "A quiet sea")
    page.go_back()
    page.wait_for_url("**/history")
    expect(page.get_by_role("link", name="#1").first).to_be_visible()
    page.go_back()
    prompt(page, "A quiet sea")


def test_what_was_brought_into_the_form_outlives_the_server(page: Page, server: Server) -> None:
    with page.expect_websocket() as opened:
        page.goto(f"{server.url}/generation?id=1")
    with opened.value.expect_event("framereceived", tells_the_key):
        page.get_by_role("button", name="Remix").click()
        prompt(page, "A quiet sea")
        page.wait_for_timeout(1000 * SOON)  # before, Streamlit is told nothing
        page.get_by_label("Prompt", exact=True).fill("A quiet lake")
        page.get_by_label("Prompt", exact=True).blur()
    expect(page.locator(OF_A_NEW_SESSION)).to_have_count(0)
    server.restart()
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for()
    expect(page.locator(OF_A_NEW_SESSION)).to_have_value("A quiet lake")
