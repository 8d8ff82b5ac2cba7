"""What a month will come to: from whole days before today, with a band that says how sure it is."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from core.accounting import forecast

TODAY = date(2026, 11, 16)


def spent(*credits: int, until: date = TODAY) -> dict[date, int]:
    """Those of the last days before `until`."""
    return {until - timedelta(days=len(credits) - n): one for n, one in enumerate(credits)}


@pytest.mark.parametrize("days", [0, 1, forecast.LEAST_DAYS - 1])
def test_of_a_few_days_nothing_is_said(days: int) -> None:
    assert forecast.of_month(spent(*[100] * days), TODAY) is None


def test_days_that_are_all_alike_leave_no_band() -> None:
    found = forecast.of_month(spent(*[100] * 30), TODAY)
    assert found is not None
    assert (found.likely, found.low, found.high) == (3000, 3000, 3000)
    assert (found.until, found.days) == (date(2026, 11, 30), forecast.MOST_DAYS)


def test_a_day_without_any_counts_and_one_before_the_first_does_not() -> None:
    found = forecast.of_month(spent(100, 0, 100, 0, 100, 0), TODAY)
    assert found is not None
    assert (found.days, found.likely) == (6, 300 + 15 * 50)


def test_what_is_spent_already_is_the_least() -> None:
    found = forecast.of_month(spent(0, 5000, 0, 0, 0, 0), TODAY)
    assert found is not None
    assert found.low == 5000
    assert found.low < found.likely < found.high


def test_a_busy_today_is_not_counted_twice() -> None:
    days = spent(*[100] * 10) | {TODAY: 700}
    found = forecast.of_month(days, TODAY)
    assert found is not None
    assert found.likely == 1000 + 700 + 14 * 100


def test_on_the_last_day_only_the_rest_of_it_is_open() -> None:
    last = date(2026, 11, 30)
    found = forecast.of_month(spent(*[100] * 29, until=last) | {last: 100}, last)
    assert found is not None
    assert (found.likely, found.low, found.high) == (3000, 3000, 3000)


def test_eight_of_ten_months_end_within_the_band() -> None:
    within = 0
    for seed in range(300):
        chance = random.Random(seed)
        known, coming = ([chance.choice([0, 25, 60, 320]) for _ in range(n)] for n in (28, 15))
        days = spent(*known)
        found = forecast.of_month(days, TODAY)
        assert found is not None
        so_far = sum(credits for day, credits in days.items() if day.month == TODAY.month)
        within += found.low <= so_far + sum(coming) <= found.high
    assert 0.7 < within / 300 < 0.9
