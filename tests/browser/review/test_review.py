"""A clip is judged in a real browser: a name kept there, notes on the clip's own moments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.made("A paper boat in the rain")]

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> **b** :red[x]"
PLAYER = """(act) => {
    for (const each of document.querySelectorAll('*')) {
        const video = each.shadowRoot?.querySelector('video.picture');
        if (video) return act === null ? video.currentTime : (video.currentTime = act);
    }
}"""


def test_a_clip_is_judged_by_somebody_whose_name_the_browser_keeps(
    visit: Callable[..., Page],
) -> None:
    page = visit("/generation?id=1")
    the_first_star_asks_for_a_name(page)
    a_half_written_note_outlives_another_decision(page)
    the_moments_of_a_note_lead_into_the_clip(page)
    a_new_tag_is_made_by_its_name(page)
    page.reload()
    all_of_it_is_there_and_nothing_of_it_is_markup(page)


def the_first_star_asks_for_a_name(page: Page) -> None:
    page.locator("[class*=st-key-review_stars] button").nth(3).click()
    page.get_by_role("dialog").get_by_label("Your name").fill(HOSTILE)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("4.0 of 5 from 1 person")).to_be_visible()


def a_half_written_note_outlives_another_decision(page: Page) -> None:
    field = page.get_by_label("Write a note")
    field.click()
    page.evaluate(PLAYER, 0.5)
    page.get_by_role("button", name="At this moment").click()
    page.evaluate(PLAYER, 1.5)
    page.get_by_role("button", name="At 0:00.5").click()
    field.press_sequentially(HOSTILE)
    page.get_by_text("Approved", exact=True).click()
    expect(page.get_by_role("button", name="Undo: approved")).to_be_visible()
    expect(field).to_have_value(HOSTILE)
    page.get_by_role("button", name="Save", exact=True).dblclick()
    notes = page.locator("li.note")
    expect(notes).to_have_count(1)
    expect(notes.locator(".words")).to_have_text(HOSTILE)
    expect(notes.locator(".who")).to_have_text(HOSTILE)
    expect(field).to_have_value("")


def the_moments_of_a_note_lead_into_the_clip(page: Page) -> None:
    page.evaluate(PLAYER, 0)
    page.get_by_role("button", name="0:00.5 \u2013 0:01.5").click()
    page.wait_for_function(f"() => Math.abs(({PLAYER})(null) - 0.5) < 0.05")


def a_new_tag_is_made_by_its_name(page: Page) -> None:
    tags = page.get_by_role("combobox", name="Tags")
    tags.click()
    tags.fill(HOSTILE)
    page.get_by_role("option", name=HOSTILE).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Undo: the tag")).to_be_visible()


def all_of_it_is_there_and_nothing_of_it_is_markup(page: Page) -> None:
    expect(page.get_by_text("4.0 of 5 from 1 person")).to_be_visible()
    expect(page.locator(".st-key-review_person")).to_contain_text(HOSTILE)
    expect(page.locator("[class*=st-key-review_tags]")).to_contain_text("<img src=x")
    notes = page.locator("li.note")
    notes.get_by_role("button", name="Delete").click()
    expect(notes).to_have_count(0)
    assert page.locator("img[onerror]").count() == 0
    assert "owned" not in page.title()
