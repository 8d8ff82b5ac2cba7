"""When to look again, the threads that look, and the one lock of a data folder."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from core.worker.leader import Leader
from core.worker.pool import Pool
from core.worker.schedule import Schedule


class Ticks:
    """A clock that moves when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def anyone(_number: int) -> bool:
    """A wish for whatever there is."""
    return True


def test_what_is_due_is_taken_once_and_knows_how_late_it_is() -> None:
    ticks = Ticks()
    schedule = Schedule(ticks)
    schedule.plan(1, 5)
    schedule.plan(2, 3)
    assert schedule.take() == {}
    assert schedule.wait(60) == 3
    ticks.now += 4
    (due,) = schedule.take().values()
    assert schedule.late(due) == 1
    assert schedule.take() == {}
    assert schedule.wait(60) == 1
    ticks.now += 10
    ((number, due),) = schedule.take().items()
    assert (number, schedule.late(due)) == (1, 9)
    assert schedule.wait(60) == 60


def test_a_new_plan_replaces_the_old_and_haste_never_delays() -> None:
    ticks = Ticks()
    schedule = Schedule(ticks)
    schedule.plan(1, 1)
    schedule.plan(1, 30)
    schedule.plan(2, 1)
    schedule.reschedule_earlier(2, 30)
    schedule.reschedule_earlier(3, 1)
    assert schedule.take() == {}
    ticks.now += 2
    assert schedule.take().keys() == {2, 3}
    schedule.reschedule_earlier(1, 0)
    assert schedule.take().keys() == {1}


def test_what_is_overdue_is_not_waited_for_and_is_planned_no_more_once_taken() -> None:
    ticks = Ticks()
    schedule = Schedule(ticks)
    schedule.plan(1, 5)
    assert 1 in schedule
    ticks.now += 9
    assert schedule.wait(60) == 0
    assert schedule.take().keys() == {1}
    assert 1 not in schedule


def test_what_waits_for_room_is_taken_with_the_room_and_not_before() -> None:
    schedule = Schedule(Ticks())
    schedule.park(1)
    schedule.reschedule_earlier(1, 5)
    assert schedule.has_parked
    assert 1 in schedule
    assert schedule.take() == {}
    assert schedule.wait(60) == 60
    assert schedule.take_parked(lambda number: number != 1) == set()
    assert schedule.take_parked(anyone) == {1}
    assert not schedule.has_parked
    assert schedule.take_parked(anyone) == set()


def test_a_moment_and_a_wait_for_room_replace_one_another() -> None:
    schedule = Schedule(Ticks())
    schedule.plan(1, 0)
    schedule.park(1)
    assert schedule.take() == {}
    schedule.plan(1, 0)
    assert not schedule.has_parked
    assert schedule.take().keys() == {1}


def test_what_is_open_no_more_waits_for_no_room() -> None:
    schedule = Schedule(Ticks())
    schedule.park(1)
    schedule.park(2)
    schedule.keep({2})
    assert schedule.take_parked(anyone) == {2}


def test_what_is_open_no_more_is_forgotten() -> None:
    schedule = Schedule(Ticks())
    schedule.plan(1, 0)
    schedule.plan(2, 0)
    schedule.keep({2})
    assert 1 not in schedule
    assert schedule.take().keys() == {2}


def test_a_pool_runs_as_many_at_once_as_it_has_threads() -> None:
    pool, together = Pool(3, "test"), threading.Barrier(3)

    def meet() -> None:
        together.wait(30)

    for future in [pool.submit(meet) for _ in range(3)]:
        assert future.result(30) is None
    assert pool.stop(time.monotonic() + 30)


def test_a_pool_keeps_the_order_of_its_jobs() -> None:
    pool, done = Pool(1, "test"), list[int]()
    for future in [pool.submit(done.append, number) for number in range(50)]:
        future.result(30)
    assert done == list(range(50))
    assert pool.stop(time.monotonic() + 30)


def test_a_job_that_fails_harms_no_other() -> None:
    pool = Pool(1, "test")
    failed = pool.submit(lambda: 1 / 0)  # type: ignore[arg-type]
    fine = pool.submit(lambda: None)
    assert isinstance(failed.exception(30), ZeroDivisionError)
    assert fine.result(30) is None
    assert pool.stop(time.monotonic() + 30)


def test_a_pool_stops_without_what_hangs_and_begins_nothing_more() -> None:
    pool, gate, started = Pool(1, "test"), threading.Event(), threading.Event()
    pool.submit(lambda: (started.set(), gate.wait(30))[0])
    assert started.wait(30)
    never = pool.submit(lambda: None)
    assert not pool.stop(time.monotonic())
    assert never.cancelled()
    gate.set()


@pytest.mark.point(13)
def test_one_of_two_leads_in_one_process_too_and_the_other_takes_over(tmp_path: Path) -> None:
    first, second = Leader(tmp_path / "lock"), Leader(tmp_path / "lock")
    assert first.take()
    assert not first.take(), "it has been taken already"
    assert not second.take()
    assert (first.leads, second.leads) == (True, False)
    first.release()
    assert second.take()
    second.release()
