"""What the evidence suggests, worked out by hand: figures in, sentences out, no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.accounting import evidence
from core.accounting.evidence import (
    Booking,
    Doubt,
    Figures,
    Sign,
    Verdict,
    doubtful,
    examine,
)
from core.catalog.suppliers import Supplier
from core.generations import Generation, Request, Status
from core.providers.tasks import Task
from core.storage.spending.ledger import Work
from tests.conftest import NOON

MODEL = "plume"
RUNWAY = Supplier(
    id="runway", title="Runway", credit="credit", credit_usd=None, source="", checked=NOON.date()
)
SENT, NOTICED = NOON, NOON + timedelta(seconds=30)
DAY_START = NOON.replace(hour=0, minute=0, second=0, microsecond=0)
LOST = Generation(
    id=7,
    idempotency_key="seven",
    status=Status.UNCONFIRMED,
    request=Request("text_to_video", MODEL, "A sea"),
    demo=False,
    created_at=SENT,
    updated_at=NOTICED,
    submitted_at=SENT,
    finished_at=NOTICED,
    credits_quoted=24,
)


def at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def work(
    sent: float = -600,
    known: float | None = -595,
    ended: float | None = -500,
    *,
    estimated: int | None = 24,
    charged: int | None = 24,
    model: str = MODEL,
    sure: bool = True,
) -> Work:
    """Another generation of ours, by its moments in seconds from the request in doubt."""
    return Work(
        id=3,
        model=model,
        sent_at=at(sent),
        known_at=None if known is None else at(known),
        ended_at=None if ended is None else at(ended),
        estimated=estimated,
        charged=charged if ended is not None else None,
        sure=sure,
    )


def looked(
    *others: Work,
    spent: int = 0,
    more: int = 0,
    booked: int | None = None,
    read: float = 3600,
    lost: Generation = LOST,
) -> Doubt:
    """The doubt after the balance fell by `spent` and the count rose by `more`."""
    before, after = Figures(1000, 5, SENT), Figures(1000 - spent, 5 + more, NOTICED)
    day = DAY_START + timedelta(days=1)
    booking = None if booked is None else Booking(booked, DAY_START, day, at(read))
    return examine(lost, before, after, booking, others, "Runway")


def test_an_account_that_stayed_the_same_speaks_against_a_task() -> None:
    assert looked().verdict is Verdict.NOT_MADE
    assert looked(booked=0).verdict is Verdict.NOT_MADE


def test_its_price_and_one_more_task_speak_for_it() -> None:
    assert looked(spent=24, more=1).verdict is Verdict.MADE
    assert looked(spent=24, more=1, booked=24).verdict is Verdict.MADE


def test_figures_that_contradict_each_other_settle_nothing() -> None:
    assert looked(spent=24, more=0).verdict is Verdict.OPEN
    assert looked(booked=24).verdict is Verdict.OPEN


def test_without_any_figure_nothing_can_be_told() -> None:
    found = examine(LOST, None, None, None, [], "Runway")
    assert (found.verdict, found.findings) == (Verdict.OPEN, ())


def test_usage_alone_can_tell() -> None:
    booking = Booking(24, DAY_START, DAY_START + timedelta(days=1), at(3600))
    assert examine(LOST, None, None, booking, [], "Runway").verdict is Verdict.MADE
    nothing = replace(booking, credits=0)
    assert examine(LOST, None, None, nothing, [], "Runway").verdict is Verdict.NOT_MADE


def test_usage_that_shows_nothing_yet_may_only_be_late() -> None:
    booking = Booking(0, DAY_START, DAY_START + timedelta(days=1), at(60))
    found = examine(LOST, None, None, booking, [], "Runway")
    assert found.verdict is Verdict.OPEN
    assert "yet" in found.findings[0].sentence


def test_our_own_work_in_that_time_explains_the_difference() -> None:
    other = work(5, 8, 20)
    assert looked(other, spent=24, more=1).verdict is Verdict.NOT_MADE
    assert looked(other, spent=48, more=2).verdict is Verdict.MADE
    assert looked(other, spent=48, more=2).others == (other,)


def test_work_that_was_over_before_explains_nothing() -> None:
    found = looked(work(), spent=24, more=1)
    assert (found.verdict, found.others) == (Verdict.MADE, ())


def test_work_that_still_runs_leaves_the_balance_open_and_the_count_not() -> None:
    other = work(5, 8, None)
    found = looked(other, spent=24, more=1)
    assert [finding.sign for finding in found.findings] == ["not made", "either"]
    assert found.verdict is Verdict.NOT_MADE


def test_a_request_that_left_at_the_same_moment_leaves_everything_open() -> None:
    assert looked(work(0, 1, 20), spent=24, more=1).verdict is Verdict.OPEN


def test_a_refund_of_earlier_work_does_not_hide_a_charge() -> None:
    refunded = work(-60, -58, 10, charged=0)
    assert looked(refunded, spent=0, more=1).findings[1].sign == "either"
    assert looked(refunded, spent=24, more=1).verdict is Verdict.MADE


@pytest.mark.parametrize(
    ("estimated", "spent", "sign"),
    [(24, 0, "either"), (24, 24, "either"), (24, 100, "neither"), (None, 5000, "either")],
)
def test_what_ended_without_a_word_of_its_cost_may_have_been_given_back(
    estimated: int | None, spent: int, sign: str
) -> None:
    failed = work(-60, -58, 10, estimated=estimated, charged=None)
    assert looked(failed, spent=spent, more=1).findings[1].sign == sign


def test_another_unanswered_request_may_be_the_one_that_was_paid() -> None:
    other = work(5, None, None, sure=False)
    assert looked(other, spent=24, more=1).verdict is Verdict.OPEN
    assert looked(other, spent=0, more=0).verdict is Verdict.NOT_MADE
    assert looked(other, spent=48, more=2).verdict is Verdict.MADE


def test_another_model_counts_for_the_balance_only() -> None:
    other = work(5, 8, 20, model="quill", charged=100, estimated=100)
    assert looked(other, spent=100, more=0).verdict is Verdict.NOT_MADE
    assert looked(other, spent=124, more=1).verdict is Verdict.MADE


def test_imported_work_of_no_known_model_may_or_may_not_count() -> None:
    found = looked(work(5, 8, 20, model=""), spent=24, more=1)
    assert [finding.sign for finding in found.findings] == ["either", "not made"]


def test_more_than_it_costs_is_somebody_elses_doing() -> None:
    found = looked(spent=500, more=7, booked=500)
    assert {finding.sign for finding in found.findings} == {"neither"}
    assert found.verdict is Verdict.OPEN


def test_bought_credits_make_the_balance_silent() -> None:
    found = looked(spent=-5000, more=1)
    assert [finding.sign for finding in found.findings] == ["made", "neither"]


def test_a_task_that_left_the_rolling_day_is_reckoned_with() -> None:
    yesterday = work(-86400 + 10, -86400 + 12, -86300)
    assert looked(yesterday, spent=24, more=0).verdict is Verdict.MADE
    assert looked(yesterday, spent=0, more=-1).verdict is Verdict.NOT_MADE


def test_a_count_of_24_hours_says_nothing_of_a_longer_time() -> None:
    later = Figures(976, 5, SENT + timedelta(days=2))
    found = examine(LOST, Figures(1000, 5, SENT), later, None, [], "Runway")
    assert [finding.sign for finding in found.findings] == ["either", "made"]


def test_a_price_that_nobody_knows_can_still_be_told() -> None:
    unpriced = replace(LOST, credits_quoted=None)
    assert looked(spent=77, more=1, lost=unpriced).verdict is Verdict.MADE
    assert looked(lost=unpriced).verdict is Verdict.NOT_MADE


def test_every_finding_is_a_sentence() -> None:
    tables = (evidence.COUNT, evidence.BALANCE, evidence.USAGE)
    sentences = [text.format(who="Runway") for table in tables for text in table.values()]
    assert len(set(sentences)) == 12
    assert all(text[0].isupper() and text.endswith(".") for text in sentences)


@pytest.mark.parametrize(
    "evidence", [None, {}, {"today": 1}, {"balance": "3", "today": 1}, "x", []]
)
def test_evidence_that_is_none_is_left_out(evidence: object) -> None:
    assert Figures.of(evidence, NOON) is None
    assert Figures.of({"balance": 3, "today": 1}, None) is None
    assert Figures.of({"balance": 3, "today": 1}, NOON) == Figures(3, 1, NOON)


def test_where_no_day_is_counted_the_balance_alone_tells() -> None:
    before, after = Figures.of({"balance": 1000}, SENT), Figures(976, None, NOTICED)
    found = examine(LOST, before, after, None, [], "Runway")
    assert [one.sentence for one in found.findings] == [evidence.BALANCE[Sign.MADE]]


@pytest.mark.parametrize(("seconds", "verdict"), [(599, Verdict.OPEN), (600, Verdict.NOT_MADE)])
def test_a_balance_alone_speaks_against_a_task_only_once_it_has_had_time_to_fall(
    seconds: float, verdict: Verdict
) -> None:
    before, after = Figures(1000, None, SENT), Figures(1000, None, at(seconds))
    assert examine(LOST, before, after, None, [], "KIE").verdict is verdict


# -- is this task that request? -------------------------------------------------------------------


def task(seconds: float | None = 1, estimated: int | None = 24) -> Task:
    made = None if seconds is None else at(seconds)
    return Task(id="t", status="PENDING", created_at=made, credits_estimated=estimated)


@pytest.mark.parametrize("fitting", [task(), task(None, None), task(600), task(-60), task(1, None)])
def test_a_task_of_that_time_and_price_may_be_it(fitting: Task) -> None:
    assert doubtful(LOST, fitting, RUNWAY) == ""


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (task(-3600), "made at 2026-11-22 11:00:00 UTC"),
        (task(3600), "made at 2026-11-22 13:00:00 UTC"),
        (task(1, 50), "costs 50 credits, and this one was to cost 24"),
    ],
)
def test_a_task_of_another_time_or_price_is_hardly_it(other: Task, sentence: str) -> None:
    assert sentence in doubtful(LOST, other, RUNWAY)
