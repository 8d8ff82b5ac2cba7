"""An empty demo fills with one click: everything is really ordered, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.compose.examples import Planned, week
from core.generations import Request, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from tests.conftest import Settle
from tests.histories import add_to
from tests.pages.conftest import button, cards, open_page

LABEL = "Fill with examples"


def offered(page: AppTest) -> bool:
    return LABEL in [each.label for each in page.button]


@pytest.mark.slow
def test_one_click_makes_a_week_that_ends_as_it_says(demo: Studio, settle: Settle) -> None:
    """Of each endpoint one clip is waited for; of the others, that the other side makes them."""
    page = open_page("history")
    assert "nothing is charged" in " ".join(caption.value for caption in page.caption)
    button(page, LABEL).click().run()
    assert not page.exception
    assert len(cards(page)) == len(week())
    assert not offered(page)

    made: set[str] = set()
    rows = demo.history.page(Filter(), Order.OLDEST, 1, 50)
    for planned, row in zip(week(), rows, strict=True):
        end = expected(planned)
        if end is Status.SUCCEEDED and row.request.endpoint in made:
            settle(demo, row, lambda one: bool(one.task_id))
        else:
            assert settle(demo, row).status is end
            made |= {row.request.endpoint} if end is Status.SUCCEEDED else set()


def expected(planned: Planned) -> Status:
    if planned.cancelled:
        return Status.CANCELLED
    return Status.FAILED if "#fail-" in planned.request.prompt else Status.SUCCEEDED


def test_a_second_click_on_an_old_page_orders_nothing(demo: Studio) -> None:
    first, second = open_page("history"), open_page("history")
    button(first, LABEL).click().run()
    button(second, LABEL).click().run()
    assert not second.exception
    assert demo.history.sums(Filter(), Order.NEWEST).totals.generations == len(week())


def test_a_full_disk_is_said_in_a_sentence(
    open_studio: Callable[[Settings], Studio], tmp_path: Path
) -> None:
    with presenting(open_studio(Settings(data_dir=tmp_path / "full", disk_floor=10**12))):
        page = open_page("history")
        button(page, LABEL).click().run()
        assert not page.exception
        assert "free" in " ".join(error.value for error in page.error)
        assert offered(page)


def test_it_is_offered_only_to_an_empty_demo(demo: Studio, text_request: Request) -> None:
    assert offered(open_page("history"))
    add_to(demo, text_request)
    assert not offered(open_page("history"))


def test_it_is_not_offered_where_clips_cost_money(
    studio: Studio, visit: Callable[..., AppTest]
) -> None:
    assert not studio.settings.demo
    assert not offered(visit("history"))
