"""Whose turn it is, and how many may be sent: without a server, by the rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.generations import Status
from core.runway.responses import Limits
from core.worker.slots import Slots, Use
from core.worker.turns import in_turn
from tests.benchmarks.fair_turns import MODEL, NOON, arithmetic, ends, queued


def test_of_three_people_the_small_orders_end_as_a_round_robin_has_it() -> None:
    orders = {"Anna": 300, "Ben": 30, "Cleo": 3}
    found = ends(orders, slots=5)
    for person in ("Ben", "Cleo"):
        assert found[person] <= 1.2 * arithmetic(orders, 5)[person]


def test_one_name_in_two_spellings_is_one_person() -> None:
    rows = [queued(1, "Anna"), queued(2, "ANNA "), queued(3, "Ben")]
    assert [row.id for row in in_turn(rows, {})] == [1, 3, 2]


def test_who_had_the_last_turn_waits_even_with_the_older_order() -> None:
    rows = [queued(1, "Anna"), queued(2, "Ben"), queued(3, "Cleo")]
    last = {(MODEL, "Anna", ""): NOON, (MODEL, "Ben", ""): NOON - timedelta(seconds=1)}
    assert [row.author for row in in_turn(rows, last)] == ["Cleo", "Ben", "Anna"]


def test_a_turn_at_one_model_is_none_at_another() -> None:
    rows = [queued(1, "Anna"), queued(2, "Ben")]
    assert [row.id for row in in_turn(rows, {("veo3.1", "Anna", ""): NOON})] == [1, 2]


def test_the_last_one_put_first_goes_first_of_its_own_and_before_all_of_everybody() -> None:
    rows = [queued(number, "Anna") for number in (1, 2, 3)] + [queued(4, "Ben")]
    rows[1] = replace(rows[1], first_at="2026-11-22T12:00:00.000+00:00")
    rows[2] = replace(rows[2], first_at="2026-11-22T12:00:01.000+00:00")
    assert [row.id for row in in_turn(rows, {})] == [3, 4, 2, 1]
    rows[0] = replace(rows[0], first_at="2026-11-22T12:00:02.000+00:00", before_all=True)
    assert next(in_turn(rows, {(MODEL, "Anna", ""): NOON})).id == 1


def test_batches_of_one_person_go_in_turn_and_take_none_from_others() -> None:
    rows = [queued(number, "Anna", "large") for number in (1, 2, 3)]
    rows += [queued(4, "Anna", "small"), queued(5, "Ben"), queued(6, "Ben")]
    assert [row.id for row in in_turn(rows, {})] == [1, 5, 4, 6, 2, 3]
    last = {(MODEL, "Anna", "large"): NOON}
    assert [row.id for row in in_turn(rows, last)] == [5, 4, 6, 1, 2, 3]


RUNNING, PENDING, THROTTLED = Status.RUNNING, Status.PENDING, Status.THROTTLED


@pytest.mark.parametrize(
    ("allowed", "sent", "free"),
    [
        (Limits(maxConcurrentGenerations=5), [RUNNING, RUNNING, PENDING, Status.SUBMITTING], 1),
        (Limits(maxConcurrentGenerations=2), [RUNNING, RUNNING, RUNNING], 0),
        (Limits(maxConcurrentGenerations=5), [RUNNING, THROTTLED], 0),
        (Limits(maxConcurrentGenerations=0), [], 1),
        (Limits(), [RUNNING] * 40, 4),
        (None, [], 1),
        (None, [RUNNING, RUNNING], 1),
        (None, [RUNNING, PENDING], 0),
    ],
)
def test_so_many_are_sent_as_runway_begins_at_once(
    allowed: Limits | None, sent: list[Status], free: int
) -> None:
    use = Use.of([*((MODEL, status) for status in sent), ("veo3.1", RUNNING)])
    assert Slots(lambda _model: allowed).free(MODEL, use, 4) == free
    assert Slots(lambda _model: allowed, unlimited=True).free(MODEL, use, 4) == 4
