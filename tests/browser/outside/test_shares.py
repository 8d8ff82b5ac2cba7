"""A shared link from its making to its end: people outside look, rate and write, with a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser.serving import Server
from tests.browser.test_journey import play, settled

PROMPT = "A secret lighthouse"
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.made(PROMPT)]

HOSTILE = "<img src=http://evil.test/a.png onerror=alert(1)>"
LIGHT = 80_000


@pytest.fixture
def outside(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of people outside, a phone each."""
    contexts: list[BrowserContext] = []

    def open_one(*, scripts: bool = True, scheme: str = "light") -> BrowserContext:
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            java_script_enabled=scripts,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


def share(page: Page, *switches: str, title: str = HOSTILE, name: str = HOSTILE) -> str:
    """A link to the first generation, made as a person makes it."""
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Your name, which they see").fill(name)
    for switch in switches:
        dialog.get_by_text(switch).click()
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.get_by_text(re.compile("/share/"))
    expect(link).to_be_visible()
    return link.inner_text().strip()


def is_light(answers: list[Response]) -> bool:
    weight = sum(len(one.body()) for one in answers if "/posters/" not in one.url)
    return weight < LIGHT


class Phone:
    """A guest's phone with a link open, and all that its browser heard and complained of."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        self.link = link
        self.errors: list[str] = []
        self.answers: list[Response] = []
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", lambda answer: self.answers.append(answer))
        page.goto(link, wait_until="networkidle")

    def asked_nobody_else(self) -> bool:
        hosts = {urlsplit(answer.url).netloc for answer in self.answers}
        return hosts == {urlsplit(self.link).netloc}


def test_people_outside_look_rate_and_write_until_the_link_is_taken_back(
    visit: Callable[..., Page], outside: Callable[..., BrowserContext], server: Server
) -> None:
    page = visit("/generation?id=1")
    settled(page)
    link = share(page, "Stars", "Notes, which other guests see")
    assert link.startswith(f"{server.url}/share/")

    phone = Phone(outside().new_page(), link)
    the_clip_is_played_and_nothing_of_its_making_is_told(phone)
    stars_are_kept_while_a_note_is_half_written(phone)
    assert phone.asked_nobody_else()
    assert phone.errors == []
    phone.page.reload()
    expect(phone.page.get_by_role("radio", name="4 stars")).to_be_checked()
    a_browser_without_scripts_sends_the_same(outside(scripts=False).new_page(), link)

    page.goto(f"{server.url}/generation?id=1")
    the_team_reads_it_and_deletes_a_note(page)
    page.goto(f"{server.url}/settings?section=Connections")
    the_link_is_taken_back(page)
    nothing_is_left_behind_it(phone)


def the_clip_is_played_and_nothing_of_its_making_is_told(phone: Phone) -> None:
    page = phone.page
    assert is_light(phone.answers)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("group", name="Clip 1").get_by_label("One frame on")).to_be_visible()
    play(page)
    for secret in (PROMPT, "Gen-4.5", "gen4.5", "credit"):
        assert secret not in page.content()


def stars_are_kept_while_a_note_is_half_written(phone: Phone) -> None:
    page = phone.page
    expect(page.get_by_label("Your name")).to_be_hidden()
    page.get_by_label("Note").fill("half a")
    page.get_by_label("Your name").fill(HOSTILE[:40])
    before = page.locator("video").evaluate("v => v.currentTime")
    page.get_by_role("radio", name="4 stars").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("Thank you, it was kept.")
    expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
    expect(page.get_by_role("radio", name="4 stars")).to_be_focused()
    expect(page.get_by_label("Note")).to_have_value("half a")
    page.get_by_label("Note").fill(HOSTILE)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("listitem")).to_contain_text(HOSTILE)
    expect(page.locator("li time")).to_have_attribute("title", re.compile("UTC$"))
    assert page.locator("video").evaluate("v => v.currentTime") != before


def a_browser_without_scripts_sends_the_same(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("listitem")).to_contain_text(HOSTILE)
    page.locator("label", has_text="2 stars").click()
    page.get_by_label("Note").fill("Without scripts")
    page.get_by_label("Your name").fill("Bea")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you, it was kept.")).to_be_visible()
    expect(page.get_by_role("listitem").last).to_contain_text("Without scripts")


def the_team_reads_it_and_deletes_a_note(page: Page) -> None:
    expect(page.get_by_text("guests 3.0 from 2")).to_be_visible()
    expect(page.locator("li.note", has_text="Without scripts")).to_contain_text("Bea")
    notes = page.locator("li.note", has_text="guest")
    expect(notes).to_have_count(2)
    notes.last.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_label("Your name").fill("Ann")
    page.get_by_role("button", name="Continue").click()
    expect(notes).to_have_count(1)


def the_link_is_taken_back(page: Page) -> None:
    expect(page.get_by_text(re.compile("1 clip.* visit"))).to_be_visible()
    page.get_by_role("button", name="Turn off").click()
    page.get_by_role("button", name="Turn this link off").click()
    expect(page.get_by_text("Links that have ended (1)")).to_be_visible()


def nothing_is_left_behind_it(phone: Phone) -> None:
    media = phone.page.locator("video").get_attribute("src")
    gone = phone.page.goto(phone.link)
    assert gone
    assert gone.status == 404
    expect(phone.page.get_by_role("heading")).to_have_text("There is nothing to see here")
    media_url = f"http://{urlsplit(phone.link).netloc}{media}"
    assert phone.page.request.get(media_url).status == 404


def test_a_page_for_guests_is_easy_to_read_and_to_reach(
    visit: Callable[..., Page], outside: Callable[..., BrowserContext]
) -> None:
    page = visit("/generation?id=1")
    settled(page)
    switches = ("Stars", "Notes, which other guests see", "Models, seeds and settings")
    link = share(page, *switches, title="Takes", name="Ann")
    for scheme in ("light", "dark"):
        guest = outside(scheme=scheme).new_page()
        guest.goto(link)
        guest.get_by_label("Note").fill("Darker, please")
        guest.get_by_label("Your name").fill("Bea")
        guest.locator("label", has_text="5 stars").click()
        guest.get_by_role("button", name="Send").click()
        expect(guest.get_by_role("listitem").first).to_be_visible()
        found = Axe().run(guest).response["violations"]
        assert [one["id"] for one in found] == []
