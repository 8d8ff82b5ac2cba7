"""How long a generation waits after a failure, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.emulator import Emulator
from core.errors import (
    DailiesError,
    DiskFull,
    DownloadError,
    LinkExpired,
    NotAuthorized,
    RateLimited,
    Refused,
    ServerTrouble,
    UnknownGeneration,
)
from core.generations import Generation, Request, Status
from core.providers.breaker import SERVER
from core.providers.breakers import STORM
from core.settings import Settings
from core.storage.store import Store
from core.studio import Studio
from core.worker.stages import LONGEST_BACKOFF_SECONDS, ROOM_SECONDS, UNLUCKY_SECONDS, Stages
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.worker.conftest import is_

INTERVAL = 5.0
A_MOMENT = timedelta(milliseconds=2)
"""Moments are stored in milliseconds."""
AT_RUNWAY_OR_MADE = [Status.PENDING, Status.RUNNING, Status.DOWNLOADING]

Make = Callable[[Status], Generation]


@pytest.fixture
def unhurried(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio that asks for each task every five seconds, as at Runway."""
    return open_studio(replace(settings, poll_seconds=INTERVAL))


@pytest.fixture
def stages(unhurried: Studio) -> Stages:
    return unhurried.tracker._stages


@pytest.fixture
def make(unhurried: Studio, rows: Store, clock: Clock, text_request: Request) -> Make:
    """A generation that stands at a status."""

    def make_one(status: Status) -> Generation:
        made, _ = unhurried.compose.submit(text_request, status)
        if status is not Status.QUEUED:
            assert rows.move(made, status, clock.now(), task_id=f"task-{status}")
        return rows.get(made.id)

    return make_one


def waits(
    stages: Stages, clock: Clock, generation: Generation, error: DailiesError, count: int
) -> list[float]:
    """The seconds after each of so many failures in a row."""
    return [stages._wait(generation, clock.now(), error) for _ in range(count)]


def waits_of_many(stages: Stages, clock: Clock, generation: Generation) -> list[float]:
    """The seconds after the second failure, 100 times."""
    found = []
    for _ in range(100):
        stages.reset_failures()
        found.append(waits(stages, clock, generation, DownloadError("No."), 2)[1])
    return found


# -- how long --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "longest"),
    [(DownloadError("No."), LONGEST_BACKOFF_SECONDS), (Refused("No."), UNLUCKY_SECONDS)],
)
def test_what_fails_waits_ever_longer_up_to_half_a_minute_or_where_breakers_stand_eight_seconds(
    stages: Stages, clock: Clock, make: Make, error: DailiesError, longest: float
) -> None:
    queued = make(Status.QUEUED)
    for number in range(1, 9):
        stages.reset_failures()
        assert waits(stages, clock, queued, error, number)[-1] <= 2**number
    many = [waits(stages, clock, queued, error, 1)[0] for _ in range(100)]
    assert longest * 2 / 3 < max(many) <= longest


@pytest.mark.slow
def test_of_many_that_fail_together_each_comes_back_at_its_own_moment(
    stages: Stages, clock: Clock, make: Make
) -> None:
    found = waits_of_many(stages, clock, make(Status.QUEUED))
    assert min(found) < 0.5
    assert 3.5 < max(found) <= 4
    assert len(set(found)) == len(found)


@pytest.mark.slow
@pytest.mark.parametrize("status", AT_RUNWAY_OR_MADE)
def test_a_task_is_asked_for_no_sooner_than_the_interval_after_a_failure(
    stages: Stages, clock: Clock, make: Make, status: Status
) -> None:
    assert set(waits_of_many(stages, clock, make(status))) == {INTERVAL}


def test_who_asked_too_often_waits_half_of_the_longest_at_least(
    stages: Stages, clock: Clock, make: Make
) -> None:
    found = waits(stages, clock, make(Status.QUEUED), RateLimited("Too often."), 6)
    for number, seconds in enumerate(found, 1):
        most = min(LONGEST_BACKOFF_SECONDS, 2.0**number)
        assert most / 2 <= seconds <= most


