"""When a task is polled next: where its end can be foretold, just after it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.generations import Request, Status
from core.settings import Settings
from core.studio import Studio
from core.worker.poll_times import Course, Look, until_next_poll
from tests.conftest import Clock, OpenStudio, step

LEAST = 5.0


def left(*looks: tuple[float, float]) -> float | None:
    course = Course()
    for at, progress in looks:
        course.note(Look(at, progress))
    return course.seconds_left()


def test_an_even_pace_foretells_the_end_and_another_does_not() -> None:
    assert left((0, 0), (5, 0.25), (10, 0.5)) == pytest.approx(10)
    assert left((0, 0.6), (0, 0.0), (5, 0.25), (10, 0.5)) == pytest.approx(10), "the last three"
    assert left((0, 0), (5, 0.25)) is None, "two looks cannot tell whether it is even"
    assert left((0, 0), (5, 0.2), (10, 0.6)) is None, "it runs faster"
    assert left((0, 0), (5, 0.6), (10, 0.8)) is None, "it slows down"
    assert left((0, 0), (5, 0.99), (10, 0.99)) is None, "it stands still"
    assert left((0, 0), (5, 0), (10, 0)) is None


@pytest.mark.parametrize("seconds", [0.1, 3.0, 5.1, 7.5, 9.9, 10.1, 12.0, 17.0, 60.0])
def test_the_last_of_the_polls_falls_just_after_the_end_and_none_comes_too_early(
    seconds: float,
) -> None:
    now, polls = 0.0, list[float]()
    while now < seconds:
        now += until_next_poll(Status.RUNNING, 20, seconds - now, LEAST)
        polls.append(now)
    assert all(later - earlier >= LEAST for earlier, later in pairwise([0.0, *polls]))
    assert polls[-1] - seconds < (0.05 * LEAST + 0.02 * seconds if seconds > LEAST else LEAST)


def test_what_cannot_be_foretold_is_polled_at_the_interval() -> None:
    for status, age in ((Status.RUNNING, 30), (Status.PENDING, 30), (Status.THROTTLED, 60)):
        assert LEAST <= until_next_poll(status, age, None, LEAST) <= 1.01 * LEAST
    together = {until_next_poll(Status.PENDING, 1, None, LEAST) for _ in range(9)}
    assert len(together) > 1, "what was sent together is not polled together for ever"
    assert until_next_poll(Status.PENDING, 30, 7.0, LEAST) <= 1.01 * LEAST, "it has not begun"
    assert 6 * LEAST <= until_next_poll(Status.THROTTLED, 10_000, None, LEAST) <= 7 * LEAST


def polled(emulator: Emulator) -> Sequence[datetime]:
    (task,) = emulator.ledger()["tasks"]
    return [datetime.fromisoformat(at) for at in task["polls"]]


@pytest.mark.slow
def test_an_end_between_two_polls_is_seen_when_it_comes(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="seconds:18")
    studio = open_studio(replace(settings, poll_seconds=LEAST))
    request = replace(text_request, prompt="#fail-internal")
    generation, _ = studio.compose.submit(request, "one")
    while not studio.generations.get(generation.id).status.is_final:
        if not step(studio, clock):
            clock.advance(0.1)
    (task,) = emulator.ledger()["tasks"]
    polls = polled(emulator)
    due = datetime.fromisoformat(task["admitted"]).timestamp() + 18
    assert 0 <= polls[-1].timestamp() - due < 0.6
    assert all((b - a).total_seconds() >= LEAST for a, b in pairwise(polls))


@pytest.mark.slow
def test_what_a_poll_takes_is_part_of_the_interval_after_it(
    settings: Settings,
    empty_history: Path,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    """Else a slow disk would put off every poll, and with it the end that is seen."""
    emulator.configure(tempo="seconds:100")
    settings.data_dir.mkdir(parents=True)
    shutil.copyfile(empty_history, settings.data_dir / "history.db")
    passed = 0.0

    def ticks() -> float:
        nonlocal passed
        passed += 0.25  # each time that somebody looks
        return passed

    exact = replace(settings, poll_seconds=LEAST)
    with closing(Studio(exact, clock.now, ticks, 2)) as studio:
        generation, _ = studio.compose.submit(text_request, "one")
        while (waiting := studio.generations.get(generation.id)).task_id is None:
            step(studio, clock)
        passed += 6
        clock.advance(6)
        began = passed
        wait = studio._engine.poller.poll(waiting, clock.now())
        assert wait < LEAST <= wait + passed - began
