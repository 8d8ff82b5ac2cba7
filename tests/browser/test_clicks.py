"""Clicks that come at a bad moment: after the server was started anew, or while words are typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import from_text, generate, rows, settled

pytestmark = pytest.mark.browser


def test_the_first_click_counts_once_after_the_server_was_started_anew(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    settled(page)
    before = page.url
    server.restart()
    page.wait_for_url(lambda address: address != before)  # the new server has drawn the page
    settled(page)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A quiet sea")
    generate(page)
    page.locator("video").wait_for()
    assert rows(server) == [("succeeded", "A quiet sea")]


@pytest.mark.parametrize("held", [0, 60])
def test_a_click_that_leaves_the_form_takes_the_words_along(
    visit: Callable[..., Page], held: int
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    settled(page)
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("A quiet lake")
    page.get_by_role("link", name="History").first.click(delay=held)
    page.wait_for_url("**/history")
    expect(page.get_by_text("Nothing has been made yet")).to_be_visible()
    page.get_by_role("link", name="Create").first.click()
    expect(prompt).to_have_value("A quiet lake")
