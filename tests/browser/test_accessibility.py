"""Every page in both themes through axe-core: no serious violation of WCAG, contrast above all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.serving import Server, until
from tests.browser.test_journey import from_text, generate, rows, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMPTY = ("", "history", "unconfirmed", "spending", "models", "settings", "nowhere", "generation")
FULL = (
    "",
    "history",
    "spending",
    "models?model=image_to_video/veo3.1",
    "settings",
    "generation?id=1",
    "generation?id=2",
)
AT_WORK = ("", "history", "history?view=Table", "generation?id=2")
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SCHEME = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
GRAVE = ("serious", "critical")
AT_REST = """() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]') &&
    document.getAnimations().every(one => !(one instanceof CSSTransition))"""


def violations(page: Page) -> tuple[int, list[str]]:
    """How many rules were checked of what is shown, and each grave violation with its first
    place."""
    page.wait_for_function(AT_REST)
    answer: dict[str, Any] = Axe().run(page).response
    grave = [one for one in answer["violations"] if one["impact"] in GRAVE]
    told = [f"{one['id']}, {len(one['nodes'])}: {one['nodes'][0]['html'][:200]}" for one in grave]
    return len(answer["passes"]) + len(answer["violations"]), told


def done_and_failed(page: Page, server: Server) -> None:
    """Two generations: one with a clip, one without."""
    for prompt, end in (("A quiet sea", "succeeded"), ("A quiet sea #fail-output", "failed")):
        from_text(page, prompt)
        generate(page)
        until(page, partial(is_among, server, end, prompt))


def is_among(server: Server, end: str, prompt: str) -> bool:
    """Whether the history has a row that ended so."""
    return (end, prompt) in rows(server)


def check(page: Page, host: str, addresses: tuple[str, ...]) -> None:
    """No grave violation at any of the addresses, wide or narrow."""
    checks, found = 0, []
    for path in addresses:
        page.goto(f"{host}/{path}")
        settled(page)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            checked, grave = violations(page)
            checks += checked
            found += [f"{path or 'create'} at {width}: {one}" for one in grave]
    print(f"{checks} checks")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_empty_page_is_hard_to_read_or_to_reach(
    look: Callable[..., Page], empty_server: Server, scheme: str
) -> None:
    page = look(scheme=scheme)
    settled(page)
    check(page, empty_server.url, EMPTY)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_full_page_is_hard_to_read_or_to_reach(
    visit: Callable[..., Page], server: Server, scheme: str
) -> None:
    page = visit(scheme=scheme)
    settled(page)
    done_and_failed(page, server)
    check(page, server.url, FULL)


def test_no_page_at_work_is_hard_to_read_or_to_reach(
    visit: Callable[..., Page], server: Server
) -> None:
    """While a clip is made of another one; with the tree of the two and the storyboard open."""
    page = visit()
    settled(page)
    from_text(page, "A quiet sea")
    generate(page)
    until(page, partial(is_among, server, "succeeded", "A quiet sea"))
    server.environment["DAILIES_DEMO_SECONDS"] = "600"
    server.restart()
    page.goto(f"{server.url}/generation?id=1")
    page.get_by_role("button", name="Remix").click()
    generate(page)
    until(page, partial(is_among, server, "running", "A quiet sea"))

    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        check(page, server.url, AT_WORK)
        assert page.evaluate(SCHEME) == scheme
        assert open_storyboard(page, server) == []


def open_storyboard(page: Page, server: Server) -> list[str]:
    """The grave violations beside the tree of a family, with the storyboard open."""
    page.goto(f"{server.url}/generation?id=1")
    expect(page.get_by_role("group", name="Family tree").get_by_role("link")).to_have_count(2)
    page.get_by_text("Storyboard", exact=True).click()
    expect(page.get_by_role("button", name="Frame at")).to_have_count(11)
    found = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"storyboard at {width}: {one}" for one in violations(page)[1]]
    return found


def test_the_keyboard_sees_where_it_is(look: Callable[..., Page]) -> None:
    page = look("/settings")
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Spending")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    seen = "link => { const s = getComputedStyle(link); return s.outlineStyle + s.boxShadow }"
    assert link.evaluate(seen) != "nonenone"
