"""Our own queue, at the emulator: its slots, its turns, and what people change about them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.people import Identity, Role
from core.emulator import Emulator
from core.errors import NotAllowed
from core.generations import Generation, Request, Status
from core.settings import Settings
from core.studio import Studio
from core.studio.making.queue import InvalidTurns
from tests.conftest import (
    Clock,
    MakeImageRequest,
    MakePicture,
    OpenStudio,
    Settle,
    account_of,
    step,
)
from tests.core.worker.conftest import is_

FAILS = "#fail-internal"
"""It takes its time in a slot, and no clip has to be drawn for it."""


def order(studio: Studio, request: Request, author: str, count: int) -> list[Generation]:
    """So many of a person, on the queue."""
    takes = [replace(request, prompt=f"{author} {number} {FAILS}") for number in range(count)]
    return [studio.compose.submit(take, take.prompt, author=author)[0] for take in takes]


def sent(emulator: Emulator) -> list[str]:
    """What Runway got, in its order."""
    prompts = [task["request"]["promptText"] for task in emulator.ledger()["tasks"]]
    return [prompt.removesuffix(FAILS).strip() for prompt in prompts]


def run(studio: Studio, clock: Clock, emulator: Emulator, count: int, most: int) -> None:
    """Step until so many were sent in all. At no time has Runway more than `most` of them."""
    for _ in range(300):
        states = [task["status"] for task in emulator.ledger()["tasks"]]
        assert "THROTTLED" not in states
        assert sum(state in ("PENDING", "RUNNING") for state in states) <= most
        if len(states) >= count:
            return
        if not step(studio, clock):
            clock.advance(1.01 * studio.settings.poll_seconds)
    raise AssertionError(f"only {len(states)} were sent")


def test_runway_never_has_more_than_it_works_on_and_a_free_slot_is_filled_at_once(
    studio: Studio, clock: Clock, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.configure(concurrency=2, tempo="polls:2")
    ids = [one.id for one in order(studio, text_request, "Anna", 6)]
    run(studio, clock, emulator, 6, most=2)
    first = settle(studio, studio.generations.get(ids[0]))
    third = studio.generations.get(ids[2])
    assert first.finished_at
    assert third.submitted_at
    assert third.submitted_at - first.finished_at < timedelta(seconds=1)


@pytest.mark.slow
def test_inputs_of_what_is_next_are_brought_before_there_is_a_slot(
    studio: Studio,
    clock: Clock,
    emulator: Emulator,
    image_request: MakeImageRequest,
    picture: MakePicture,
) -> None:
    emulator.configure(concurrency=1, tempo="seconds:1000")
    for number in range(7):
        upload, _ = studio.uploads.add(f"{number}.png", picture((320 + number, 180)))
        studio.compose.submit(image_request(upload.sha256), str(number))
    deadline = time.monotonic() + 30
    while (calls := emulator.ledger()["calls"]).get("upload_file", 0) < 5:
        step(studio, clock)
        assert time.monotonic() < deadline, calls
    assert (calls["upload_file"], calls["create"]) == (5, 1), "one is sent, four are next"


@pytest.mark.slow
def test_turns_and_what_was_put_first_or_held_outlive_the_server(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    emulator: Emulator,
    text_request: Request,
) -> None:
    emulator.configure(concurrency=1, tempo="polls:2")
    before = open_studio(settings)
    anna = order(before, text_request, "Anna", 4)
    ben = order(before, text_request, "Ben", 3)
    run(before, clock, emulator, 1, most=1)
    before.queue.put_first(anna[3].id)
    before.queue.hold(ben[1].id)
    before.close()
    after = open_studio(settings)
    run(after, clock, emulator, 6, most=1)
    assert sent(emulator) == ["Anna 0", "Ben 0", "Anna 3", "Ben 2", "Anna 1", "Anna 2"]
    after.queue.let_go(ben[1].id)
    run(after, clock, emulator, 7, most=1)


@pytest.mark.slow
def test_an_admin_gives_a_role_more_turns_in_a_row_and_a_restart_goes_on_in_the_turn(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    emulator: Emulator,
    text_request: Request,
) -> None:
    emulator.configure(concurrency=1, tempo="polls:2")
    team = replace(settings, admins=frozenset({"anna@example.com"}))
    before = open_studio(team)
    before.people.arrive(Identity("anna", "Anna", "anna@example.com"))
    before.people.arrive(Identity("ben", "Ben"))
    before.people.set_role("ben", Role.MAKER)
    anna = before.asked_by(before.people.find("anna"))
    with pytest.raises(InvalidTurns):
        anna.queue.set_turns(Role.ADMIN, 11)
    with pytest.raises(NotAllowed):
        before.asked_by(before.people.find("ben")).queue.set_turns(Role.MAKER, 5)
    anna.queue.set_turns(Role.ADMIN, 3)
    assert before.audit.entries(1)[0][0].about == "admins: 3 clips in a turn"
    order(before, text_request, "Anna", 4)
    order(before, text_request, "Ben", 1)
    run(before, clock, emulator, 2, most=1)
    waits = before.queue.place(before.generations.get(3))
    assert waits
    assert (waits.before, waits.in_a_row) == (0, 3)
    before.close()
    after = open_studio(team)
    run(after, clock, emulator, 4, most=1)
    assert sent(emulator) == ["Anna 0", "Anna 1", "Anna 2", "Ben 0"]


@pytest.mark.slow
def test_one_goes_up_by_one_place_among_its_authors_and_passes_nobody_else(
    studio: Studio, clock: Clock, emulator: Emulator, text_request: Request
) -> None:
    emulator.configure(concurrency=1, tempo="polls:2")
    anna = order(studio, text_request, "Anna", 5)
    order(studio, text_request, "Ben", 2)
    run(studio, clock, emulator, 1, most=1)
    for number in (4, 4, 2, 1):
        clock.advance(0.01)
        studio.queue.move_up(anna[number].id)
    run(studio, clock, emulator, 7, most=1)
    assert sent(emulator) == ["Anna 0", "Ben 0", "Anna 1", "Ben 1", "Anna 2", "Anna 4", "Anna 3"]


@pytest.mark.slow
def test_a_place_is_told_with_whose_the_slots_are(
    studio: Studio, clock: Clock, emulator: Emulator, text_request: Request
) -> None:
    emulator.configure(concurrency=2, tempo="polls:9")
    account_of(studio)
    order(studio, text_request, "Anna", 4)
    (ben,) = order(studio, text_request, "Ben", 1)
    run(studio, clock, emulator, 2, most=2)
    last = studio.generations.get(4)
    place = studio.queue.place(last)
    assert place
    assert (place.before, place.own_before) == (2, 2)
    assert (place.in_use, place.own, place.slots) == (2, 1, 2)
    studio.queue.put_before_all(last.id)
    place = studio.queue.place(studio.generations.get(last.id))
    assert place
    assert place.before == 0
    assert studio.queue.place(studio.generations.get(ben.id)) is None


def test_what_does_not_fit_today_says_when_it_goes_and_goes_by_itself(
    studio: Studio, clock: Clock, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.configure(daily=1, tempo="polls:1")
    first, second = order(studio, text_request, "Anna", 2)
    settle(studio, first)
    account_of(studio)
    place = studio.queue.place(studio.generations.get(second.id))
    sent_at = studio.generations.get(first.id).submitted_at
    assert place
    assert sent_at
    assert place.not_before == sent_at + timedelta(days=1)
    settle(studio, second, lambda one: bool(one.reason))
    clock.advance(25 * 3600)
    settle(studio, second, is_(Status.FAILED))
    assert sent(emulator) == ["Anna 0", "Anna 1"]
