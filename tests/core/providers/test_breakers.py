"""What holds work back: a wrong key, no credits, a full day, a storm. Nothing held fails."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlite_utils.utils import sqlite3

from core.emulator import Emulator
from core.errors import NotAuthorized, ServerTrouble
from core.generations import Generation, Request, Status, Value
from core.providers.breakers import LOST_WAIT, STORM, Breakers
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle, account_of, step
from tests.core.conftest import Wire, hang_up, say

CREATE = "POST /v1/text_to_video"
NO = {"error": "No."}
FULL = {
    "creditBalance": 1000,
    "tier": {"models": {"gen4.5": {"maxDailyGenerations": 3}}},
    "usage": {"models": {"gen4.5": {"dailyGenerations": 3}}},
}
"""An account where the model's day is used up."""
ROOM = FULL | {"usage": {"models": {"gen4.5": {"dailyGenerations": 2}}}}


def names(studio: Studio) -> list[str]:
    """What is open."""
    return [breaker.name for breaker in studio.breakers.open()]


def several(studio: Studio, request: Request, count: int, **facts: Any) -> list[Generation]:
    """So many generations that differ by their prompt."""
    made = [replace(request, prompt=f"A quiet sea {n}", **facts) for n in range(count)]
    return [studio.compose.submit(one, secrets.token_hex(8))[0] for one in made]


def run(studio: Studio, clock: Clock, seconds: float, pulse: float = 0.25) -> None:
    """Let the tracker step through a span of time."""
    for _ in range(round(seconds / pulse)):
        clock.advance(pulse)
        step(studio, clock)


def statuses(studio: Studio, generations: list[Generation]) -> set[Status]:
    return {studio.generations.get(one.id).status for one in generations}


