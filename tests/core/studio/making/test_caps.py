"""Caps on spending: what counts, what is refused, and that nobody slips past."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.caps import EVERYONE, Cap, InvalidCap, Order, Period, Scope, Standing, Subject
from core.errors import InvalidRequest, InvalidReview
from core.generations import Generation, Request
from core.settings import Settings
from core.storage.database import HistoryFile
from core.storage.history import Filter
from core.storage.spending.cap_standings import CapStandings
from core.storage.spending.caps import CapStore
from core.studio import Studio
from tests.conftest import NOON, Clock, OpenStudio

PRICE = 24
"""Credits of the fixture's request."""


def submit(studio: Studio, request: Request, key: str, author: str = "") -> Generation:
    return studio.compose.submit(request, key, author=author)[0]


def another(request: Request, number: int) -> Request:
    return replace(request, prompt=f"{request.prompt} {number}")


# -- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "start", "turn"),
    [
        (Period.DAY, "2026-12-31", "2027-01-01"),
        (Period.WEEK, "2026-12-28", "2027-01-04"),
        (Period.MONTH, "2026-12-01", "2027-01-01"),
    ],
)
def test_a_period_is_of_the_calendar_in_utc(period: Period, start: str, turn: str) -> None:
    now = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert period.start(now) == datetime.fromisoformat(f"{start}T00:00:00+00:00")
    assert period.turn(now) == datetime.fromisoformat(f"{turn}T00:00:00+00:00")
    assert Period.ALL.start(now) is Period.ALL.turn(now) is None


# -- what is refused ------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_in_words_and_leaves_no_row(
    studio: Studio, text_request: Request
) -> None:
    studio.caps.set(EVERYONE, Period.MONTH, 2 * PRICE, by="Nora")
    submit(studio, text_request, "one")
    submit(studio, another(text_request, 2), "two")
    third = another(text_request, 3)
    (problem,) = studio.compose.problems(third)
    assert problem.field == "price"
    assert problem.message == (
        "Everyone's cap this month is 48 credits, and 0 are left. This may cost 24."
        f" The cap starts again on {Period.MONTH.turn(studio.now):%-d %B at %H:%M} UTC."
        " Nora set it; it can be changed on Spending."
    )
    with pytest.raises(InvalidRequest) as caught:
        submit(studio, third, "three")
    assert caught.value.problems == (problem,)
    assert studio.history.sums(Filter()).totals.generations == 2


def test_the_same_click_again_is_no_second_order_and_is_not_refused(
    studio: Studio, text_request: Request
) -> None:
    studio.caps.set(EVERYONE, Period.MONTH, PRICE, by="Nora")
    first = submit(studio, text_request, "one")
    assert submit(studio, text_request, "one").id == first.id


def test_what_nobody_knows_the_price_of_fits_under_no_cap(
    studio: Studio, text_request: Request
) -> None:
    unknown = replace(text_request, params={"ratio": "1280:720"})
    assert studio.compose.quote(unknown) is None
    standing = Standing(Cap("", EVERYONE, Period.ALL, 10**6, 80, "Nora", NOON), 0, 0, None)
    assert standing.refuses(None)
    assert not standing.refuses(10**6)
    studio.caps.set(EVERYONE, Period.ALL, 10**6, by="Nora")
    order = studio.compose.order(unknown)
    assert "is not known" in studio.caps.problems(order)[0].message


def test_a_cap_counts_what_is_its_own(studio: Studio, text_request: Request) -> None:
    film = studio.projects.named("Film", by="Nora")
    caps = [
        studio.caps.set(Subject(Scope.PERSON, "", "Ann"), Period.ALL, PRICE, by="Nora"),
        studio.caps.set(Subject(Scope.PROJECT, "", "film"), Period.ALL, PRICE, by="Nora"),
        studio.caps.set(Subject(Scope.MODEL, "veo3.1"), Period.ALL, PRICE, by="Nora"),
    ]
    assert [cap.subject.name for cap in caps] == ["Ann", "Film", "Veo 3.1"]
    studio.compose.submit(text_request, "one", author="ANN", project_id=film.id)
    used = {one.cap.subject.name: one.used for one in studio.caps.standings()}
    assert used == {"Ann": PRICE, "Film": PRICE, "Veo 3.1": 0}
    model = text_request.model
    assert studio.caps.problems(Order(1, model, "ann"))
    assert studio.caps.problems(Order(1, model, "", film.id))
    assert not studio.caps.problems(Order(PRICE, model, "Bob"))
    assert not studio.caps.problems(Order(PRICE, "veo3.1"))
    assert studio.caps.problems(Order(PRICE + 1, "veo3.1"))


