"""Runway's answers: what they become, and that nothing but our own errors comes out of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors
from core.errors import ProviderError, UnreadableAnswer
from core.providers.tasks import LONGEST_TEXT
from core.runway.error_responses import error_for
from core.runway.responses import Created, Organization, Task, UploadTicket, UsageReport, read

KINDS = (Created, Task, Organization, UploadTicket, UsageReport)
TASK = {"id": "t-1", "status": "RUNNING", "createdAt": "2026-11-22T12:00:00Z"}
ORGANIZATION = {
    "creditBalance": 900,
    "tier": {
        "maxMonthlyCreditSpend": 10_000,
        "models": {"plume": {"maxConcurrentGenerations": 2, "maxDailyGenerations": None}},
    },
    "usage": {"models": {"plume": {"dailyGenerations": 7}}},
}


def given_as(kind: Any, answer: Any) -> Any:
    return read(kind, 200, {}, json.dumps(answer).encode())


# -- what they become -----------------------------------------------------------------------------


def test_a_created_task_carries_its_id_and_the_highest_price() -> None:
    created = given_as(Created, {"id": "9f-8", "estimatedCost": {"credits": 25}, "new": 1})
    assert (created.id, created.credits_estimated) == ("9f-8", 25)


@pytest.mark.parametrize("cost", [None, "soon", {}, {"credits": None}, {"credits": {}}])
def test_an_id_is_never_lost_to_a_price_that_cannot_be_read(cost: object) -> None:
    created = given_as(Created, {"id": "9f-8", "estimatedCost": cost})
    assert (created.id, created.credits_estimated) == ("9f-8", None)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-5", str(10**30), "true", '"x"'])
def test_credits_that_are_no_credits_are_unknown(number: str) -> None:
    body = f'{{"id": "a", "estimatedCost": {{"credits": {number}}}}}'
    assert read(Created, 200, {}, body.encode()).credits_estimated is None


def test_fractions_of_a_credit_round_up() -> None:
    assert (
        given_as(Created, {"id": "a", "estimatedCost": {"credits": 10.2}}).credits_estimated == 11
    )


@pytest.mark.parametrize("task_id", ["", "../organization", "a b", "a?b", "a" * 101, "a\n", "ä"])
def test_an_id_that_is_no_id_is_unreadable(task_id: str) -> None:
    with pytest.raises(UnreadableAnswer):
        given_as(Created, {"id": task_id})


def test_a_task_may_have_any_status_and_unknown_keys() -> None:
    task = given_as(Task, TASK | {"status": "DREAMING", "previewUrls": ["x"]})
    assert task.status == "DREAMING"


@pytest.mark.parametrize(
    ("progress", "shown"),
    [(0.42, 0.42), (1, 1.0), (42, 0.42), (250, 1.0), (-1, 0.0), (None, None), ("half", None)],
)
def test_progress_is_a_fraction_or_unknown(progress: object, shown: float | None) -> None:
    assert given_as(Task, TASK | {"progress": progress}).progress == shown


@pytest.mark.parametrize("field", ["progress", "output", "failure", "failureCode", "cost"])
def test_a_task_is_read_although_a_field_is_null_or_strange(field: str) -> None:
    strange: tuple[Any, ...] = (None, 5, {}, "x")
    for value in strange:
        assert given_as(Task, TASK | {field: value}).status == "RUNNING"


def test_an_output_address_is_in_no_text() -> None:
    task = given_as(Task, TASK | {"output": ["https://x.example/a.mp4?_jwt=secret"]})
    assert task.outputs == ("https://x.example/a.mp4?_jwt=secret",)
    assert "secret" not in repr(task)


def test_an_upload_ticket_shows_no_address() -> None:
    answer = {
        "uploadUrl": "https://s3/secret",
        "fields": {"p": "secret"},
        "runwayUri": "runway://a",
    }
    ticket = given_as(UploadTicket, answer)
    assert "secret" not in repr(ticket)


def test_the_account_tells_balance_limits_and_use() -> None:
    account = given_as(Organization, ORGANIZATION)
    assert account.credit_balance == 900
    assert (account.limits["plume"].concurrent, account.limits["plume"].daily) == (2, None)
    assert (account.used_today("plume"), account.used_today("other")) == (7, 0)


@pytest.mark.parametrize("use", [None, {}, {"dailyGenerations": None}, {"dailyGenerations": "x"}])
def test_a_use_that_cannot_be_read_is_none_today(use: object) -> None:
    account = given_as(Organization, ORGANIZATION | {"usage": {"models": {"plume": use}}})
    assert account.used_today("plume") == 0


def test_usage_is_net_by_day_and_model_and_may_be_negative() -> None:
    used = [{"model": "plume", "amount": 30}, {"model": "plume", "amount": -5}]
    lines = [
        {"date": "2026-11-21", "usedCredits": [{"model": "quill", "amount": -24}]},
        {"date": "2026-11-22", "usedCredits": used},
    ]
    report = given_as(UsageReport, {"results": lines, "models": [], "apiKeys": []})
    assert report.credits == {
        (date(2026, 11, 21), "quill"): -24,
        (date(2026, 11, 22), "plume"): 25,
    }


@pytest.mark.parametrize("amount", [None, "24", True, 10**13, {}])
def test_usage_with_a_line_that_cannot_be_read_is_not_read_at_all(amount: object) -> None:
    lines = [{"date": "2026-11-21", "usedCredits": [{"model": "quill", "amount": amount}]}]
    with pytest.raises(UnreadableAnswer):
        given_as(UsageReport, {"results": lines})


@pytest.mark.parametrize("made", [None, "soon", "2026-11-22T12:00:00", {}])
def test_a_task_without_a_readable_date_is_a_task_all_the_same(made: object) -> None:
    assert given_as(Task, TASK | {"createdAt": made}).created_at is None
    assert given_as(Task, TASK).created_at == datetime(2026, 11, 22, 12, tzinfo=UTC)


# -- what errors they stand for -------------------------------------------------------------------


OWN = {"error": "No."}
STRANGERS = (b"<html>404 page not found</html>", b"", b"{}", b'{"message": "no"}', b'{"error": {}}')


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (301, {}, errors.Intercepted),
        (400, {"error": "Validation of body failed"}, errors.Refused),
        (
            400,
            {"error": "You do not have enough credits to run this task."},
            errors.OutOfCredits,
        ),
        (
            400,
            {"error": "You do not have enough credits to run this task.", "issues": None},
            errors.OutOfCredits,
        ),
        (400, {"error": "No.", "issues": "none"}, errors.Refused),
        (401, OWN, errors.NotAuthorized),
        (403, OWN, errors.NotEnabled),
        (404, {"error": "Could not find Task"}, errors.NotFound),
        (405, OWN, errors.Refused),
        (413, OWN, errors.Refused),
        (422, OWN, errors.Refused),
        (429, OWN, errors.RateLimited),
        (418, OWN, errors.ServerTrouble),
        (500, OWN, errors.ServerTrouble),
        (504, OWN, errors.ServerTrouble),
    ],
)
def test_each_status_of_runways_own_is_its_own_error(status: int, body: object, kind: type) -> None:
    assert type(error_for(status, {}, json.dumps(body).encode())) is kind


@pytest.mark.parametrize("body", STRANGERS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 407, 413, 418, 422])
def test_a_strangers_answer_says_nothing_of_the_key_the_model_or_a_task(
    status: int, body: bytes
) -> None:
    error = error_for(status, {}, body)
    assert type(error) is errors.Intercepted
    assert error.message.startswith("Something between this server and Runway")


@pytest.mark.parametrize("body", STRANGERS)
@pytest.mark.parametrize(
    ("status", "kind"), [(429, errors.RateLimited), (502, errors.ServerTrouble)]
)
def test_a_strangers_trouble_is_waited_out(status: int, kind: type, body: bytes) -> None:
    assert type(error_for(status, {}, body)) is kind


def test_a_429_says_that_it_was_too_often_and_not_that_the_day_is_over() -> None:
    assert error_for(429, {}, b'{"error": "Too Many Requests"}').message == (
        "Runway was asked too often."
    )


def test_a_sentence_of_five_megabytes_is_cut_when_it_is_read() -> None:
    long = "x" * 5_000_000
    task = given_as(Task, TASK | {"failure": long, "failureCode": long, "status": long})
    assert max(map(len, (task.failure, task.failure_code, task.status))) <= LONGEST_TEXT + 2
    issues = [{"path": [long[:9_999]], "message": long[:9_999]}] * 500
    error = error_for(400, {}, json.dumps({"error": long, "issues": issues}).encode())
    assert isinstance(error, errors.Refused)
    assert len(error.hint) <= LONGEST_TEXT + 2
    assert len(error.issues) <= 20
    assert all(len(i.field) + len(i.message) <= 2 * (LONGEST_TEXT + 2) for i in error.issues)


def test_a_refusal_lists_its_issues_by_field() -> None:
    issues = [
        {"code": "too_big", "path": ["promptText"], "message": "Too long"},
        {"code": "x", "path": ["promptImage", 0, "uri"], "message": "Bad", "more": []},
    ]
    error = error_for(400, {}, json.dumps({"error": "Invalid", "issues": issues}).encode())
    assert isinstance(error, errors.Refused)
    assert [(i.field, i.message) for i in error.issues] == [
        ("promptText", "Too long"),
        ("promptImage.0.uri", "Bad"),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("0", 0.0), ("", None), ("soon", None), ("²", None), ("٣", None), ("9" * 9, None)],
)
def test_retry_after_is_seconds_or_unknown(text: str, seconds: float | None) -> None:
    error = error_for(429, {"Retry-After": text}, b"")
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body", [b"", b"<html>Log in</html>", b"null", b"[]", b'{"id": 5}', b'{"id": "a"', b"\xff\xfe"]
)
def test_what_is_not_runways_answer_is_unreadable(kind: Any, body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        read(kind, 200, {}, body)


# -- anything at all ------------------------------------------------------------------------------

# fmt: off
NAMES = [
    "id", "status", "progress", "output", "failure", "failureCode",
    "estimatedCost", "cost", "credits", "creditBalance", "tier", "usage",
    "models", "plume", "dailyGenerations", "maxDailyGenerations", "uploadUrl", "fields",
    "runwayUri", "error", "issues", "path", "message",
]
# fmt: on
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=8,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300)
@given(
    kind=st.sampled_from(KINDS),
    status=st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 422, 429, 500, 599]),
    retry=st.text(max_size=4),
    body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30),
)
@pytest.mark.slow
def test_whatever_comes_only_our_own_errors_leave(
    kind: Any, status: int, retry: str, body: bytes
) -> None:
    try:
        answer = read(kind, status, {"retry-after": retry}, body)
    except ProviderError as error:
        assert error.message  # noqa: PT017 - what is asserted is that nothing else is raised
    else:
        if isinstance(answer, Organization):
            assert isinstance(answer.used_today("plume"), int)
