"""Our ledger against Runway's usage: every difference is found, and none is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.accounting.reconciliation import Comparison, compare
from core.emulator import Emulator
from core.generations import Request, Status
from core.storage.spending.ledger import Booked
from core.studio import Studio
from tests.conftest import NOON, Clock, Settle, books_of

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
KEY = (TODAY, "plume")


def difference(settled: int, pending: int, runway: int) -> tuple[int, bool, bool]:
    """Of one line: the difference, whether it is open, whether the sides agree."""
    (line,) = compare({KEY: Booked(1, settled, pending)}, {KEY: runway}, TODAY)
    return line.difference, line.is_open, line.agrees


def test_the_same_on_both_sides_agrees() -> None:
    assert difference(24, 0, 24) == (0, False, True)
    assert difference(0, 50, 0) == (0, False, True)


def test_what_is_pending_may_be_charged_already() -> None:
    assert difference(24, 50, 74) == (50, True, True)
    assert difference(24, 50, 30) == (6, True, True)
    assert difference(24, 50, 25) == (1, True, True)


def test_more_and_less_than_we_know_of_is_a_difference() -> None:
    assert difference(24, 50, 75) == (51, False, False)
    assert difference(24, 50, 23) == (-1, False, False)


def test_a_day_that_only_one_side_knows_has_its_line() -> None:
    ours = {(YESTERDAY, "plume"): Booked(1, 24, 0)}
    lines = compare(ours, {KEY: 5, (YESTERDAY, "a"): -3}, YESTERDAY)
    assert [(line.day, line.model, line.difference) for line in lines] == [
        (TODAY, "plume", 5),
        (YESTERDAY, "a", -3),
        (YESTERDAY, "plume", -24),
    ]
    assert [line.ours.settled + line.ours.pending for line in lines] == [0, 0, 24]
    assert [line.ours.generations for line in lines] == [0, 0, 1]


def test_the_models_of_a_day_stand_by_their_names() -> None:
    names = ["za", "ab", "m", "bb", "mm", "ay"]
    lines = compare({}, {(TODAY, name): 1 for name in names}, TODAY)
    assert [line.model for line in lines] == sorted(names)


def test_a_refund_of_a_later_day_evens_out_what_was_too_much() -> None:
    ours = {KEY: Booked(1, 24, 0), (YESTERDAY, "plume"): Booked(1, 0, 0)}
    books = Comparison(compare(ours, {(YESTERDAY, "plume"): 24}, YESTERDAY))
    assert [line.difference for line in books.differing] == [-24, 24]
    assert books.difference == 0


def test_days_before_the_first_are_left_out() -> None:
    assert compare({(YESTERDAY, "plume"): Booked(1, 24, 0)}, {(date.min, "a"): 1}, TODAY) == ()


@pytest.mark.slow
def test_finished_work_balances(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    failing = replace(text_request, prompt="#fail-internal")
    settle(studio, studio.compose.submit(failing, "two")[0])
    paid = replace(text_request, prompt="#fail-input-text")
    settle(studio, studio.compose.submit(paid, "three")[0])
    books = books_of(studio)
    (line,) = books.lines
    assert (line.day, line.model) == (TODAY, "gen4.5")
    assert (line.ours, line.theirs) == (Booked(3, 48, 0), 48)
    assert (books.differing, books.difference, books.error) == ((), 0, None)
    assert books.seen_at == clock.now()


def test_a_clip_sent_after_midnight_stands_on_the_day_that_runway_books(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    queued, _ = studio.compose.submit(text_request, "one")
    clock.advance(12 * 3600)
    settle(studio, queued)
    (line,) = books_of(studio).lines
    assert (line.day, line.difference) == (TODAY + timedelta(days=1), 0)


def test_the_books_reach_back_thirty_days_with_today(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    clock.advance(29 * 86_400)
    assert [line.day for line in books_of(studio).lines] == [TODAY]
    clock.advance(86_400)
    assert books_of(studio).lines == ()


def test_work_of_somebody_else_is_shown_as_a_difference(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    lost = settle(studio, studio.compose.submit(text_request, "one")[0])
    books = books_of(studio)
    (line,) = books.lines
    assert (line.difference, line.is_open) == (24, True)
    assert (books.differing, books.difference) == ((), 0), "it may be that one"
    studio.decisions.write_off(lost.id)
    clock.advance(31)
    books = books_of(studio)
    assert [line.difference for line in books.differing] == [24]
    assert books.difference == 24


def test_usage_that_cannot_be_read_says_why_and_compares_nothing(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    emulator.script([{"on": "usage", "times": None, "do": {"status": 401}}])
    books = books_of(studio)
    assert books.lines == ()
    assert books.error
    assert "does not accept the API key" in books.error.message


def test_what_is_made_after_the_comparison_leaves_it_behind_until_runway_is_asked_again(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock
) -> None:
    assert not books_of(studio).is_behind
    settle(studio, studio.compose.submit(text_request, "one")[0])
    books = studio.books.compared()
    assert (books.lines, books.is_behind) == ((), True)
    clock.advance(31)
    books = books_of(studio)
    assert (len(books.lines), books.is_behind) == (1, False)


def test_usage_is_asked_for_at_most_twice_a_minute(
    studio: Studio, clock: Clock, emulator: Emulator
) -> None:
    for _ in range(5):
        books_of(studio)
        clock.advance(5)
    assert emulator.ledger()["calls"] == {"usage": 1}
    clock.advance(31)
    books_of(studio)
    assert emulator.ledger()["calls"] == {"usage": 2}


def test_a_demo_and_money_are_never_in_the_same_books(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    ledger = studio.decisions.ledger
    assert ledger.by_day(TODAY, demo=True) == {}
    assert ledger.by_day(TODAY, demo=False) == {(TODAY, "gen4.5"): Booked(1, 24, 0)}
    assert studio.generations.get(1).status is Status.SUCCEEDED
