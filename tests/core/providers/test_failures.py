"""Failure codes: words for each, and what may be sent again."""

from __future__ import annotations

import pytest

from core.generations import Generation, Request, Status
from core.providers.failures import FAILURES, Again, explain, may_change, may_repeat
from tests.conftest import NOON


def failed(code: str, status: Status = Status.FAILED, remote: str = "FAILED") -> Generation:
    return Generation(
        id=1,
        idempotency_key="a",
        status=status,
        request=Request("text_to_video", "gen4.5"),
        demo=False,
        created_at=NOON,
        updated_at=NOON,
        failure_code=code,
        remote_status=remote,
    )


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("SAFETY.INPUT.TEXT", "SAFETY.INPUT.TEXT"),
        ("SAFETY.INPUT.VIDEO.LIKENESS", "SAFETY.INPUT.VIDEO"),
        ("SAFETY.INPUT.SMELL", "SAFETY.INPUT"),
        ("SAFETY.OUTPUT.VIDEO", "SAFETY.OUTPUT"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "INPUT_PREPROCESSING.SAFETY"),
        ("INPUT_PREPROCESSING.INTERNAL", "INPUT_PREPROCESSING.INTERNAL"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "INTERNAL.BAD_OUTPUT"),
        ("INTERNAL.SOMETHING", "INTERNAL"),
        ("INTERNALS", "?"),
        ("THIRD_PARTY.UNAVAILABLE", "THIRD_PARTY.UNAVAILABLE"),
        ("THIRD_PARTY.REFUSED", "THIRD_PARTY"),
        ("ASSET.INVALID", "ASSET.INVALID"),
        ("", ""),
        ("NEW.THING", "?"),
    ],
)
def test_a_code_is_read_by_its_longest_known_beginning(code: str, meant: str) -> None:
    assert explain(code, "Runway").code == meant


@pytest.mark.parametrize(
    "code",
    ["INTERNAL", "INPUT_PREPROCESSING.INTERNAL", "THIRD_PARTY.UNAVAILABLE", ""],
)
def test_only_what_runway_says_may_pass_later_is_offered_unchanged(code: str) -> None:
    assert may_repeat(failed(code))
    assert not may_repeat(failed(code, Status.CANCELLED, "CANCELLED"))


@pytest.mark.parametrize(
    "code",
    [
        "SAFETY.INPUT.TEXT",
        "SAFETY.INPUT.NEW",
        "SAFETY.OUTPUT.IMAGE",
        "INPUT_PREPROCESSING.SAFETY.TEXT",
        "ASSET.INVALID",
        "INTERNAL.BAD_OUTPUT.01",
        "THIRD_PARTY.NEW",
        "NEW.THING",
    ],
)
def test_what_must_change_first_is_never_offered_unchanged(code: str) -> None:
    assert not may_repeat(failed(code))
    assert may_change(failed(code))


def test_a_refusal_before_a_task_is_not_repeated_but_may_be_changed() -> None:
    assert not may_repeat(failed("", remote=""))
    assert may_change(failed("", remote=""))


def test_nothing_that_moderation_stopped_may_be_sent_as_it_is() -> None:
    stopped = [failure for failure in FAILURES if "SAFETY" in failure.code]
    assert {failure.again for failure in stopped} == {Again.NEVER}
