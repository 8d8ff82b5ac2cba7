"""Blind pairs by keyboard: quick hands lose no vote, a reload goes on, nothing tells the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from core.domain.comparisons import Vote
from core.storage.database import HistoryFile, utc_now
from core.storage.desk.comparisons import ComparisonStore
from tests.browser.made_clips import HOSTILE, folder_with
from tests.browser.serving import Server, serving, until

pytestmark = pytest.mark.browser

CLIPS = 5
PAIRS = 10


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with a comparison of five clips."""
    folder = folder_with(tmp_path / "served", [(HOSTILE, 1)] * CLIPS)
    with closing(HistoryFile(folder / "history.db")) as file:
        numbers = range(1, CLIPS + 1)
        ComparisonStore(file).open(numbers, seed="s", person="Ada", now=utc_now())
    with serving(Server(folder, {"DAILIES_DEMO_SECONDS": "60"}, warm=True)) as running:
        yield running


def votes(server: Server) -> list[Vote]:
    with closing(HistoryFile(server.folder / "history.db")) as file:
        return ComparisonStore(file).votes(1)


def test_every_pair_is_judged_by_keyboard_and_none_is_lost(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit("/blind?comparison=1")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.get_by_label("Your name").fill("Ada")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Pair 1 of {PAIRS}")).to_be_visible()
    expect(page.get_by_label("Left", exact=True).first).to_be_visible()
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight"):  # quicker than the server
        page.keyboard.press(key)
    expect(page.get_by_text(f"Pair 4 of {PAIRS}")).to_be_visible()
    until(page, lambda: len(votes(server)) == 3)
    assert sum(vote.winner is None for vote in votes(server)) == 1
    content = page.content()
    assert "evil.test" not in content
    assert "gen4.5" not in content
    until(page, lambda: any("/blind/" in answer.url for answer in answers))
    films = [answer for answer in answers if "/blind/" in answer.url]
    assert not any("gen4.5" in str(answer.headers) for answer in films)

    page.evaluate("WebSocket.prototype.send = () => {}")  # the server hears nothing of the next one
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text(f"Pair 5 of {PAIRS}")).to_be_visible()
    assert len(votes(server)) == 3
    page.reload()
    until(page, lambda: len(votes(server)) == 4)
    for number in range(5, PAIRS + 1):
        expect(page.get_by_text(f"Pair {number} of {PAIRS}")).to_be_visible()
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("All pairs judged")).to_be_visible()
    expect(page.get_by_text(f"{PAIRS} votes of 1 person")).to_be_visible()
    assert len(votes(server)) == PAIRS
