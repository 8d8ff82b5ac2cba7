"""A family in a real browser: a clip is extended, the tree leads back, a frame starts another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import generate, play

WORDS = "A paper boat in the rain"
pytestmark = [pytest.mark.browser, pytest.mark.made(WORDS)]


def test_a_clip_is_extended_found_in_the_tree_and_started_from_by_a_frame(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit("/generation?id=1")
    page.get_by_role("button", name="Extend").click()
    page.get_by_role("button", name="Extend · ").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(WORDS)
    expect(page.get_by_text("Extends #1")).to_be_visible()
    expect(page.get_by_text("last frame of 1.png")).to_be_visible()
    generate(page)
    play(page)

    page.goto(f"{server.url}/generation?id=2")
    tree = page.get_by_role("group", name="Family tree")
    expect(tree.get_by_role("link")).to_have_count(2)
    expect(tree.get_by_role("link", name="#2")).to_contain_text("Extended")
    expect(tree.get_by_role("link", name="#2")).to_have_attribute("aria-current", "page")
    tree.get_by_role("link", name="#1").click()
    page.wait_for_url("**/generation?id=1")
    expect(tree.get_by_role("link", name="#1")).to_have_attribute("aria-current", "page")

    page.get_by_text("Storyboard", exact=True).click()
    frames = page.get_by_role("button", name="Frame at")
    expect(frames).to_have_count(11)
    frames.nth(5).click()
    expect(frames.nth(5)).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download picture").click()
    assert saved.value.suggested_filename.endswith("s.png")
    page.locator("[class*=generation_storyboard_5_use]").get_by_role("button").click()
    page.get_by_role("button", name="Image to video", exact=True).click()
    expect(page.get_by_text("frame of 1.png")).to_be_visible()
