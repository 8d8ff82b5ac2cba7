"""Clicks that come at a bad moment, addresses that lead nowhere, and the viewer's own clock."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.serving import Server
from tests.browser.test_journey import from_text, generate, rows, settled, walk

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
    expect(page.get_by_test_id("stExpander").get_by_text("#1")).to_be_visible()
    settled(page)
    assert [prompt for _status, prompt in rows(server)] == ["A quiet sea"]


@pytest.mark.parametrize("held", [0, 60])
def test_a_click_that_leaves_the_form_takes_the_words_along(
    look: Callable[..., Page], held: int
) -> None:
    page = look()
    from_text(page, "A quiet sea")
    settled(page)
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("A quiet lake")
    page.get_by_role("link", name="History").first.click(delay=held)
    page.wait_for_url("**/history")
    expect(page.get_by_text("Nothing has been made yet")).to_be_visible()
    page.get_by_role("link", name="Create").first.click()
    expect(prompt).to_have_value("A quiet lake")


def test_generate_stays_under_the_pointer_when_the_clip_is_finished(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    button = page.get_by_role("button", name="Generate")
    before = button.bounding_box()
    generate(page)
    page.locator("video").wait_for()
    expect(page.get_by_role("link", name="The same as #1")).to_be_visible()
    settled(page)
    assert button.bounding_box() == before


@pytest.mark.made("A quiet sea")
def test_moments_are_the_viewers_and_days_of_money_are_utc(
    browser: Browser, server: Server
) -> None:
    there = browser.new_context(timezone_id="Asia/Kolkata").new_page()
    there.set_default_timeout(PATIENCE_MS)
    there.goto(f"{server.url}/generation?id=1")
    there.get_by_text("Every step").click()
    expect(there.get_by_text(re.compile(r"\d IST$")).first).to_be_visible()
    settled(there)
    walk(there, "/spending")
    expect(there.get_by_text("Days are UTC").first).to_be_visible()
    there.context.close()
