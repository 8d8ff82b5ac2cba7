"""What nearly runs out at Runway is told by its own figures, and nothing is asked for that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.accounting.account_alerts import FRESH, Alert, Limit, spent_in_month
from core.emulator import Emulator
from core.generations import FIRST_PROVIDER, Request, Status
from core.providers.account import Usage
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle
from tests.histories import add_to

MODEL = "gen4.5"


def standing(studio: Studio) -> list[Alert]:
    """Once Runway has told of the account."""
    studio.accounts.seen(FIRST_PROVIDER)
    studio.accounts.usage(FIRST_PROVIDER)
    studio.accounts.look()
    return studio.account_alerts.standing()


def test_nothing_is_asked_of_runway_for_an_alert(studio: Studio, emulator: Emulator) -> None:
    emulator.reset(credits=1)
    assert studio.account_alerts.standing() == []
    assert not studio.accounts.is_pending


def test_what_was_asked_for_is_asked_again_when_it_is_old(studio: Studio, clock: Clock) -> None:
    standing(studio)
    assert not studio.accounts.is_pending
    clock.advance(FRESH.total_seconds() + 1)
    studio.account_alerts.standing()
    assert studio.accounts.is_pending


@pytest.mark.parametrize(("credits", "told"), [(500, []), (499, [499]), (0, [0])])
def test_a_balance_under_the_level_is_told(
    studio: Studio, emulator: Emulator, credits: int, told: list[int]
) -> None:
    emulator.reset(credits=credits)
    alerts = standing(studio)
    assert [one.used for one in alerts if one.limit is Limit.BALANCE] == told
    assert all(one.is_reached == (credits == 0) for one in alerts)


def test_the_demo_has_no_alerts(open_studio: OpenStudio, settings: Settings) -> None:
    demo = open_studio(replace(settings, api_key="", low_balance=10**6))
    assert standing(demo) == []


@pytest.mark.slow
def test_a_day_that_is_nearly_full_is_told_of_its_model_alone(
    studio: Studio, emulator: Emulator, settle: Settle, text_request: Request
) -> None:
    emulator.reset(daily=2)
    settle(studio, studio.compose.submit(text_request, "one")[0])
    assert standing(studio) == []
    settle(studio, studio.compose.submit(text_request, "two")[0])
    assert Alert(Limit.DAY, 2, 2, MODEL) in standing_later(studio)


def standing_later(studio: Studio) -> list[Alert]:
    """When the account may be asked once more."""
    studio._engine.connections.usual.account._tried.clear()
    return standing(studio)


def test_places_are_told_of_only_while_something_waits_for_one(
    studio: Studio, emulator: Emulator, text_request: Request
) -> None:
    emulator.reset(concurrency=1)
    add_to(studio, text_request, Status.RUNNING)
    assert standing(studio) == []
    add_to(studio, text_request, Status.QUEUED)
    assert studio.account_alerts.standing() == [Alert(Limit.PLACES, 1, 1, MODEL, waiting=1)]


def test_a_month_begins_on_its_first_day() -> None:
    credits = {
        (date(2026, 10, 31), "a"): 100,
        (date(2026, 11, 1), "a"): 20,
        (date(2026, 11, 1), "b"): 5,
        (date(2026, 11, 2), "a"): -3,
    }
    assert spent_in_month(Usage(credits), date(2026, 11, 3)) == 22
    assert spent_in_month(Usage(), date(2026, 11, 3)) == 0
