"""A cancel meets a generation in every state."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace

import pytest

from core.emulator import Emulator
from core.generations import Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.worker.conftest import is_


def test_a_queued_generation_is_cancelled_without_a_call_or_a_cost(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    studio.generations.cancel(generation.id)
    done = settle(studio, generation)
    assert (done.status, done.credits_charged) == (Status.CANCELLED, 0)
    assert emulator.ledger()["calls"] == {}


def test_a_held_generation_is_cancelled_at_once(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "organization", "do": {"status": 401}}])
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    assert studio.generations.get(generation.id).retry_at
    studio.generations.cancel(generation.id)
    step(studio, clock)
    assert studio.generations.get(generation.id).status is Status.CANCELLED
    assert "create" not in emulator.ledger()["calls"]


def held(studio: Studio) -> set[int]:
    """Those that the tracker remembers as held."""
    tracked = studio.tracker._agenda._tracked
    return {number for number, one in tracked.items() if one.is_held}


def test_a_held_generation_that_is_cancelled_is_not_remembered_as_held(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "organization", "times": None, "do": {"status": 401}}])
    studio.compose.submit(text_request, "one")
    step(studio, clock)
    cancelled, kept = (studio.compose.submit(text_request, key)[0] for key in ("two", "three"))
    step(studio, clock)
    assert held(studio) == {cancelled.id, kept.id}
    studio.generations.cancel(cancelled.id)
    for _ in range(2):
        step(studio, clock)
    assert studio.generations.get(cancelled.id).status is Status.CANCELLED
    assert held(studio) == {kept.id}


@pytest.mark.parametrize("visible", [False, True])
@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING])
@pytest.mark.point(20, 21)
def test_a_task_is_cancelled_at_runway(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    status: Status,
    visible: bool,
) -> None:
    emulator.configure(tempo="polls:8", cancelled_visible=visible)
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(status))
    studio.generations.cancel(generation.id)
    done = settle(studio, generation)
    assert done.status is Status.CANCELLED
    (task,) = emulator.ledger()["tasks"]
    assert task["status"] == "CANCELLED"
    assert task["charged"] == (24 if status is Status.RUNNING else 0)
    assert done.credits_charged == (task["charged"] if visible else None)


@pytest.mark.slow
def test_a_task_that_has_not_begun_is_cancelled_without_waiting_for_the_next_poll(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(concurrency=1, tempo="polls:8")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    studio.generations.cancel(generation.id)
    step(studio, clock)
    (task,) = emulator.ledger()["tasks"]
    assert (task["status"], task["charged"], task["polls"]) == ("CANCELLED", 0, [])


@pytest.mark.point(21)
def test_a_cancel_while_the_call_is_on_its_way_still_ends_the_task(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:8")
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    assert studio.generations.get(generation.id).status is Status.SUBMITTING
    studio.generations.cancel(generation.id)
    assert settle(studio, generation).status is Status.CANCELLED
    assert emulator.ledger()["tasks"][0]["status"] == "CANCELLED"


@pytest.mark.point(21)
def test_a_clip_that_was_finished_before_the_cancel_is_kept(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    emulator.configure(tempo="instant")  # it ends before the next poll
    studio.generations.cancel(generation.id)
    done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED, "a paid clip was thrown away"
    assert done.main
    assert "before it could be cancelled" in str(studio.generations.events(done.id))
    assert "delete" not in emulator.ledger()["calls"]


def test_a_cancel_during_the_download_keeps_the_clip(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.DOWNLOADING))
    studio.generations.cancel(generation.id)
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.slow
def test_a_cancel_during_a_slow_poll_is_not_forgotten(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:8")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    clock.advance(6)
    emulator.script([{"on": "task", "do": {"after": "accept", "hang": 0.4}}])
    futures = studio.tracker.step(clock.now())
    studio.generations.cancel(generation.id)
    wait(futures)
    assert step(studio, clock) == 1, "it would be looked at only when the next poll is due"
