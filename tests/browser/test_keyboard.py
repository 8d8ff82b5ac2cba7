"""The main job by keyboard alone: the focus is in sight at every stop, and there are not many."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import rows, settled

pytestmark = pytest.mark.browser

MOST_TABS = 8
FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at;
}"""
NAME = f"""() => {{
    const at = ({FOCUSED})();
    const said = at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent;
    return said.slice(0, 60);
}}"""
IN_SIGHT = f"""() => {{
    const at = ({FOCUSED})();
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--st-primary-color)';
    const primary = getComputedStyle(probe).color;
    probe.remove();
    const {{ top, bottom }} = at.getBoundingClientRect();
    if (bottom <= 0 || top >= innerHeight) return false;
    const isMarked = (one) => {{
        const {{ outlineStyle, outlineWidth, boxShadow, borderTopColor, borderTopWidth }} =
            getComputedStyle(one);
        const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
        const framed = borderTopColor === primary && parseFloat(borderTopWidth) > 0;
        return outlined || framed || boxShadow !== 'none';
    }};
    const above = [at, at.parentElement, at.parentElement?.parentElement];
    return above.some((one) => one && isMarked(one));
}}"""


def tab(page: Page) -> str:
    """Go one stop on; its name. Whoever sees the page sees where that is."""
    page.keyboard.press("Tab")
    name = str(page.evaluate(NAME))
    assert page.evaluate(IN_SIGHT), f"the focus on {name!r} cannot be seen"
    return name


def tab_to(page: Page, name: str) -> int:
    """So many stops away is what has that in its name."""
    for stops in range(1, 30):
        if name in tab(page):
            return stops
    raise AssertionError(f"no way to {name}")


def test_the_main_job_is_done_by_keyboard_alone(visit: Callable[..., Page], server: Server) -> None:
    page = visit()
    settled(page)
    tab_to(page, "Image")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Text")).to_be_checked()
    expect(page.get_by_role("button", name="Model: Gen-4.5,")).to_be_visible()
    settled(page)
    tab_to(page, "Model:")
    page.keyboard.press("Enter")
    page.keyboard.type("Veo 3.1 Fast")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Model: Veo 3.1 Fast,")).to_be_focused()
    settled(page)
    tab_to(page, "Prompt")
    page.keyboard.type("A quiet sea")
    stops = tab_to(page, "16:9")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="9:16 · 720")).to_be_checked()
    settled(page)
    stops += tab_to(page, "Generate")
    assert stops <= MOST_TABS
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("#1 is on its way"))).to_be_visible()
    assert [prompt for _status, prompt in rows(server)] == ["A quiet sea"]


def test_the_shapes_are_named_by_their_ratio_alone(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(page.get_by_role("radio", name="16:9", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="21:9", exact=True)).to_be_visible()
