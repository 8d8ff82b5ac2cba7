"""Two clicks on Generate, 0 to 600 ms apart, in a real browser; and the tab closed after a click.

Each pair of clicks orders a clip of its own words; each must leave one row, whatever is drawn
between the two.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, WebSocket

from tests.benchmarks.serving import chromium
from tests.browser import serving
from tests.chaos.books import rows
from tests.chaos.figures import Figure, Promise
from tests.chaos.killed.kill9 import ground

APART_MS, SHORT_APART_MS = (0, 2, 10, 30, 100, 300, 600), (0, 30, 300)
TIMES = 8
CLOSED_MS, SHORT_CLOSED_MS = (0, 2, 30, 100, 300, 600), (0, 100)
"""From when the click has left the browser: what has not left cannot be kept."""
KEY = "key_of_a_double_click"
COUNT_CLICKS = """() => { window.clicks = 0; document.addEventListener('click', e => {
    const button = e.target.closest('button');
    if (button && button.innerText.includes('Generate')) window.clicks += 1 }, true) }"""
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def run(short: bool) -> Iterator[Figure]:
    """Click twice, then click and close."""
    pairs = SHORT_APART_MS if short else TIMES * APART_MS
    with served(warm=short) as (server, folder), chromium() as browser:
        page, _ = opened(browser, server)
        page.evaluate(COUNT_CLICKS)
        clicks = 0
        for number, apart in enumerate(pairs):
            order(page, f"Pair {number}, {apart} ms apart")
            before = int(page.evaluate("window.clicks"))
            click_twice(page, apart)
            page.wait_for_timeout(300)
            page.locator(IDLE).wait_for()
            clicks += int(page.evaluate("window.clicks")) - before
        page.context.close()
        found = Counter(row.request.prompt for row in rows(folder))
        yield Promise("double clicks in a browser", len(pairs), len(pairs))
        yield Promise("clicks on the button that the browser saw", clicks, 2 * len(pairs))
        yield Promise("double clicks that left one row", list(found.values()).count(1), len(pairs))
        yield Promise("rows, all in all", found.total(), len(pairs))
        closed = SHORT_CLOSED_MS if short else TIMES * CLOSED_MS
        yield from closed_tabs(browser, server, folder, closed)


def closed_tabs(
    browser: Browser, server: serving.Server, folder: Path, closed: Sequence[int]
) -> Iterator[Figure]:
    """The tab is closed after a click, so soon that its answer is seen by nobody."""
    wanted = []
    for number, apart in enumerate(closed):
        wanted.append(f"Tab {number}, closed after {apart} ms")
        page, wire = opened(browser, server)
        order(page, wanted[-1])
        with wire.expect_event("framesent"):
            page.get_by_role("button", name="Generate").click()
        time.sleep(apart / 1000)
        page.context.close()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = Counter(row.request.prompt for row in rows(folder))
        if all(found[prompt] for prompt in wanted):
            break
        time.sleep(0.1)
    other = [prompt for prompt in wanted if found[prompt] != 1]
    one, example = len(wanted) - len(other), ", ".join(other[:4])
    yield Promise("closed tabs whose click left one row", one, len(wanted), example=example)


@contextmanager
def served(*, warm: bool) -> Iterator[tuple[serving.Server, Path]]:
    """Dailies with a key, at an emulator whose clips take longer than the program."""
    with ground(tempo="seconds:3600") as (folder, emulator):
        environment = {"RUNWAYML_API_SECRET": KEY, "RUNWAYML_BASE_URL": emulator.url}
        server = serving.Server(folder / "data", environment, warm=warm)
        try:
            server.start()
            yield server, folder / "data"
        finally:
            server.stop()


def opened(browser: Browser, server: serving.Server, script: str = "") -> tuple[Page, WebSocket]:
    """The Create page in a session of its own, ready for words; and its wire to the server.
    `script` runs before the page's own."""
    size: ViewportSize = {"width": 1440, "height": 1400}
    context = browser.new_context(viewport=size, reduced_motion="reduce")  # spares the processor
    context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(60_000)
    with page.expect_websocket() as wire:
        page.goto(server.url)
    page.get_by_role("radio", name="Text").click()
    page.get_by_label("Prompt", exact=True).wait_for()
    return page, wire.value


def order(page: Page, prompt: str) -> None:
    """Fill in the words and wait until the button is for them."""
    field = page.get_by_label("Prompt", exact=True)
    field.fill(prompt)
    field.blur()
    page.get_by_text(re.compile(rf"^{len(prompt)} of [\d,]+ characters")).wait_for()
    page.locator(IDLE).wait_for()
    page.wait_for_timeout(100)


def click_twice(page: Page, apart: int) -> None:
    """Both at the place where the button was before the first."""
    box = page.get_by_role("button", name="Generate").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if not apart:
        page.mouse.dblclick(x, y)
        return
    page.mouse.click(x, y)
    page.wait_for_timeout(apart)
    page.mouse.click(x, y)