@pytest.mark.slow
@pytest.mark.parametrize(("said", "waited"), [(0.0, INTERVAL), (17.0, 17.0), (86_400.0, 60.0)])
def test_what_runway_says_of_the_wait_counts_from_the_interval_up_to_a_minute(
    stages: Stages, clock: Clock, make: Make, said: float, waited: float
) -> None:
    error = RateLimited("Too often.", retry_after=said)
    assert waits(stages, clock, make(Status.QUEUED), error, 1) == [waited]


def test_a_full_disk_is_looked_at_every_ten_seconds(
    stages: Stages, clock: Clock, make: Make
) -> None:
    found = waits(stages, clock, make(Status.DOWNLOADING), DiskFull("No room."), 6)
    assert found == [ROOM_SECONDS] * 6


def test_a_fresh_address_is_asked_for_as_soon_as_the_interval_allows(
    stages: Stages, clock: Clock, make: Make
) -> None:
    found = waits(stages, clock, make(Status.DOWNLOADING), LinkExpired("Gone."), 6)
    assert found == [INTERVAL] * 6


@pytest.mark.slow
def test_the_waits_grow_while_a_request_is_refused_and_start_over_once_it_is_taken(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:9")
    emulator.script([{"on": "create", "times": 4, "do": {"status": 429}}])
    generation, _ = studio.compose.submit(text_request, "one")
    grown = []
    for _ in range(4):
        step(studio, clock)
        step(studio, clock)
        retry_at = studio.generations.get(generation.id).retry_at
        assert retry_at
        grown.append((retry_at - clock.now()).total_seconds())
        clock.advance(grown[-1] + 0.01)
    assert all(2**n / 2 <= seconds <= 2**n for n, seconds in enumerate(grown, 1))
    pending = settle(studio, generation, is_(Status.PENDING))
    assert waits(studio.tracker._stages, clock, pending, RateLimited("No."), 1)[0] <= 2


# -- breakers --------------------------------------------------------------------------------------


def test_a_key_that_is_refused_holds_a_download_too_but_a_failed_download_holds_nothing(
    unhurried: Studio, stages: Stages, clock: Clock, make: Make
) -> None:
    made = make(Status.DOWNLOADING)
    waits(stages, clock, made, ServerTrouble("The clip's server."), 9)
    assert unhurried.breakers.open() == []
    assert waits(stages, clock, made, NotAuthorized("No."), 1) == pytest.approx([30.0])
    assert [breaker.name for breaker in unhurried.breakers.open()] == ["key"]


def test_a_breaker_that_is_open_says_how_long(
    unhurried: Studio, stages: Stages, clock: Clock, make: Make
) -> None:
    pending = make(Status.PENDING)
    assert waits(stages, clock, pending, NotAuthorized("No."), 6) == pytest.approx([30.0] * 6)


def test_who_waits_for_a_breaker_comes_back_when_it_looks_however_often_that_was(
    unhurried: Studio, stages: Stages, clock: Clock, make: Make
) -> None:
    found = waits(stages, clock, make(Status.PENDING), ServerTrouble("Down."), STORM + 20)
    assert [breaker.name for breaker in unhurried.breakers.open()] == ["server"]
    assert found[STORM:] == pytest.approx([SERVER.wait] * 20)


def test_a_429_waits_for_the_longer_of_the_breaker_and_its_own_word(
    stages: Stages, clock: Clock, make: Make
) -> None:
    pending = make(Status.PENDING)
    waits(stages, clock, pending, NotAuthorized("No."), 1)
    later = RateLimited("Too often.", retry_after=45.0)
    sooner = RateLimited("Too often.", retry_after=7.0)
    assert waits(stages, clock, pending, later, 1) == [45.0]
    assert waits(stages, clock, pending, sooner, 1) == pytest.approx([30.0])


def test_when_the_trouble_is_over_all_that_failed_is_named_and_starts_over(
    stages: Stages, clock: Clock, make: Make
) -> None:
    queued, pending = make(Status.QUEUED), make(Status.PENDING)
    for generation in (queued, pending):
        waits(stages, clock, generation, DownloadError("No."), 5)
    assert stages.reset_failures() == {queued.id, pending.id}
    assert stages.reset_failures() == set()
    assert waits(stages, clock, queued, RateLimited("No."), 1)[0] <= 2


# -- what is written down --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.QUEUED, Status.SUBMITTING])
def test_what_has_no_task_goes_back_to_the_queue_and_says_until_when(
    stages: Stages, rows: Store, clock: Clock, make: Make, status: Status
) -> None:
    made = make(status)
    (seconds,) = waits(stages, clock, made, RateLimited("Too often."), 1)
    found = rows.get(made.id)
    assert (found.status, found.reason) == (Status.QUEUED, "Too often.")
    assert found.retry_at
    assert abs(found.retry_at - clock.now() - timedelta(seconds=seconds)) < A_MOMENT


@pytest.mark.parametrize("status", AT_RUNWAY_OR_MADE)
def test_what_has_a_task_stays_where_it_is_and_says_when_it_was_asked_for(
    stages: Stages, rows: Store, clock: Clock, make: Make, status: Status
) -> None:
    made = make(status)
    clock.advance(60)
    waits(stages, clock, made, DownloadError("No."), 1)
    found = rows.get(made.id)
    assert (found.status, found.reason, found.retry_at) == (status, "No.", None)
    assert found.polled_at
    assert abs(found.polled_at - clock.now()) < A_MOMENT


def test_the_same_reason_stands_once_in_the_timeline_and_another_one_anew(
    stages: Stages, rows: Store, clock: Clock, make: Make
) -> None:
    made = make(Status.QUEUED)
    for reason in ("No room.", "No room.", "No network."):
        waits(stages, clock, rows.get(made.id), DownloadError(reason), 1)
    found = [event.detail for event in rows.events(made.id)]
    assert found == ["", "No room.", "No network."]


def test_a_hold_is_written_down_with_its_reason_and_the_next_look(
    unhurried: Studio, stages: Stages, rows: Store, clock: Clock, make: Make
) -> None:
    queued, pending = make(Status.QUEUED), make(Status.PENDING)
    stages.record_hold(queued, 30.0)
    assert rows.get(queued.id) == queued, "nothing holds it"
    unhurried.breakers.failed(pending, NotAuthorized("The key is not accepted."))
    stages.record_hold(queued, 30.0)
    found = rows.get(queued.id)
    assert (found.status, found.reason) == (Status.QUEUED, "The key is not accepted.")
    assert found.retry_at
    assert abs(found.retry_at - clock.now() - timedelta(seconds=30)) < A_MOMENT
    assert rows.events(queued.id)[-1].detail == "The key is not accepted."
    stages.record_hold(pending, 30.0)
    assert rows.get(pending.id) == pending, "it is in the queue no more"


def test_an_error_that_nobody_expected_is_told_without_its_words(
    stages: Stages, rows: Store, make: Make
) -> None:
    pending = make(Status.PENDING)
    stages.stumbled(pending.id, KeyError("a secret"))
    found = rows.get(pending.id)
    assert found.status is Status.PENDING
    assert "(KeyError)" in found.reason
    assert "secret" not in found.reason
    with pytest.raises(UnknownGeneration):
        rows.get(99)
    stages.stumbled(99, KeyError())


# -- one stage -------------------------------------------------------------------------------------


def test_too_little_room_keeps_a_request_in_the_queue_with_the_reason(
    open_studio: OpenStudio, settings: Settings, rows: Store, clock: Clock, text_request: Request
) -> None:
    studio = open_studio(settings)
    queued, _ = studio.compose.submit(text_request, "one")
    studio.close()
    full = open_studio(replace(settings, disk_floor=10**9))
    assert full.tracker._stages.advance(queued) == ROOM_SECONDS
    found = rows.get(queued.id)
    assert found.status is Status.QUEUED
    assert "free" in found.reason


def test_what_is_cut_off_by_our_own_end_says_nothing_of_runway(
    unhurried: Studio, stages: Stages, rows: Store, make: Make, emulator: Emulator
) -> None:
    pending = make(Status.PENDING)
    emulator.script([{"on": "task", "times": None, "do": {"status": 401}}])
    stages.stopping.set()
    assert stages.advance(pending) == LONGEST_BACKOFF_SECONDS
    assert rows.get(pending.id) == pending
    assert unhurried.breakers.open() == []


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED])
def test_of_what_has_ended_meanwhile_nothing_is_asked(
    stages: Stages, make: Make, emulator: Emulator, status: Status
) -> None:
    assert stages.advance(make(status)) == 0.0
    assert emulator.ledger()["calls"] == {}
