"""What stands around every page: names, titles, announcements, and a server that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import from_text, generate, settled

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PAGES = {"Create": "/", "History": "/history", "Spending": "/spending", "Settings": "/settings"}
ELSEWHERE = "Object.defineProperty(document, 'hasFocus', { value: () => window.looks ?? false });\n"
COUNTS_TONES = """window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; start.apply(this, when) };
"""


def turn_on(page: Page, name: str) -> None:
    page.get_by_role("switch", name=name).check()


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_one_click_away_and_names_the_tab(look: Visit, width: int) -> None:
    page = look(width=width)
    for name in ("History", "Spending", "Settings", "Create"):
        link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)
        expect(link).to_be_in_viewport()
        link.click()
        page.wait_for_url(re.compile(rf"{PAGES[name]}(\?.*)?$"))
        expect(page).to_have_title(f"{name} · Dailies")
        expect(link).to_have_attribute("aria-current", "page")
        settled(page)
        wider = "() => document.querySelector('[data-testid=stMain]').scrollWidth > innerWidth"
        assert not page.evaluate(wider)


def test_the_typeface_is_there_below_a_deep_address_too(look: Visit) -> None:
    page = look("/settings")
    settled(page)
    page.wait_for_function("document.fonts.check('15px \"Hanken Grotesk\"')")
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family).join()"
    assert "Hanken Grotesk" in page.evaluate(loaded)


@pytest.mark.made("A <b>glass</b> whale that swims slowly over a city of lights at night")
def test_a_generation_names_the_tab_with_its_prompt_as_text(visit: Visit) -> None:
    page = visit("/generation?id=1")
    expect(page).to_have_title("#1 A <b>glass</b> whale that swims slowly… · Dailies")
    page.goto(page.url.replace("id=1", "id=9"))
    expect(page).to_have_title("No such generation · Dailies")


def test_an_end_is_announced_once_and_silently_unless_switched_on(visit: Visit) -> None:
    page = visit("/settings?section=You")
    page.context.add_init_script(COUNTS_TONES + ELSEWHERE)
    page.reload()
    turn_on(page, "A soft sound")
    assert page.evaluate("tones") == 2, "it is played once when it is switched on"
    page.reload()
    expect(page.get_by_role("switch", name="A soft sound")).to_be_checked()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Create").click()
    from_text(page, "A quiet sea")
    generate(page)
    expect(page).to_have_title("● Create · Dailies")
    assert page.evaluate("tones") == 2
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="History").click()
    expect(page).to_have_title("● History · Dailies")
    page.evaluate("() => { window.looks = true; dispatchEvent(new Event('focus')) }")
    expect(page).to_have_title("History · Dailies")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Create").click()
    expect(page).to_have_title("Create · Dailies")
    settled(page)
    assert page.evaluate("tones") == 2


def test_nobody_is_asked_and_nothing_sounds_unless_switched_on(visit: Visit) -> None:
    page = visit()
    page.context.add_init_script(
        COUNTS_TONES
        + ELSEWHERE
        + "window.asked = 0; Notification.requestPermission = async () => { asked += 1 }"
    )
    page.reload()
    from_text(page, "A quiet sea")
    generate(page)
    expect(page).to_have_title("● Create · Dailies")
    assert page.evaluate("[tones, asked]") == [0, 0]


def test_a_server_that_is_gone_is_told_in_our_words_and_found_again(
    visit: Visit, server: Server
) -> None:
    page = visit("/settings")
    settled(page)
    notice = page.get_by_role("status").filter(has_text="Dailies does not answer")
    expect(notice).to_have_count(0)
    server.stop(kill=True)
    expect(notice).to_be_visible()
    page.wait_for_timeout(3000)  # Streamlit asks several times before it complains
    expect(page.get_by_role("dialog")).to_have_count(0)
    server.start()
    expect(notice).to_have_count(0)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Spending").click()
    expect(page).to_have_title("Spending · Dailies")


@pytest.mark.parametrize("path", ["/nowhere", "/two%20words"])
def test_an_address_without_a_page_says_so_and_leads_on(look: Visit, path: str) -> None:
    page = look(path)
    expect(page).to_have_title("No such page · Dailies")
    expect(page.get_by_text("There is no such page")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Go to Create").click()
    expect(page).to_have_title("Create · Dailies")
    expect(page.get_by_role("button", name="Generate")).to_be_visible()
