"""When a task is asked about, and what the answers mean that are no success."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.emulator import Emulator
from core.generations import Request, Status
from core.settings import Settings
from core.storage.store import Store
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.worker.conftest import is_

# -- polls -----------------------------------------------------------------------------------------


def polls(emulator: Emulator) -> list[datetime]:
    """When the only task was asked for."""
    (task,) = emulator.ledger()["tasks"]
    return [datetime.fromisoformat(at) for at in task["polls"]]


@pytest.mark.slow
def test_a_task_is_never_asked_for_twice_within_five_seconds_whatever_happens(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:40")
    emulator.script(
        [
            {"on": "task", "skip": 1, "times": 2, "do": {"status": 503}},
            {"on": "task", "skip": 1, "do": {"after": "accept", "drop": True}},
            {"on": "task", "skip": 1, "do": {"status": 429}},
        ]
    )
    slow = replace(settings, poll_seconds=5.0)
    studio = open_studio(slow)
    generation, _ = studio.compose.submit(text_request, "one")
    calls = []
    for tick in range(1400):
        before = emulator.ledger()["calls"].get("task", 0)
        step(studio, clock)
        calls += [clock.now()] * (emulator.ledger()["calls"].get("task", 0) - before)
        clock.advance(0.0999)
        if tick % 97 == 0:
            studio.tracker.look_at(generation.id)
        if tick % 211 == 210:
            studio.close()
            studio = open_studio(slow)
    gaps = [later - earlier for earlier, later in itertools.pairwise(calls)]
    assert len(calls) > 8
    assert min(gaps) >= timedelta(seconds=5)
    assert set(polls(emulator)) <= set(calls)


@pytest.mark.slow
def test_not_even_a_millisecond_early_after_a_restart(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:9")
    exact = replace(settings, poll_seconds=5.0)
    before = open_studio(exact)
    before.compose.submit(text_request, "one")
    step(before, clock)
    step(before, clock)
    clock.advance(6)
    step(before, clock)
    before.close()
    clock.advance(4.9998)
    step(open_studio(exact), clock)
    assert len(polls(emulator)) == 1


@pytest.mark.slow
def test_polls_slow_down_for_a_task_that_waits_long(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(concurrency=1, tempo="seconds:100000")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    studio.compose.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    clock.advance(3600)
    for _ in range(60):
        step(studio, clock)
        clock.advance(1)
    assert 2 <= len(polls(emulator)) <= 3


@pytest.mark.slow
def test_of_many_that_an_earlier_server_left_not_all_are_asked_for_at_once(
    open_studio: OpenStudio, settings: Settings, clock: Clock, rows: Store, text_request: Request
) -> None:
    for number in range(100):
        request = replace(text_request, prompt=f"Take {number}")
        generation, _ = rows.add(
            request,
            idempotency_key=str(number),
            kind="video",
            quoted=24,
            demo=settings.demo,
            now=clock.now(),
        )
        task = str(uuid.UUID(int=number))
        rows.move(generation, Status.SUBMITTING, clock.now())
        rows.move(rows.get(generation.id), Status.PENDING, clock.now(), task_id=task)
    studio = open_studio(replace(settings, poll_seconds=5.0))
    step(studio, clock)
    asked = []
    for _ in range(70):
        asked.append(len(studio.tracker.step(clock.now())))
        clock.advance(0.1)
    assert sum(asked) == 100
    assert max(asked) < 50


@pytest.mark.slow
def test_less_than_a_percent_of_progress_writes_no_row(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> None:
    emulator.configure(tempo="polls:1000")
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    seen = []
    for _ in range(40):
        clock.advance(1)
        step(studio, clock)
        now = studio.generations.get(generation.id)
        seen.append((now.updated_at, now.progress))
    assert len(polls(emulator)) > 30
    assert 2 < len(set(seen)) < 8


@pytest.mark.point(22)
def test_a_clock_that_was_set_back_does_not_stop_the_polls(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    clock.advance(-7200)
    assert settle(studio, generation).status is Status.SUCCEEDED


# -- tasks that vanish -----------------------------------------------------------------------------


@pytest.mark.parametrize(("misses", "status"), [(3, Status.SUCCEEDED), (4, Status.FAILED)])
@pytest.mark.point(19)
def test_only_four_404s_in_a_row_mean_that_a_task_is_gone(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    misses: int,
    status: Status,
) -> None:
    emulator.script([{"on": "task", "times": misses, "do": {"status": 404}}])
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert done.status is status
    assert done.credits_estimated == 24
    assert ("no longer knows" in done.reason) == (status is Status.FAILED)


@pytest.mark.parametrize("body", ["<html>404 page not found</html>", "", {"message": "none"}])
@pytest.mark.point(19)
def test_a_404_that_is_not_runways_never_means_that_a_task_is_gone(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    body: object,
) -> None:
    emulator.script([{"on": "task", "times": 6, "do": {"status": 404, "body": body}}])
    generation = settle(
        studio, studio.compose.submit(text_request, "one")[0], lambda row: bool(row.task_id)
    )
    for _ in range(6):
        clock.advance(31)
        assert step(studio, clock) == 1
        assert studio.generations.get(generation.id).status is Status.PENDING
    assert not emulator.ledger()["faults_waiting"]
    clock.advance(31)
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 429, "body": {"error": "Too Many Requests"}}, "Runway was asked too often."),
        ({"status": 429, "body": "<html>Slow down</html>"}, "Runway was asked too often."),
        ({"status": 403, "body": "<html>Blocked by policy</html>"}, "Something between"),
        ({"status": 401, "body": "<html>Proxy login</html>"}, "Something between"),
    ],
)
@pytest.mark.point(16)
@pytest.mark.slow
def test_a_poll_says_who_has_answered_it_and_goes_on(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    fault: dict[str, object],
    sentence: str,
) -> None:
    emulator.script([{"on": "task", "do": fault}])
    generation, _ = studio.compose.submit(text_request, "one")
    told = settle(studio, generation, lambda row: bool(row.reason))
    assert told.reason.startswith(sentence)
    assert studio.breakers.open() == [], "it says nothing of the key, the model or the day"
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.slow
def test_404s_that_are_not_in_a_row_do_not_add_up(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    emulator.script([{"on": "task", "times": 3, "do": {"status": 404}}])
    emulator.script([{"on": "task", "skip": 1, "times": 3, "do": {"status": 404}}])
    assert settle(studio, studio.compose.submit(text_request, "one")[0]).status is Status.SUCCEEDED


def test_a_generation_that_counted_as_gone_can_be_recovered(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "task", "times": 4, "do": {"status": 404}}])
    gone = settle(studio, studio.compose.submit(text_request, "one")[0])
    found = studio.generations.recover(gone.id)
    assert found.status is Status.SUCCEEDED
    assert (found.reason, found.credits_charged) == ("", 24)
    assert found.main
    assert studio.media.output(found.main).exists()
