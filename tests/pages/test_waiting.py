"""Pages while Runway does not answer: whole at once, and drawn again when it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Request, Status
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from tests.conftest import NOON, ROOT
from tests.core.conftest import Wire
from tests.histories import add_to
from tests.pages.conftest import markdown, words


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
