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
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground

APART_MS, SHORT_APART_MS = (0, 2, 10, 30, 100, 300, 600), (0, 30, 300)
TIMES = 8
CLOSED_MS, SHORT_CLOSED_MS = (0, 2, 30, 100, 300, 600), (0, 100)
"""From when the click has left the browser: what has not left cannot be kept."""
AT_ONCE_MS = 2
"""What Streamlit hears together with the end of its tab, it may not begin any more: then nothing is
ordered, and nothing costs."""
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
    wanted: dict[str, int] = {}
    for number, apart in enumerate(closed):
        words = f"Tab {number}, closed after {apart} ms"
        wanted[words] = apart
        page, wire = opened(browser, server)
        order(page, words)
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
    yield Promise(
        "closed tabs whose click left more than one row", max(found.values(), default=0) > 1
    )
    later = [prompt for prompt, apart in wanted.items() if apart > AT_ONCE_MS]
    kept = sum(found[prompt] for prompt in later)
    yield Promise("tabs closed after a click that left one row", kept, len(later))
    at_once = [prompt for prompt in wanted if prompt not in later]
    kept = sum(found[prompt] for prompt in at_once)
    yield Measure(f"the same within {AT_ONCE_MS} ms", kept, f"of {len(at_once)}")


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
