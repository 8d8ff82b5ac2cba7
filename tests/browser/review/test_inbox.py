"""The inbox by keyboard alone: each clip is there at once, and no decision is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.storage.database import HistoryFile
from tests.browser.made_clips import HOSTILE, folder_with
from tests.browser.serving import Server, serving, until

pytestmark = pytest.mark.browser

CLIPS = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with eight clips that nobody has rated, the newest with a hostile prompt."""
    prompts = [*(f"A quiet sea {number}" for number in range(1, CLIPS)), HOSTILE]
    folder = folder_with(tmp_path / "served", [(prompt, 1) for prompt in prompts])
    with serving(Server(folder, {"DAILIES_DEMO_SECONDS": "60"}, warm=True)) as running:
        yield running


def said(server: Server, query: str) -> list[tuple[object, ...]]:
    with closing(HistoryFile(server.folder / "history.db")) as file, file.reading() as db:
        return [tuple(row) for row in db.execute(query)]


def stars(server: Server) -> dict[object, object]:
    return dict(said(server, "select generation_id, stars from ratings"))  # type: ignore[arg-type]


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    page = visit("/inbox")
    page.get_by_label("Your name").fill("Ada")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{CLIPS} not rated by you")).to_be_visible()
    return page


def test_quick_keys_rate_judge_and_note_and_nothing_is_lost(page: Page, server: Server) -> None:
    expect(page.locator(".inbox .words")).to_have_text(HOSTILE)
    assert page.locator(".inbox .words *").count() == 0
    page.keyboard.press("a")
    for key in "54321":  # quicker than the server
        page.keyboard.press(key)
    expect(page.locator(".inbox .words")).to_have_text("A quiet sea 3")
    expect(page.locator(".inbox video.seen")).to_have_count(1)
    page.keyboard.press("n")
    page.keyboard.type("Too dark, 5 of 5")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    expect(page.get_by_text(f"{CLIPS - 6} not rated by you")).to_be_visible()
    wanted = {8: 5, 7: 4, 6: 3, 5: 2, 4: 1, 2: 3}
    until(page, lambda: stars(server) == wanted)
    assert said(server, "select id from generations where review = 'approved'") == [(8,)]
    assert said(server, "select generation_id, text from notes") == [(3, "Too dark, 5 of 5")]
    page.get_by_role("link", name="History").click()
    expect(page.locator(".card").first).to_be_visible()
    page.go_back()  # it goes on where it was
    expect(page.locator(".inbox .words")).to_have_text("A quiet sea 1")
    page.keyboard.press("u")
    expect(page.locator(".inbox .words")).to_have_text("A quiet sea 2")
    until(page, lambda: 2 not in stars(server))


def test_what_was_not_taken_in_is_sent_after_a_reload(page: Page, server: Server) -> None:
    page.evaluate(
        """() => sessionStorage.setItem('dailies.inbox', JSON.stringify({
            run: 'before', number: 2, waiting: [
                {number: 1, id: 8, what: 'stars', value: '4', moment: 0},
                {number: 2, id: 7, what: 'stars', value: '2', moment: 0},
            ]}))"""
    )
    page.reload()
    until(page, lambda: stars(server) == {8: 4, 7: 2})
    page.keyboard.press("1")
    until(page, lambda: stars(server) == {8: 4, 7: 2, 6: 1})
