"""Every page in both themes through axe-core: no serious violation of WCAG, contrast above all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.serving import Server, until
from tests.browser.test_journey import EVERY_MS, generate, rows, settled, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMPTY = ("", "history", "unconfirmed", "spending", "models", "settings", "generation")
FULL = (
    "",
    "history",
    "spending",
    "models?model=image_to_video/veo3.1",
    "settings?section=Connections",
    "generation?id=1",
    "generation?id=2",
)
AT_WORK = ("", "history", "history?view=Table", "generation?id=2")
PROMPT = "A quiet sea"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
WIDTHS = {"light": (390, 1440), "dark": (1440,)}
"""In the dark only colours are judged: the same at any width, and the wide page shows more."""
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that a theme makes a difference to."""
SCHEME = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
GRAVE = ("serious", "critical")
SIDEWAYS = """() =>
    document.querySelector('[data-testid=stMain]').scrollWidth > window.innerWidth"""
AT_REST = """() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]') &&
    document.getAnimations().every(one =>
        !(one instanceof CSSTransition) || one.playState === 'finished')"""


def violations(page: Page, rules: Sequence[str] = ()) -> tuple[int, list[str]]:
    """How many rules were checked of what is shown, all that there are or these, and each grave
    violation with its first place."""
    page.wait_for_function(AT_REST, polling=EVERY_MS)
    options = {"resultTypes": ["violations"]} | ({"runOnly": [*rules]} if rules else {})
    answer: dict[str, Any] = Axe().run(page, options=options).response
    grave = [one for one in answer["violations"] if one["impact"] in GRAVE]
    told = [f"{one['id']}, {len(one['nodes'])}: {one['nodes'][0]['html'][:200]}" for one in grave]
    return len(answer["passes"]) + len(answer["violations"]), told


def check(page: Page, what: str) -> list[str]:
    """Each grave violation of the page as it stands: of all rules in the light, wide and narrow, of
    those that colours meet in the dark; and each width at which it scrolls sideways."""
    checks, found = 0, []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"scheme => ({SCHEME})() === scheme", arg=scheme)
        for width in WIDTHS[scheme]:
            page.set_viewport_size({"width": width, "height": 900})
            checked, grave = violations(page, OF_COLOURS if scheme == "dark" else ())
            checks += checked
            if page.evaluate(SIDEWAYS):
                grave.append("it scrolls sideways")
            found += [f"{what} at {width} in {scheme}: {one}" for one in grave]
    print(f"{what}: {checks} checks")
    return found


def check_all(page: Page, addresses: tuple[str, ...]) -> None:
    """No grave violation at any of the addresses."""
    settled(page)
    found = []
    for path in addresses:
        walk(page, f"/{path}")
        found += check(page, path or "create")
    assert found == []


def test_no_empty_page_is_hard_to_read_or_to_reach(
    look: Callable[..., Page], empty_server: Server
) -> None:
    page = look()
    check_all(page, EMPTY)
    page.goto(f"{empty_server.url}/nowhere")
    settled(page)
    assert check(page, "nowhere") == []


@pytest.mark.made(PROMPT, f"{PROMPT} #fail-output")
def test_no_full_page_is_hard_to_read_or_to_reach(
    visit: Callable[..., Page], server: Server
) -> None:
    """One of the two generations has a clip, the other has failed."""
    assert [status for status, _prompt in rows(server)] == ["succeeded", "failed"]
    check_all(visit(), FULL)


@pytest.mark.made(PROMPT, seconds=240)
def test_no_page_at_work_is_hard_to_read_or_to_reach(
    visit: Callable[..., Page], server: Server
) -> None:
    """While a clip is made of another one; with the tree of the two and the storyboard open."""
    page = visit("/generation?id=1")
    page.get_by_role("button", name="Remix").click()
    generate(page)
    until(page, lambda: ("running", PROMPT) in rows(server))

    check_all(page, AT_WORK)
    walk(page, "/generation?id=1")
    expect(page.get_by_role("group", name="Family tree").get_by_role("link")).to_have_count(2)
    page.get_by_text("Storyboard", exact=True).click()
    expect(page.get_by_role("button", name="Frame at")).to_have_count(11)
    assert check(page, "storyboard") == []


def test_the_keyboard_sees_where_it_is(look: Callable[..., Page]) -> None:
    page = look("/settings")
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Spending")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    seen = "link => { const s = getComputedStyle(link); return s.outlineStyle + s.boxShadow }"
    assert link.evaluate(seen) != "nonenone"
