"""Whose turn it is, and how many may be sent: without a server, by the rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.generations import Status
from core.providers.tasks import Limits
from core.worker.queue.slots import Slots, Use, line_of
from core.worker.queue.turns import Turns, in_turn, person_key
from tests.benchmarks.making.fair_turns import MODEL, NOON, arithmetic, ends, queued


def test_of_three_people_the_small_orders_end_as_a_round_robin_has_it() -> None:
    orders = {"Anna": 300, "Ben": 30, "Cleo": 3}
    found = ends(orders, slots=5)
    for person in ("Ben", "Cleo"):
        assert found[person] <= 1.2 * arithmetic(orders, 5)[person]


def test_one_name_in_two_spellings_is_one_person() -> None:
    rows = [queued(1, "Anna"), queued(2, "ANNA "), queued(3, "Ben")]
    assert [row.id for row in in_turn(rows, Turns())] == [1, 3, 2]


def test_who_had_the_last_turn_waits_even_with_the_older_order() -> None:
    rows = [queued(1, "Anna"), queued(2, "Ben"), queued(3, "Cleo")]
    last = {(MODEL, "Anna", ""): NOON, (MODEL, "Ben", ""): NOON - timedelta(seconds=1)}
    assert [row.author for row in in_turn(rows, Turns(last))] == ["Cleo", "Ben", "Anna"]


def test_a_turn_at_one_model_is_none_at_another() -> None:
    rows = [queued(1, "Anna"), queued(2, "Ben")]
    assert [row.id for row in in_turn(rows, Turns({("veo3.1", "Anna", ""): NOON}))] == [1, 2]


def test_the_last_one_put_first_goes_first_of_its_own_and_before_all_of_everybody() -> None:
    rows = [queued(number, "Anna") for number in (1, 2, 3)] + [queued(4, "Ben")]
    rows[1] = replace(rows[1], first_at="2026-11-22T12:00:00.000+00:00")
    rows[2] = replace(rows[2], first_at="2026-11-22T12:00:01.000+00:00")
    assert [row.id for row in in_turn(rows, Turns())] == [3, 4, 2, 1]
    rows[0] = replace(rows[0], first_at="2026-11-22T12:00:02.000+00:00", before_all=True)
    assert next(in_turn(rows, Turns({(MODEL, "Anna", ""): NOON}))).id == 1


def test_batches_of_one_person_go_in_turn_and_take_none_from_others() -> None:
    rows = [queued(number, "Anna", "large") for number in (1, 2, 3)]
    rows += [queued(4, "Anna", "small"), queued(5, "Ben"), queued(6, "Ben")]
    assert [row.id for row in in_turn(rows, Turns())] == [1, 5, 4, 6, 2, 3]
    last = {(MODEL, "Anna", "large"): NOON}
    assert [row.id for row in in_turn(rows, Turns(last))] == [5, 4, 6, 1, 2, 3]


PEOPLE = ("Anna", "Ben", "Cleo", "Dora")
SIZES = st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 25), min_size=1)
WEIGHTS = st.fixed_dictionaries({}, optional=dict.fromkeys(PEOPLE, st.integers(1, 10)))


def taken(orders: Mapping[str, int], turns: Turns) -> list[str]:
    """Whose clips are sent, one by one, each order asked for anew."""
    people = [person for person, size in orders.items() for _ in range(size)]
    waiting = {number: queued(number, person) for number, person in enumerate(people)}
    sent = []
    while waiting:
        row = next(in_turn(waiting.values(), turns))
        turns.note(waiting.pop(row.id), NOON)
        sent.append(row.author)
    return sent


@pytest.mark.slow
@effort(max_examples=60, deadline=None)
@given(SIZES, WEIGHTS)
def test_whoever_has_more_turns_in_a_row_every_order_ends_as_the_rounds_have_it(
    orders: dict[str, int], weights: dict[str, int]
) -> None:
    turns = Turns(weights={person_key(person): turns for person, turns in weights.items()})
    people = [person for person, size in orders.items() for _ in range(size)]
    told = [row.author for row in in_turn(map(queued, range(len(people)), people), turns)]
    sent = taken(orders, turns)
    assert sent == told, "what is told beforehand is what happens"
    expected = arithmetic(orders, 1, weights)
    for person in orders:
        assert len(sent) - sent[::-1].index(person) <= expected[person]


def test_a_turn_under_way_goes_on_and_anybody_elses_ends_it() -> None:
    rows = [queued(number, person) for number, person in enumerate(["Ben", *["Anna"] * 4])]
    last = {(MODEL, "Anna", ""): NOON, (MODEL, "Cleo", ""): NOON - timedelta(seconds=1)}
    weights = {person_key("Anna"): 3}
    for told, expected in (
        ((MODEL, ("ANNA ", 1)), ["Anna", "Anna", "Ben", "Anna", "Anna"]),
        ((MODEL, ("Anna", 3)), ["Ben", "Anna", "Anna", "Anna", "Anna"]),
        ((MODEL, ("Cleo", 1)), ["Ben", "Anna", "Anna", "Anna", "Anna"]),
        (("veo3.1", ("Anna", 1)), ["Ben", "Anna", "Anna", "Anna", "Anna"]),
    ):
        turns = Turns(last, dict([told]), weights)
        assert [row.author for row in in_turn(rows, turns)] == expected


RUNNING, PENDING, THROTTLED = Status.RUNNING, Status.PENDING, Status.THROTTLED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("allowed", "sent", "free"),
    [
        (Limits(concurrent=5), [RUNNING, RUNNING, PENDING, Status.SUBMITTING], 1),
        (Limits(concurrent=2), [RUNNING, RUNNING, RUNNING], 0),
        (Limits(concurrent=5), [RUNNING, THROTTLED], 0),
        (Limits(concurrent=0), [], 1),
        (Limits(), [RUNNING] * 40, 4),
        (None, [], 1),
        (None, [RUNNING, RUNNING], 1),
        (None, [RUNNING, PENDING], 0),
    ],
)
def test_so_many_are_sent_as_runway_begins_at_once(
    allowed: Limits | None, sent: list[Status], free: int
) -> None:
    row = queued(1, "Anna")
    elsewhere = replace(row, provider="elsewhere")
    others = [(line_of(elsewhere), THROTTLED), (line_of(replace(row, model="veo3.1")), RUNNING)]
    use = Use.of([*((line_of(row), status) for status in sent), *others])
    assert Slots(lambda _made: allowed).free(row, use, 4) == free
    queues_itself = Slots(lambda _made: allowed, {row.provider})
    assert queues_itself.free(row, use, 4) == 4
    assert queues_itself.free(elsewhere, use, 4) == 0
    assert Slots(lambda _made: allowed).free(elsewhere, use, 4) == 0