def test_a_renamed_project_keeps_its_cap(studio: Studio) -> None:
    film = studio.projects.named("Film", by="Nora")
    studio.caps.set(Subject(Scope.PROJECT, "", "Film"), Period.ALL, 10, by="Nora")
    studio.projects.set_name(film.id, "Feature", by="Nora")
    assert [one.cap.subject.name for one in studio.caps.standings()] == ["Feature"]
    assert studio.caps.problems(Order(11, "gen4.5", "", film.id))


def test_a_new_period_has_all_of_it_again(
    studio: Studio, text_request: Request, clock: Clock
) -> None:
    studio.caps.set(EVERYONE, Period.DAY, PRICE, by="Nora")
    submit(studio, text_request, "one")
    assert studio.compose.problems(another(text_request, 2))
    clock.advance(timedelta(days=1).total_seconds())
    assert not studio.compose.problems(another(text_request, 2))


def test_demo_credits_count_apart(
    studio: Studio, settings: Settings, text_request: Request
) -> None:
    studio.caps.set(EVERYONE, Period.ALL, PRICE, by="Nora")
    submit(studio, text_request, "one")
    with closing(HistoryFile(settings.data_dir / "history.db")) as file:
        caps, of = CapStore(file).holding(), studio.catalog.suppliers
        live, demo = (CapStandings(file, of, demo=mode).of(caps, NOON) for mode in (False, True))
    assert [one.used for one in (*live, *demo)] == [PRICE, 0]


# -- setting them ---------------------------------------------------------------------------------


def test_a_cap_that_is_changed_takes_the_place_of_the_one_before(studio: Studio) -> None:
    studio.caps.set(EVERYONE, Period.DAY, 10, by="Nora")
    now = studio.caps.set(EVERYONE, Period.DAY, 20, by="Ann", warn_percent=50)
    studio.caps.set(EVERYONE, Period.MONTH, 30, by="Ann")
    assert [one.cap.credits for one in studio.caps.standings()] == [20, 30]
    studio.caps.end(now.id, by="Bob")
    assert [(c.credits, c.made_by, c.ended_by) for c in studio.caps.past()] == [
        (20, "Ann", "Bob"),
        (10, "Nora", "Ann"),
    ]


@pytest.mark.parametrize(
    ("subject", "credits", "warns"),
    [
        (EVERYONE, -1, 80),
        (EVERYONE, 10**9 + 1, 80),
        (EVERYONE, 10, 49),
        (EVERYONE, 10, 101),
        (Subject(Scope.MODEL, "plume_2"), 10, 80),
        (Subject(Scope.PROJECT, "", "Nowhere"), 10, 80),
    ],
)
def test_a_cap_that_cannot_be_is_refused(
    studio: Studio, subject: Subject, credits: int, warns: int
) -> None:
    with pytest.raises(InvalidCap):
        studio.caps.set(subject, Period.DAY, credits, by="Nora", warn_percent=warns)
    with pytest.raises(InvalidReview):
        studio.caps.set(Subject(Scope.PERSON, "", " "), Period.DAY, 10, by="Nora")
    assert studio.caps.standings() == []


@pytest.mark.parametrize(
    ("used", "warns", "reached"),
    [(79, False, False), (80, True, False), (99, True, False), (100, False, True)],
)
def test_it_warns_before_it_stops(used: int, warns: bool, reached: bool) -> None:
    cap = Cap("", EVERYONE, Period.ALL, 100, 80, "Nora", NOON)
    standing = Standing(cap, used - 10, 10, None)
    assert (standing.warns, standing.is_reached) == (warns, reached)


# -- at once --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_fifty_at_once_in_two_servers_pass_no_cap(
    studio: Studio, open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    other = open_studio(settings)
    studio.caps.set(EVERYONE, Period.DAY, 3 * PRICE + PRICE - 1, by="Nora")
    together = threading.Barrier(10)

    def one(number: int) -> bool:
        if number < 10:
            together.wait(30)
        server = (studio, other)[number % 2]
        try:
            submit(server, another(text_request, number), f"order {number}")
        except InvalidRequest:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        taken = sum(pool.map(one, range(50)))
    assert taken == 3
    assert studio.history.sums(Filter()).totals.generations == 3