@pytest.fixture
def unhurried(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio that asks for each task every five seconds, as at Runway."""
    return open_studio(replace(settings, poll_seconds=5.0))


# -- the key --------------------------------------------------------------------------------------


@pytest.mark.point(17)
@pytest.mark.slow
def test_a_key_that_is_revoked_holds_everything_and_fails_nothing(
    unhurried: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    running = several(unhurried, text_request, 6)
    run(unhurried, clock, 2)
    assert statuses(unhurried, running) == {Status.PENDING}
    emulator.script([{"on": "task", "times": 8, "do": {"status": 401, "body": NO}}])
    emulator.script([{"on": "organization", "times": 99, "do": {"status": 401, "body": NO}}])
    run(unhurried, clock, 6)
    clock.advance(3)  # the same request again at once would count as a second click
    queued = several(unhurried, text_request, 3)
    before = emulator.ledger()["calls"]
    run(unhurried, clock, 60)
    calls = emulator.ledger()["calls"]
    assert names(unhurried) == ["key"]
    assert calls["task"] + calls["organization"] - before["task"] - before["organization"] <= 2
    assert statuses(unhurried, running) == {Status.PENDING}
    assert statuses(unhurried, queued) == {Status.QUEUED}
    assert all("API key" in unhurried.generations.get(one.id).reason for one in queued)
    assert calls["create"] == 6


@pytest.mark.point(17)
@pytest.mark.slow
def test_all_goes_on_when_the_key_is_good_again(
    unhurried: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:2")
    running = several(unhurried, text_request, 4)
    run(unhurried, clock, 2)
    emulator.script([{"on": "task", "times": 4, "do": {"status": 401, "body": NO}}])
    run(unhurried, clock, 6)
    assert names(unhurried) == ["key"]
    run(unhurried, clock, 160, pulse=0.5)
    assert names(unhurried) == []
    assert statuses(unhurried, running) == {Status.SUCCEEDED}


def test_a_look_at_the_account_shows_whether_the_key_is_good(
    studio: Studio, emulator: Emulator, clock: Clock
) -> None:
    emulator.script([{"on": "organization", "do": {"status": 401}}])
    assert account_of(studio).error
    assert names(studio) == ["key"]
    clock.advance(31)
    assert not account_of(studio).error
    assert names(studio) == []


@pytest.mark.slow
def test_a_clip_whose_address_is_known_is_fetched_without_the_key(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, lambda row: row.status is Status.DOWNLOADING)
    studio.breakers.failed(generation, NotAuthorized("No."))
    step(studio, clock)
    assert names(studio) == ["key"]
    assert studio.generations.get(generation.id).status is Status.SUCCEEDED


# -- what is told of a hold -----------------------------------------------------------------------


@pytest.mark.slow
def test_one_that_falls_due_while_its_hold_is_written_down_is_not_forgotten(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> None:
    emulator.configure(daily=0)
    soon = {"status": 429, "body": NO, "headers": {"Retry-After": "2"}}
    emulator.script([{"on": "create", "do": soon}])
    first, _ = studio.compose.submit(text_request, "one")
    settle(studio, first, lambda row: bool(row.reason))
    assert names(studio) == ["daily_cap:gen4.5"]
    emulator.configure(daily=None)
    second, _ = studio.compose.submit(replace(text_request, prompt="Another sea"), "two")
    history = sqlite3.connect(studio.settings.data_dir / "history.db", isolation_level=None)
    with closing(history):
        history.execute("begin immediate")  # nothing can be written down
        telling = studio.tracker.step(clock.now())
        assert len(telling) == 1
        clock.advance(60)
        studio.tracker.step(clock.now())
        history.execute("rollback")
    wait(telling)
    assert settle(studio, second).status is Status.SUCCEEDED


# -- credits --------------------------------------------------------------------------------------


@pytest.mark.point(18)
@pytest.mark.slow
def test_without_credits_the_queue_stops_and_goes_on_once_the_balance_covers_it(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=23)
    waiting = several(studio, text_request, 3)
    run(studio, clock, 300)
    assert names(studio) == ["credits"]
    assert statuses(studio, waiting) == {Status.QUEUED}
    reasons = {studio.generations.get(one.id).reason for one in waiting}
    assert reasons == {"The Runway account has too few credits for this."}
    assert emulator.ledger()["calls"]["create"] <= 3, "asked again and again"
    assert emulator.ledger()["tasks"] == []
    emulator.configure(credits=1000)
    run(studio, clock, 62)
    assert names(studio) == []
    assert statuses(studio, waiting) == {Status.SUCCEEDED}


@pytest.mark.slow
def test_what_runs_goes_on_while_credits_are_lacking(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=24, tempo="polls:4")
    (first,) = several(studio, text_request, 1)
    run(studio, clock, 1)
    clock.advance(3)
    (second,) = several(studio, text_request, 1)
    run(studio, clock, 10)
    assert studio.generations.get(first.id).status is Status.SUCCEEDED
    assert studio.generations.get(second.id).status is Status.QUEUED


@pytest.mark.slow
def test_try_now_sends_it_at_once_whatever_the_catalogue_thinks_it_costs(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=23)
    one, other = several(studio, text_request, 2)
    run(studio, clock, 2)
    creates = emulator.ledger()["calls"]["create"]
    studio.generations.retry_now(other.id)
    run(studio, clock, 1)
    assert emulator.ledger()["calls"]["create"] == creates + 1
    emulator.configure(credits=1000)
    studio.generations.retry_now(other.id)
    run(studio, clock, 1)
    assert studio.generations.get(other.id).status is Status.SUCCEEDED
    run(studio, clock, 1)
    assert studio.generations.get(one.id).status is Status.SUCCEEDED, "the queue goes on with it"


# -- one model ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "name", "window"),
    [
        (say(429, {"error": "Daily cap"}), "daily_cap:gen4.5", 900),
        (say(429, {"error": "Daily cap"}, {"Retry-After": "120"}), "daily_cap:gen4.5", 120),
        (say(403, {"error": "Not enabled"}), "model:gen4.5", 300),
    ],
)
@pytest.mark.point(18)
@pytest.mark.slow
def test_a_model_that_is_refused_waits_and_the_others_go_on(
    open_studio: OpenStudio,
    settings: Settings,
    wire: Wire,
    clock: Clock,
    text_request: Request,
    answer: Callable[..., None],
    name: str,
    window: float,
) -> None:
    studio = open_studio(replace(settings, base_url=wire.url))
    wire.on("GET /v1/organization", say(200, FULL))
    wire.on("GET /v1/tasks/t-2", say(200, {"id": "t-2", "status": "RUNNING"}))
    wire.on(CREATE, answer)
    first, *waiting = several(studio, text_request, 4)
    step(studio, clock)
    step(studio, clock)
    sent = wire.count("POST")
    run(studio, clock, window - 2, pulse=1)
    assert names(studio) == [name]
    assert wire.count("POST") == sent, "asked again within the window"
    assert statuses(studio, [first, *waiting]) == {Status.QUEUED}
    wire.on(CREATE, say(200, {"id": "t-2"}))
    params: dict[str, Value] = {"ratio": "1280:720", "duration": 4}
    other, _ = studio.compose.submit(Request("text_to_video", "veo3.1", "A sea", params), "other")
    step(studio, clock)
    step(studio, clock)
    assert studio.generations.get(other.id).status is Status.PENDING
    assert names(studio) == [name], "another model's success says nothing of this one"
    wire.on(CREATE, answer)
    before = wire.count("POST")
    run(studio, clock, 3, pulse=1)
    assert wire.count("POST") == before + 1, "one of them looks, the others wait"


@pytest.mark.parametrize(
    "account",
    [say(200, ROOM), say(200, {"creditBalance": 1000}), say(403, NO)],
    ids=["room", "no limit", "not known"],
)
@pytest.mark.parametrize("body", [{"error": "Too Many Requests"}, b"<html>"], ids=["JSON", "HTML"])
@pytest.mark.point(18)
@pytest.mark.slow
def test_too_much_at_once_is_tried_again_within_seconds_and_ever_later(
    open_studio: OpenStudio,
    settings: Settings,
    wire: Wire,
    clock: Clock,
    text_request: Request,
    account: Callable[..., None],
    body: object,
) -> None:
    studio = open_studio(replace(settings, base_url=wire.url))
    wire.on("GET /v1/organization", account)
    wire.on(CREATE, say(429, body))
    (burst,) = several(studio, text_request, 1)
    waits = []
    for _ in range(3):
        step(studio, clock)
        step(studio, clock)
        found = studio.generations.get(burst.id)
        assert found.status is Status.QUEUED
        assert "too often" in found.reason
        assert found.retry_at
        waits.append((found.retry_at - clock.now()).total_seconds())
        clock.advance(waits[-1] + 0.01)
    assert names(studio) == []
    assert wire.count("POST") == 3
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits, 1))
    wire.on(CREATE, say(200, {"id": "t-2"}))
    step(studio, clock)
    step(studio, clock)
    assert studio.generations.get(burst.id).status is Status.PENDING


# -- storms ---------------------------------------------------------------------------------------


@pytest.mark.point(16)
@pytest.mark.slow
def test_a_storm_is_looked_at_once_in_five_seconds_and_all_goes_on_within_thirty_five(
    unhurried: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:40")
    running = several(unhurried, text_request, 24)
    run(unhurried, clock, 4)
    assert statuses(unhurried, running) == {Status.PENDING}
    emulator.script([{"on": "task", "times": 24 + 60, "do": {"status": 503}}])
    run(unhurried, clock, 60)
    assert names(unhurried) == ["server"]
    before = emulator.ledger()["calls"]["task"]
    run(unhurried, clock, 100)
    assert 15 <= emulator.ledger()["calls"]["task"] - before <= 21
    while emulator.ledger()["faults_waiting"]:
        run(unhurried, clock, 0.25)
    seen = {task["id"]: len(task["polls"]) for task in emulator.ledger()["tasks"]}
    run(unhurried, clock, 35)
    assert names(unhurried) == []
    late = [t for t in emulator.ledger()["tasks"] if len(t["polls"]) == seen[t["id"]]]
    assert late == []


def test_in_a_storm_nothing_is_paid_for_on_a_guess(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    for _ in range(STORM):
        studio.breakers.failed(
            studio.compose.submit(text_request, "one")[0], ServerTrouble("Down.")
        )
    emulator.script([{"on": "organization", "times": 20, "do": {"status": 500}}])
    emulator.script([{"on": "create", "times": 20, "do": {"after": "accept", "status": 500}}])
    run(studio, clock, 30)
    assert names(studio) == ["server"]
    assert emulator.ledger()["tasks"] == []
    assert emulator.ledger()["calls"].keys() == {"organization"}
    assert 5 <= emulator.ledger()["calls"]["organization"] <= 7


def test_in_a_storm_no_input_is_sent_either(
    studio: Studio,
    clock: Clock,
    image_request: Callable[[str], Request],
    picture: Callable[..., bytes],
    emulator: Emulator,
) -> None:
    upload, _ = studio.uploads.add("sea.png", picture())
    generation, _ = studio.compose.submit(image_request(upload.sha256), "one")
    for _ in range(STORM):
        studio.breakers.failed(generation, ServerTrouble("Down."))
    emulator.script([{"on": "organization", "times": 20, "do": {"status": 500}}])
    run(studio, clock, 30)
    assert emulator.ledger()["calls"].keys() == {"organization"}


def test_eight_failures_in_a_row_are_a_storm_and_seven_are_not(
    studio: Studio, text_request: Request
) -> None:
    work, _ = studio.compose.submit(text_request, "one")
    for _ in range(7):
        studio.breakers.failed(work, ServerTrouble("Down."))
    assert names(studio) == []
    studio.breakers.failed(work, ServerTrouble("Down."))
    assert names(studio) == ["server"]


@pytest.mark.point(16)
@pytest.mark.slow
def test_after_three_lost_answers_the_rest_of_the_queue_is_not_risked(
    open_studio: OpenStudio, settings: Settings, wire: Wire, clock: Clock, text_request: Request
) -> None:
    studio = open_studio(replace(settings, base_url=wire.url, runway_queues=True))
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on(CREATE, hang_up)
    made = several(studio, text_request, 12)
    run(studio, clock, LOST_WAIT - 10, pulse=1)
    found = [studio.generations.get(one.id).status for one in made]
    assert names(studio) == ["create"]
    assert 3 <= found.count(Status.UNCONFIRMED) <= 6, "four may be on their way at once"
    assert (
        found.count(Status.QUEUED)
        == 12 - found.count(Status.UNCONFIRMED)
        == 12 - wire.count("POST")
    )
    wire.on(CREATE, say(400, NO))
    run(studio, clock, 20, pulse=1)
    assert names(studio) == []
    assert Status.QUEUED not in statuses(studio, made)


@pytest.mark.slow
def test_trouble_with_one_clips_server_says_nothing_of_runways(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "output", "times": 12, "do": {"drop": True}}])
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, lambda row: row.status is Status.DOWNLOADING)
    run(studio, clock, 600, pulse=2)
    assert emulator.ledger()["faults_waiting"] == 0
    assert studio.generations.get(generation.id).status is Status.SUCCEEDED
    assert names(studio) == []


# -- what is let through, what is told ------------------------------------------------------------


@pytest.mark.slow
def test_a_cancel_is_not_held(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(credits=0)
    held = several(studio, text_request, 2)
    run(studio, clock, 2)
    studio.generations.cancel(held[1].id)
    run(studio, clock, 1)
    assert studio.generations.get(held[1].id).status is Status.CANCELLED


def test_the_state_of_each_is_told_by_name(studio: Studio, text_request: Request) -> None:
    kinds = ["key", "server", "create", "credits", "daily_cap", "model"]
    assert studio.server.health()[1]["breakers"] == dict.fromkeys(kinds, "closed")
    studio.breakers.failed(studio.compose.submit(text_request, "one")[0], NotAuthorized("No."))
    assert dict(studio.breakers.states())["key"] == "open"
    assert studio.server.health()[1]["breakers"]["key"] == "open"


def test_only_one_looks_whether_the_trouble_is_over(
    clock: Clock, studio: Studio, text_request: Request
) -> None:
    breakers = Breakers("Runway", clock.now, clock.ticks)
    works = several(studio, text_request, 5)
    assert breakers.failed(works[0], NotAuthorized("No.")) == 30.0
    clock.advance(30.5)
    assert [breakers.delay(one) for one in works] == [0.0, 30.0, 30.0, 30.0, 30.0]
    breakers.answered()
    assert [breakers.delay(one) for one in works] == [0.0] * 5
