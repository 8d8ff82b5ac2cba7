"""The main job in a real browser, on a real server: from a picture to a clip that plays."""

from __future__ import annotations

import io
import re
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import Server

pytestmark = pytest.mark.browser

PLAYS = "v => v.readyState >= 3 && v.currentTime > 0.5"
STILL = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const still = app?.dataset.testScriptState === 'notRunning';
    window.stillSince = still ? window.stillSince ?? performance.now() : undefined;
    const done = performance.now() - window.stillSince > 250;
    if (done) window.stillSince = undefined;
    return done;
}"""
EVERY_MS = 50
"""So often it is looked at: with each frame, as is usual, costs ten times as much as to wait."""
WALK = """address => new Promise((draws) => {
    const app = document.querySelector('[data-testid=stApp]');
    const look = () => app.dataset.testScriptState === 'running' && draws(true);
    new MutationObserver(look).observe(app, {attributeFilter: ['data-test-script-state']});
    History.prototype.pushState.call(history, null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
    look();
    setTimeout(draws, 5000, false);
})"""
AT_PROVIDER = re.compile("Waiting to start|Rendering")
HOSTILE = "Sea ![x](http://evil.test/a.png) <img src=http://evil.test/b.png> [l](http://evil.test)"


def picture() -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((1280, 720)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def from_text(page: Page, prompt: str) -> None:
    """Fill the form for a clip from words."""
    page.get_by_role("radio", name="Text").click()
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_label("Prompt", exact=True).blur()
    expect(page.get_by_text(f"{len(prompt)} of 1,000 characters")).to_be_visible()


def choose_model(page: Page, name: str) -> None:
    """Find a model by its name, and choose the first that is found."""
    page.get_by_role("button", name="Model:").click()
    page.get_by_role("combobox", name="Find a model").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Model: {name},")).to_be_visible()


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()


def upload(page: Page, name: str, data: bytes) -> None:
    """Give a picture to the first field of the form: while the page is being drawn, another that
    is not seen may stand before it."""
    settled(page)
    file = {"name": name, "mimeType": "image/png", "buffer": data}
    page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]


def tile(page: Page, number: int) -> Locator:
    """The tile of a take in the strip."""
    return page.get_by_role("button", name=re.compile(rf", #{number}\."))


def settled(page: Page) -> None:
    """Wait until the page has drawn all that it has to draw, also what was asked for just now: the
    browser hears that the server draws only after a moment."""
    page.wait_for_function(STILL, polling=EVERY_MS)
    page.get_by_test_id("stMain").get_by_role("paragraph").first.wait_for()


def walk(page: Page, address: str) -> None:
    """Go to another page, or to another query of this one, as Back and Forward do: it is drawn and
    not loaded anew, at a fifth of what that costs. Where none is seen to be drawn it is loaded; an
    address without a page leads to Create."""
    if not page.evaluate(WALK, address):
        page.reload()
    settled(page)


def play(page: Page) -> None:
    """Start the clip and wait until half a second of it has been seen."""
    video = page.locator("video")
    video.evaluate("v => { v.muted = true; v.play() }")
    page.wait_for_function(PLAYS, arg=video.element_handle())


def rows(server: Server) -> list[tuple[str, str]]:
    """Status and prompt of every generation, straight from the file."""
    with closing(sqlite3.connect(server.folder / "history.db")) as file:
        return file.execute("select status, prompt from generations order by id").fetchall()


@pytest.mark.made(seconds=1)
def test_from_an_upload_to_a_clip_that_plays_and_is_found_again(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    upload(page, "light.png", picture())
    expect(page.get_by_alt_text("First frame")).to_be_visible()
    page.get_by_label("Prompt (optional)").fill("A slow push into the light")
    page.get_by_label("Prompt (optional)").blur()
    expect(page.get_by_role("button", name="Generate · 25 credits ($0.25)")).to_be_enabled()
    generate(page)
    expect(page.get_by_test_id("stExpander").get_by_text("#1 · Gen-4 Turbo")).to_be_visible()
    play(page)

    page.reload()
    expect(page.get_by_label("Prompt (optional)")).to_have_value("A slow push into the light")

    page.get_by_role("link", name="History").first.click()
    expect(page.get_by_text("25 credits").first).to_be_visible()
    page.get_by_role("link", name="Gen-4 Turbo").first.click()
    page.wait_for_url("**/generation?id=1")
    play(page)

    page.context.close()
    server.restart()
    deep = visit("/generation?id=1")
    expect(deep.get_by_text("A slow push into the light").first).to_be_visible()
    play(deep)


@pytest.mark.made(seconds=1)
def test_enter_pressed_twice_makes_one_generation(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    page.get_by_role("button", name="Generate").press("Enter")
    page.keyboard.press("Enter")
    page.locator("video").wait_for()
    assert rows(server) == [("succeeded", "A quiet sea")]


def test_the_form_can_be_used_again_at_once(visit: Callable[..., Page], server: Server) -> None:
    page = visit()
    from_text(page, "First")
    generate(page)
    expect(page.get_by_test_id("stExpander").get_by_text("#1")).to_be_visible()
    page.get_by_label("Prompt", exact=True).fill("Second")
    page.get_by_label("Prompt", exact=True).blur()
    expect(page.get_by_text("6 of 1,000 characters")).to_be_visible()
    generate(page)
    expect(page.get_by_role("button", name=re.compile(", #2. Second"))).to_be_visible()
    assert [prompt for _status, prompt in rows(server)] == ["First", "Second"]


def test_a_killed_server_loses_nothing(visit: Callable[..., Page], server: Server) -> None:
    page = visit()
    from_text(page, "Pull the plug")
    generate(page)
    # Not earlier: the demo's Runway lives in the server, and would take the call with it.
    expect(page.get_by_test_id("stExpander").get_by_text(AT_PROVIDER)).to_be_visible()
    page.context.close()
    server.restart(kill=True)
    again = visit()
    play(again)
    assert rows(server) == [("succeeded", "Pull the plug")]


def test_a_second_server_on_the_folder_takes_over(
    visit: Callable[..., Page], server: Server
) -> None:
    second = Server(server.folder, server.environment, warm=True)
    try:
        second.start()
        page = visit()
        from_text(page, "Handed over")
        generate(page)
        expect(page.get_by_test_id("stExpander").get_by_text(AT_PROVIDER)).to_be_visible()
        page.goto("about:blank")
        server.stop()
        page.goto(f"{second.url}/generation?id=1")
        play(page)
    finally:
        second.stop()
        server.start()
    assert rows(server) == [("succeeded", "Handed over")]


@pytest.mark.point(15)
def test_a_generation_goes_on_with_no_browser_open(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    from_text(page, "Nobody looks")
    generate(page)
    expect(page.get_by_test_id("stExpander").get_by_text("#1")).to_be_visible()
    page.context.close()
    later = visit("/generation?id=1")
    play(later)


def test_the_history_shows_an_end_without_being_asked(visit: Callable[..., Page]) -> None:
    page = visit()
    from_text(page, "Watched from afar")
    generate(page)
    expect(page.get_by_test_id("stExpander").get_by_text("#1")).to_be_visible()
    watching = visit("/history")
    poster = watching.locator("[data-id='1'] img")
    expect(poster).to_have_count(0)
    expect(poster).to_be_visible()
    expect(watching.locator("[data-id='1']")).to_contain_text("Done")


@pytest.mark.made(HOSTILE)
def test_a_hostile_prompt_is_text_and_calls_nobody(visit: Callable[..., Page]) -> None:
    page = visit()
    settled(page)
    for path in ("/history", "/history?view=Table", "/generation?id=1", "/spending", "/"):
        walk(page, path)
        assert page.locator("img[src*='evil']").count() == 0
        assert page.locator("a[href*='evil']").count() == 0


def test_sigterm_ends_the_server_cleanly(server: Server) -> None:
    assert server.process
    server.process.terminate()
    assert server.process.wait(20) in (0, -signal.SIGTERM)
    server.start()


def test_a_data_folder_that_cannot_be_written_stops_the_start_with_a_sentence(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = Server(tmp_path / "logs", {"DAILIES_DATA_DIR": str(tmp_path / "file" / "data")})
    with pytest.raises(AssertionError, match="the server ended"):
        refused.start()
    assert "Dailies cannot start. The data folder" in refused.log
    assert "Traceback" not in refused.log
