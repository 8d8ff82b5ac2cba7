"""Beside Generate: what an order leaves, what limits it, and how long it is likely to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.caps import EVERYONE, Period
from core.emulator import Emulator
from core.generations import Request, Status
from core.serving import presenting
from core.storage.making.drafts import Draft
from core.storage.making.speeds import LEAST_TIMED
from core.studio import Studio
from tests.conftest import NOON, ROOT
from tests.pages.conftest import Add

DRAFT = "0" * 16
Compose = Callable[[Request], AppTest]


@pytest.fixture
def compose(studio: Studio) -> Iterator[Compose]:
    """Opens the form with a request in it, once Runway has told of the account."""

    def opened(request: Request) -> AppTest:
        studio.compose.save_draft(DRAFT, Draft(request))
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
        page.query_params["draft"] = DRAFT
        page.run()
        studio.accounts.look()
        return page.run()

    with presenting(studio):
        yield opened


def panel(page: AppTest) -> Any:
    assert not page.exception
    return next(one for one in page.get("popover") if "credits" in one.proto.popover.label)


def told(page: AppTest) -> dict[str, str]:
    """The facts of the panel by their names."""
    values = [one.value for one in panel(page).text]
    names = [one.value for one in panel(page).caption]
    return dict(zip(names[-len(values) :], values, strict=True))


def test_the_line_says_what_the_order_leaves(
    compose: Compose, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=1000)
    page = compose(text_request)
    assert panel(page).proto.popover.label == "976 credits left after it"
    facts = told(page)
    assert facts == {
        "Price": "24 credits ($0.24)",
        "Balance now": "1,000 credits ($10.00)",
        "After it": "976 credits ($9.76)",
    }


def test_too_few_credits_are_said_before_the_click(
    compose: Compose, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=10)
    label = panel(compose(text_request)).proto.popover.label
    assert label == "10 credits left, 24 needed"


def test_each_cap_and_limit_says_what_is_left_of_it(
    compose: Compose, studio: Studio, add: Add, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=1000, concurrency=3, daily=50)
    studio.caps.set(EVERYONE, Period.ALL, 100, by="Nora")
    add(status=Status.RUNNING, quoted=30)
    add(status=Status.THROTTLED, quoted=0)
    facts = told(compose(text_request))
    assert facts["Everyone's cap in all"] == "70 left, 46 after it"
    assert facts["In 24 hours"] == "50 of 50 left"
    assert facts["Free places now"] == "2 of 3", "one that waits for a place has none"


def test_a_price_that_a_setting_doubles_says_so(compose: Compose) -> None:
    loud = Request("text_to_video", "veo3.1", "A sea", {"duration": 8, "audio": True})
    said = [one.value for one in panel(compose(loud)).caption]
    assert said[0] == "Sound on makes it 320 credits; off it would be 160."


def test_how_long_it_takes_is_told_from_five_clips_on(
    compose: Compose, studio: Studio, text_request: Request
) -> None:
    for number in range(LEAST_TIMED - 1):
        made(studio, text_request, number)
    assert "Waits" not in told(compose(text_request))
    made(studio, text_request, LEAST_TIMED - 1)
    facts = told(compose(text_request))
    assert facts["Waits"] == "2 s to 4 s"
    assert facts["Is made in"] == "28 s to 34 s"


def made(studio: Studio, request: Request, number: int) -> None:
    """A clip that waited for `number` seconds, and was made in 20 and four for each more."""
    store, sent = studio._store, NOON + timedelta(minutes=number)
    row, _new = store.add(
        request, idempotency_key=str(number), kind="text", quoted=24, demo=False, now=sent
    )
    store.move(row, Status.PENDING, sent, task_id=str(number), submitted_at=sent)
    began = sent + timedelta(seconds=number)
    store.move(store.get(row.id), Status.RUNNING, began)
    ended = began + timedelta(seconds=20 + 4 * number)
    store.move(store.get(row.id), Status.SUCCEEDED, ended, credits_charged=24, finished_at=ended)
