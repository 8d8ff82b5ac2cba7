"""Pages while Runway does not answer: whole at once, and drawn again when it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import NotAllowed, StoreError
from core.generations import Generation, Request, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.in_flight import LIFE
from core.studio import Studio
from tests.conftest import NOON, ROOT
from tests.core.conftest import Wire
from tests.histories import add_to
from tests.pages.conftest import Add, Visit, component_data, markdown, words

AWAY = StoreError("The history cannot be read at the moment.")


@pytest.fixture
def silent(
    open_studio: Callable[[Settings], Studio], settings: Settings
) -> Iterator[tuple[Studio, Wire]]:
    """A studio at work on a Runway that takes calls and never answers, and that Runway."""
    wire = Wire()
    wire.on("GET /v1/organization", wire.hang)
    wire.on("POST /v1/organization/usage", wire.hang)
    studio = open_studio(replace(settings, base_url=wire.url))
    studio.accounts.start()
    with presenting(studio):
        yield studio, wire
    studio.accounts.stop()
    wire.close()


@pytest.mark.parametrize("name", ["settings", "spending", "unconfirmed"])
@pytest.mark.point(16)
def test_a_page_is_whole_although_runway_does_not_answer(
    silent: tuple[Studio, Wire], text_request: Request, name: str
) -> None:
    studio, wire = silent
    add_to(studio, text_request, Status.UNCONFIRMED, sent=False, submitted_at=NOON)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
    page.switch_page(f"{name}.py").run()
    assert not page.exception
    assert not wire.released.is_set(), "the page has waited for the answer"
    if name == "unconfirmed":
        assert "no figures of Runway's" in markdown(page)
    else:
        assert "sking Runway" in markdown(page) or "being asked" in words(page)


def test_what_shows_a_clip_on_its_way_is_fetched_before_there_is_one(studio: Studio) -> None:
    with presenting(studio):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
    assert len(page.get("progress")) == 1


@pytest.mark.parametrize(
    ("name", "drawing"),
    [
        ("generation", "pages.ui.clips.cards.in_flight"),
        ("history", "pages.ui.history.gallery.show"),
        ("create", "pages.ui.clips.takes.show"),
    ],
)
def test_a_page_whose_drawing_has_failed_still_waits(
    visit: Visit,
    add: Add,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    drawing: str,
) -> None:
    def fail(*_args: object, **_facts: object) -> None:
        raise AWAY

    made = add(status=Status.RUNNING)
    monkeypatch.setattr(drawing, fail)
    page = visit(name, id=str(made.id)) if name == "generation" else visit(name)
    assert [error.proto.title for error in page.error] == [AWAY.message]
    assert AWAY.message in caplog.text
    assert [one["etag"] for one in component_data(page, "lookout")] == [studio.in_flight.etag()]


def test_what_one_may_not_see_any_more_is_no_fault_of_the_page(
    visit: Visit, add: Add, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refused = NotAllowed("Only makers may do that.", "Ask an admin.")

    def fail(*_args: object, **_facts: object) -> None:
        raise refused

    made = add(status=Status.RUNNING)
    monkeypatch.setattr("pages.ui.clips.cards.in_flight", fail)
    page = visit("generation", id=str(made.id))
    assert [(one.proto.title, one.value) for one in page.error] == [(refused.message, refused.hint)]
    assert refused.message not in caplog.text


@pytest.mark.parametrize(
    ("name", "drawing", "error"),
    [
        ("create", "pages.ui.compose.draft.load", AWAY),
        ("models", "pages.ui.models.differing_prices.faults", KeyError("nobody expected it")),
        ("spending", "pages.ui.generation.undecided.count", AWAY),
    ],
)
def test_a_page_that_could_not_be_drawn_at_all_is_drawn_again_by_itself(
    visit: Visit,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    drawing: str,
    error: Exception,
) -> None:
    def fail(*_args: object, **_facts: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(drawing, fail)
        page = visit(name)
        assert [one["etag"] for one in component_data(page, "lookout")] == [studio.in_flight.etag()]
    expected = isinstance(error, StoreError)
    assert (len(page.error), len(page.exception)) == ((1, 0) if expected else (0, 1))
    assert not page.run().exception
    assert component_data(page, "lookout") == []


def test_what_ends_while_the_history_is_read_is_news_to_its_page(
    visit: Visit, add: Add, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(status=Status.RUNNING)
    before, read = studio.in_flight.etag(), studio.history.page

    def read_then_ended(*args: Any) -> list[Generation]:
        shown = read(*args)
        studio._store.note(made.id, cancel_requested=True)
        time.sleep(LIFE)
        return shown

    monkeypatch.setattr(studio.history, "page", read_then_ended)
    (look,) = component_data(visit("history"), "lookout")
    assert look["etag"] == before != studio.in_flight.etag()


def test_a_take_whose_provider_tells_no_progress_has_no_percentage(visit: Visit, add: Add) -> None:
    add(status=Status.RUNNING)
    (strip,) = component_data(visit("create"), "strip")
    assert [take["progress"] for take in strip["takes"]] == [None]
