"""The History as a gallery: keys, links, a selection over pages, previews, and what it sends."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from core.files import Output
from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.browser import made_before
from tests.browser.conftest import visits
from tests.browser.serving import Server, serving
from tests.browser.test_journey import settled, walk
from tests.footage import film

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.test/a.png) <a href='//evil.test'>l</a>"
WANTED = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})
SHAPES = ((1280, 720), (720, 1280), (960, 960))
PAGE = 24


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, to copy, with thirty clips and their previews."""
    folder = tmp_path_factory.mktemp("filled") / "served"
    fill(folder, folder.parent)
    return folder


@pytest.fixture
def server(filled: Path, shared: Callable[[Callable[[Path], object]], Server]) -> Server:
    """A server with thirty clips of several shapes; the last has a hostile prompt."""

    def with_thirty_clips(folder: Path) -> None:
        shutil.copytree(filled, folder)

    return shared(with_thirty_clips)


@pytest.fixture
def own(filled: Path, tmp_path: Path) -> Iterator[Server]:
    """Such a server for a test that changes what it shows."""
    folder = Path(shutil.copytree(filled, tmp_path / "served"))
    with serving(Server(folder, {"DAILIES_DEMO_SECONDS": "60"}, warm=True)) as running:
        yield running


@pytest.fixture
def own_page(browser: Browser, own: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    with visits(browser, own, request) as opening:
        yield history(opening)


def fill(folder: Path, scratch: Path) -> None:
    """Thirty clips in a data folder, as an older version would have left them, with the previews
    of the first of each shape."""
    for kind in ("videos", "posters"):
        (folder / kind).mkdir(parents=True)
    films = [film(scratch / f"{n}.mp4", size=size) for n, size in enumerate(SHAPES)]
    firsts = [put(folder, number, films) for number in range(3)]
    made_before.make_previews(folder)
    for number in range(3, 30):
        stem = put(folder, number, films)
        for made in (folder / "previews").glob(f"{firsts[number % 3]}[-.]*"):
            shutil.copyfile(made, made.with_name(made.name.replace(firsts[number % 3], stem)))


def put(folder: Path, number: int, films: Sequence[bytes]) -> str:
    """One more clip; what the names of its pictures begin with."""
    prompt = HOSTILE if number == 29 else f"{WANTED.prompt} {number + 1}"
    output = add(folder, prompt, SHAPES[(number + 1) % 3])
    (folder / "videos" / output.file).write_bytes(films[(number + 1) % 3])
    return Path(output.poster).stem


def add(folder: Path, prompt: str, size: tuple[int, int] = SHAPES[0]) -> Output:
    """A row in the history, and what its clip is called."""
    now = datetime.now(UTC)
    with closing(HistoryFile(folder / "history.db")) as file:
        store = Store(file)
        row, _new = store.add(
            replace(WANTED, prompt=prompt),
            idempotency_key=secrets.token_hex(8),
            kind="text",
            quoted=24,
            demo=True,
            now=now,
        )
        name = f"{row.file_stem}-0"
        output = Output(
            0, f"{name}.mp4", "video/mp4", 9, secrets.token_hex(32), *size, 2.0, 24.0, f"{name}.jpg"
        )
        noise = Image.effect_noise((size[0] // 40, size[1] // 40), 90).convert("RGB")
        noise.resize((size[0] * 3 // 4, size[1] * 3 // 4)).save(folder / "posters" / output.poster)
        task_id = secrets.token_hex(16)
        store.move(
            row, Status.SUCCEEDED, now, task_id=task_id, outputs=(output,), credits_charged=24
        )
    return output


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return history(visit)


def history(visit: Callable[..., Page]) -> Page:
    opened = visit("/history", motion=True)
    expect(opened.locator(".card")).to_have_count(PAGE)
    return opened


def links(page: Page) -> Locator:
    return page.locator(".card a")


def focused(page: Page) -> str:
    """The number of the card that has the focus."""
    found = page.locator(".card:focus-within")
    return str(found.get_attribute("data-id"))


def test_a_click_opens_in_place_and_with_control_in_a_tab(page: Page) -> None:
    page.evaluate("() => { window.stayed = true }")
    with page.context.expect_page() as opened:
        links(page).nth(1).click(modifiers=["Control"])
    opened.value.wait_for_url("**/generation?id=29")
    links(page).nth(2).click()
    page.wait_for_url("**/generation?id=28")
    assert page.evaluate("() => window.stayed")
    page.go_back()
    expect(page.locator(".card")).to_have_count(PAGE)


def test_everything_can_be_done_by_keyboard(page: Page) -> None:
    links(page).first.focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "29"
    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert int(below) < 28
    page.keyboard.press("ArrowUp")
    assert int(focused(page)) > int(below)
    page.keyboard.press("Home")
    assert focused(page) == "30"
    page.keyboard.press("f")
    expect(page.locator("[data-id='30'] .heart")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("f")
    expect(page.locator("[data-id='30'] .heart")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Search prompts")).to_be_focused()
    links(page).nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/generation?id=29")


def test_a_selection_goes_over_pages(page: Page) -> None:
    page.locator("[data-id='30'] .tick").click()
    page.locator("[data-id='28'] .tick").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Page 2").click()
    expect(page.locator(".card")).to_have_count(6)
    page.locator("[data-id='1'] .tick").click()
    expect(page.get_by_text("4 selected")).to_be_visible()
    page.get_by_role("button", name="Page 1").click()
    expect(page.locator(".card.selected")).to_have_count(3)
    page.get_by_role("button", name="Export …").last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("4 generations")
    with page.expect_download() as exported:
        dialog.get_by_role("link", name="CSV").click()
    page.keyboard.press("Escape")
    assert len(exported.value.path().read_text("utf-8-sig").splitlines()) == 5
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".card.selected")).to_have_count(0)


def test_a_selection_becomes_an_archive(page: Page) -> None:
    page.locator("[data-id='30'] .tick").click()
    page.get_by_role("button", name="Export …").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="File names").fill("{number}")
    dialog.get_by_role("textbox", name="File names").blur()
    dialog.get_by_role("button", name="Make the archive").click()
    link = dialog.get_by_role("link", name="Download ZIP")
    expect(link).to_be_visible()
    with page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "Dailies.zip"
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert archive.testzip() is None
        assert {"generations.csv", "generations.json", "contact-sheet.pdf"} <= {*archive.namelist()}


def test_a_hostile_prompt_is_text(page: Page) -> None:
    expect(page.locator("[data-id='30'] .title")).to_have_text(HOSTILE)
    assert page.locator("[data-id='30'] .title *").count() == 0


def test_a_preview_plays_and_goes_on_while_the_page_is_refreshed(page: Page) -> None:
    card = page.locator("[data-id='29']")
    card.hover()
    expect(card.locator("video.plays")).to_be_visible()
    page.evaluate("""() => {
        const host = [...document.querySelectorAll('*')].find((one) =>
            one.shadowRoot?.querySelector('.gallery'));
        window.kept = host.shadowRoot.querySelector('video');
    }""")
    for number in range(20):
        page.locator("[data-id='29'] .heart").click()
        pressed = "true" if number % 2 == 0 else "false"
        expect(card.locator(".heart")).to_have_attribute("aria-pressed", pressed)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    assert page.evaluate("() => window.kept.isConnected && !window.kept.paused")
    page.mouse.move(5, 5)
    expect(page.locator("video")).to_have_count(0)


def test_who_wants_no_motion_gets_none(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.locator("[data-id='29']").hover()
    page.wait_for_load_state("networkidle")
    page.locator("[data-id='29'] a").focus()
    page.keyboard.press("Space")
    assert not [url for url in asked if "/previews/" in url]


def test_a_page_of_cards_sends_little(visit: Callable[..., Page], server: Server) -> None:
    page = visit("/settings")
    sent: list[int] = []
    page.on(
        "response",
        lambda answer: (
            sent.append(int(answer.headers.get("content-length", 0)))
            if "/stills/" in answer.url or "/posters/" in answer.url
            else None
        ),
    )
    page.goto(f"{server.url}/history")
    expect(page.locator(".card")).to_have_count(PAGE)
    page.locator(".card").last.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sent) < 400 * 1024


def test_what_others_add_appears_above_or_is_announced(own_page: Page, own: Server) -> None:
    page = own_page
    add(own.folder, "By somebody else")
    expect(page.locator(".card").first).to_contain_text("By somebody else")
    page.locator(".card").last.scroll_into_view_if_needed()
    before = page.locator("[data-id='20']").bounding_box()
    add(own.folder, "And one more")
    page.get_by_role("button", name="1 new").wait_for()
    assert page.locator("[data-id='20']").bounding_box() == before
    page.get_by_role("button", name="1 new").click()
    expect(page.locator(".card").first).to_contain_text("And one more")


def test_on_another_page_it_is_announced(own_page: Page, own: Server) -> None:
    page = own_page
    page.get_by_role("button", name="Page 2").click()
    expect(page.locator(".card")).to_have_count(6)
    add(own.folder, "By somebody else")
    page.get_by_role("button", name="1 new").click()
    expect(page.locator(".card").first).to_contain_text("By somebody else")


def test_an_open_page_is_not_drawn_while_nothing_is_new(page: Page) -> None:
    sent: list[bytes | str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    expect(page.locator(".card")).to_have_count(PAGE)
    for _ in range(2):
        drawn = len(sent)
        with page.expect_response("**/app/static/newest") as asked:
            pass
    assert asked.value.json() == {"newest": 30}
    assert drawn == len(sent) > 0


@pytest.mark.parametrize(("width", "highest"), [(1440, 260), (390, 330)])
def test_the_pictures_come_first(visit: Callable[..., Page], width: int, highest: int) -> None:
    page = visit("/history", width=width)
    first, second = page.locator(".card").nth(0), page.locator(".card").nth(1)
    first.wait_for()
    box, beside = first.bounding_box(), second.bounding_box()
    assert box
    assert beside
    assert box["y"] < highest
    assert beside["y"] == box["y"]
    if width == 390:
        third = page.locator(".card").nth(2).bounding_box()
        assert third
        assert third["y"] > box["y"]


def test_a_picture_fills_its_tile_in_its_own_shape(visit: Callable[..., Page]) -> None:
    page = visit("/history")
    settled(page)
    for size in ("Small", "Medium", "Large"):
        walk(page, f"/history?size={size}")
        page.locator(f".gallery[data-density={size[0]}]").wait_for()
        expect(page.locator(".card img")).to_have_count(PAGE)
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert shapes(page) == pytest.approx(
                [SHAPES[n % 3][0] / SHAPES[n % 3][1] for n in range(30, 30 - PAGE, -1)], rel=0.02
            )


def shapes(page: Page) -> list[float]:
    """Width / height of each tile."""
    box = "one => { const b = one.getBoundingClientRect(); return b.width / b.height }"
    found: list[float] = page.locator(".picture").evaluate_all(f"tiles => tiles.map({box})")
    return found


RESTS = """() => new Promise((rested) => {
    let since = performance.now();
    const look = (now) => {
        const app = document.querySelector('[data-testid=stApp]');
        if (app.dataset.testScriptState !== 'notRunning') since = now;
        if (now - since > 1000) rested();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""
"""Until nothing was drawn for a second: as long as somebody looks who goes back then."""


def test_back_and_forward_walk_the_views_as_they_were_looked_at(page: Page) -> None:
    search, cards = page.get_by_label("Search prompts"), page.locator("li.card")

    def shows(address: str, words: str, number: int, *, clears: int = 0) -> None:
        page.wait_for_url(f"**/history{address}")
        expect(search).to_have_value(words)
        expect(cards).to_have_count(number)
        expect(page.get_by_role("button", name="Clear filters")).to_have_count(clears)
        page.evaluate(RESTS)

    shows("", "", PAGE)
    page.get_by_test_id("stPagination").get_by_role("button", name="2").click()
    shows("?page=2", "", 6)
    search.fill("alert")
    search.press("Enter")
    shows("?q=alert", "alert", 1)
    page.get_by_role("button", name="Filters").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Failed").click()
    shows("?q=alert+status%3Afailed", "alert status:failed", 0, clears=2)
    search.fill("alert status:done")
    search.press("Enter")
    page.keyboard.press("Escape")
    shows("?q=alert+status%3Adone", "alert status:done", 1, clears=1)
    cards.first.get_by_role("link").click()
    page.wait_for_url("**/generation?id=*")
    settled(page)
    page.go_back()
    shows("?q=alert+status%3Adone", "alert status:done", 1, clears=1)
    page.get_by_role("button", name="Clear filters").click()
    shows("", "", PAGE)
    page.go_back()
    shows("?q=alert+status%3Adone", "alert status:done", 1, clears=1)
    page.go_back()
    shows("?q=alert+status%3Afailed", "alert status:failed", 0, clears=2)
    page.go_back()
    shows("?q=alert", "alert", 1)
    page.go_back()
    shows("?page=2", "", 6)
    page.go_forward()
    shows("?q=alert", "alert", 1)
