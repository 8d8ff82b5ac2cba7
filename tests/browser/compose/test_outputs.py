"""From words to a still, to a clip of it, to the sound of that: no file touched, no page left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import choose_model, play, tile

pytestmark = pytest.mark.browser

SEEN = """() => [...document.querySelectorAll('img')].some(
    i => i.src.includes('/app/static/videos/') && i.complete && i.naturalWidth > 200)"""
HEARD = "sound => sound.currentTime > 0.3"


def write(page: Page, text: str) -> None:
    prompt = page.get_by_label("Prompt").first
    prompt.fill(text)
    prompt.blur()


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()


def test_a_still_becomes_a_clip_and_the_clip_a_sound_without_leaving_the_page(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    page.get_by_role("radio", name="Still image").click()
    choose_model(page, "Gen-4 Image")
    write(page, "A lighthouse at dusk")
    generate(page)
    page.wait_for_function(SEEN)

    page.get_by_text("Use as input").click()
    page.get_by_role("button", name="Image to video", exact=True).click()
    expect(page.get_by_alt_text("First frame")).to_be_visible()
    write(page, "Slowly closer")
    generate(page)
    play(page)

    page.get_by_role("button", name="Use as input").click()
    page.get_by_role("button", name="Sound for a video").click()
    expect(page.get_by_role("radio", name="Sound")).to_be_checked()
    page.get_by_text("Submit it although nobody knows the price yet").click()
    expect(page.get_by_role("checkbox", name="Submit it although")).to_be_checked()
    generate(page)
    tile(page, 3).click()  # the clip that plays keeps the stage, and plays at once when asked for
    sounds = page.locator(".sounds")
    heard = sounds.locator("video")
    page.wait_for_function(HEARD, arg=heard.element_handle())
    room = sounds.bounding_box()
    assert room
    assert room["height"] < 100
    page.keyboard.press("k")
    expect(sounds.get_by_role("button", name="Play")).to_be_visible()
    sounds.focus()
    page.keyboard.press("r")
    expect(sounds.get_by_role("button", name="Repeat")).to_have_attribute("aria-pressed", "false")
    sounds.get_by_label("Volume").fill("0.25")
    sounds.focus()
    before = heard.evaluate("sound => sound.currentTime")
    page.keyboard.press("ArrowRight")
    assert heard.evaluate("sound => sound.currentTime") > before
    assert heard.evaluate("sound => sound.volume") == 0.25
    for picture in ("One frame back", "Whole screen"):
        expect(sounds.get_by_role("button", name=picture)).to_be_hidden()
    assert page.url.split("?")[0].endswith("/")
