"""How a page arrives: whole, under our own name, and without a move."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import settled

pytestmark = pytest.mark.browser

MOST = 0.1
"""What is called good of a page's layout shift: https://web.dev/articles/cls"""
SIZES = ((1440, 900), (390, 844))
PAGES = (
    "/",
    "/history",
    "/generation?id=1",
    "/spending",
    "/models",
    "/unconfirmed",
    "/settings",
    "/nowhere",
)
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
        if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({type: 'layout-shift', buffered: true});
"""
SCRIPTS = """() => performance.getEntriesByType('resource')
    .map((one) => new URL(one.name).pathname)
    .filter((path) => path.endsWith('.js')).map((path) => path.split('/').pop())"""
QUIET = """() => document.querySelector('[data-testid=stSkeleton]') === null
    && getComputedStyle(document.body).visibility === 'visible'"""


def moved(page: Page) -> float:
    return float(page.evaluate("() => window.shifts.reduce((sum, value) => sum + value, 0)"))


@pytest.mark.made("A quiet sea")
def test_nothing_moves_while_a_page_loads(visit: Callable[..., Page]) -> None:
    page = visit(motion=True)
    settled(page)
    page.context.add_init_script(WATCH)
    told = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for address in PAGES:
            page.goto(re.sub(r"(//[^/]+).*", rf"\1{address}", page.url))
            settled(page)
            page.wait_for_function(QUIET)
            page.wait_for_load_state("networkidle")
            told[f"{address} at {width}"] = round(moved(page), 3)
    assert {where: sum_ for where, sum_ in told.items() if sum_ >= MOST} == {}


def test_a_page_is_ours_and_has_asked_for_its_scripts_before_it_is_drawn(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit(motion=True)
    settled(page)
    frame = requests.get(server.url, headers={"Accept": "text/html"}, timeout=30).text
    assert [script for script in page.evaluate(SCRIPTS) if script not in frame] == []
    page.route(
        "**/static/js/**",
        lambda route: route.fulfill(body="", content_type="text/javascript"),
    )
    page.goto(f"{server.url}/history", wait_until="commit")
    expect(page).to_have_title("Dailies")
    outline = "getComputedStyle(document.body, '::before').backgroundImage"
    page.wait_for_function(f"() => {outline}.includes('gradient')")
