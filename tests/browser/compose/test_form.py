"""The form in a real browser: what a dialog puts into it, and what typing beside it keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import choose_model, picture, settled

pytestmark = pytest.mark.browser


def test_a_file_comes_through_the_dialog_and_goes_without_taking_words_along(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    choose_model(page, "Veo 3.1 Fast")
    page.locator("[class*=choose_last] button").click()
    field = page.get_by_role("dialog").locator("input[type=file]")
    field.set_input_files({"name": "end.png", "mimeType": "image/png", "buffer": picture()})
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_alt_text("Last frame")).to_be_visible()
    page.get_by_label("Prompt (optional)").fill("Kept")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_alt_text("Last frame")).to_have_count(0)
    expect(page.get_by_label("Prompt (optional)")).to_have_value("Kept")


QUICK = """() => {
    const kinds = [...document.querySelectorAll('[role=radio]')];
    kinds.find((one) => one.textContent.includes('Text')).click();
    const hosts = [...document.querySelectorAll('*')].filter((one) => one.shadowRoot);
    const roots = hosts.map((one) => one.shadowRoot);
    const list = roots.find((root) => root.querySelector('[role=listbox]'));
    list.querySelector('[data-key$="/veo3.1_fast"]').click();
}"""


def test_a_model_chosen_before_the_list_has_changed_is_the_one_of_the_new_list(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    settled(page)
    page.evaluate(QUICK)
    expect(page.get_by_role("button", name="Model: Veo 3.1 Fast,")).to_be_visible()
    expect(page.get_by_role("radio", name="Text")).to_be_checked()
    expect(page.get_by_label("Prompt (optional)")).to_have_count(0)
