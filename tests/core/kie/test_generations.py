"""Generations at KIE, from submit to a stored clip, and everything that ends otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.accounting.evidence import Verdict
from core.emulator.kie.failure_words import WORDS as FAILURE_WORDS
from core.emulator.kie.server import KieEmulator
from core.errors import (
    InvalidRequest,
    NotCancellable,
    NotFound,
    TaskExpected,
    UnreadableAnswer,
)
from core.generations import Generation, Input, Request, Status, Value
from core.kie.client import ALEPH_INFO, DETAIL
from core.kie.provider import Kie
from core.providers.failures import Again, is_moderation, may_repeat
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from tests.conftest import Clock, MakePicture, OpenStudio, Settle
from tests.core.conftest import Wire, say
from tests.core.kie.test_outcomes import WORDS
from tests.core.recovery.test_rebuild import look_after, lose
from tests.core.worker.conftest import is_, steps_of
from tests.histories import add_to

MODEL = WORDS.model


def submitted(studio: Studio, request: Request = WORDS, key: str = "one") -> Generation:
    return studio.compose.submit(request, key)[0]


def changed(**params: Value) -> Request:
    return replace(WORDS, params={**WORDS.params, **params})


def test_words_become_a_clip_that_is_kept_at_its_list_price(
    studio: Studio, settle: Settle, kie: KieEmulator, key: str, data_folder: Path
) -> None:
    kie.configure(tempo="polls:3")
    done = settle(studio, submitted(studio))
    assert steps_of(studio, done)[1:] == [
        "submitting",
        "pending",
        "running",
        "downloading",
        "succeeded",
    ]
    assert (done.provider, done.credits_quoted, done.credits_charged) == ("kie", 12, 12)
    assert kie.account.balance == 1000 - 12
    assert studio.media.output(done.outputs[0]).exists()
    kept = (path for path in data_folder.rglob("*") if path.is_file())
    assert not any(key.encode() in path.read_bytes() for path in kept)


def test_a_picture_is_sent_once_and_named_by_its_address(
    studio: Studio, settle: Settle, kie: KieEmulator, picture: MakePicture
) -> None:
    sea = studio.uploads.add("sea.png", picture())[0]
    params: Mapping[str, Value] = {"resolution": "1080p", "duration": 5}
    request = Request(
        "kie_image_to_video", MODEL, "Waves", params, (Input("first", sha256=sea.sha256),)
    )
    for number in ("one", "two"):
        assert settle(studio, submitted(studio, request, number)).credits_charged == 30
    first, second = kie.account.tasks()
    assert first.order.source == second.order.source
    assert first.order.source.startswith(f"{kie.url}/uploads/")


def test_a_clip_is_gone_on_with_and_another_made_anew_by_aleph(
    studio: Studio, settle: Settle, kie: KieEmulator
) -> None:
    made = settle(studio, submitted(studio))
    assert made.task_id
    longer = Request(
        "kie_extend",
        "kie_gen4_extend",
        "Out to sea",
        {"taskId": made.task_id, "resolution": "720p"},
    )
    assert settle(studio, submitted(studio, longer, "two")).status is Status.SUCCEEDED
    night = Request(
        "kie_video_to_video",
        "kie_aleph",
        "At night",
        {"ratio": "16:9"},
        (Input("video", url="https://example.org/sea.mp4", medium="video"),),
    )
    kie.configure(tempo="polls:3")
    anew = settle(studio, submitted(studio, night, "three"))
    assert (anew.status, anew.credits_charged) == (Status.SUCCEEDED, 110)
    assert kie.account.tasks()[1].parent == made.task_id


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (changed(resolution="1080p", duration=10), "duration"),
        (replace(WORDS, params={"resolution": "720p", "duration": 5}), "ratio"),
        (Request("kie_extend", "kie_gen4_extend", "On", {"resolution": "720p"}), "taskId"),
    ],
)
def test_what_kie_would_refuse_is_said_before_it_costs(
    studio: Studio, kie: KieEmulator, request_: Request, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        submitted(studio, request_)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert kie.account.tasks() == []


@pytest.mark.parametrize(
    ("word", "again"),
    [
        ("#fail-output", Again.NEVER),
        ("#fail-moderation", Again.NEVER),
        ("#fail-image", Again.NEVER),
        ("#fail-nsfw", Again.NEVER),
        ("#fail-format", Again.CHANGED),
        ("#fail-size", Again.CHANGED),
        ("#fail-length", Again.CHANGED),
        ("#fail-busy", Again.LATER),
        ("#fail-network", Again.LATER),
        ("#fail-later", Again.LATER),
    ],
)
def test_a_failure_is_told_and_its_cost_is_nobodys_guess(
    studio: Studio, settle: Settle, word: str, again: Again
) -> None:
    failed = settle(studio, submitted(studio, replace(WORDS, prompt=f"A sea {word}")))
    assert (failed.status, failed.reason) == (Status.FAILED, FAILURE_WORDS[word])
    assert is_moderation(failed.failure_code) is (again is Again.NEVER)
    assert may_repeat(failed) is (again is Again.LATER)
    assert (failed.credits_charged, failed.credits) == (None, 12)
    studio.decisions.settle(failed.id, 0)
    assert studio.generations.get(failed.id).credits_charged == 0


def test_a_lost_answer_is_judged_by_the_balance_alone(
    studio: Studio, settle: Settle, kie: KieEmulator
) -> None:
    kie.configure(lost_answers=1)
    lost = settle(studio, submitted(studio))
    assert lost.status is Status.UNCONFIRMED
    assert len(kie.account.tasks()) == 1
    doubt = studio.decisions.doubt(lost)
    assert doubt.before
    assert (doubt.before.balance, doubt.before.today, doubt.booking) == (1000, None, None)
    assert [finding.sign for finding in doubt.findings] == ["made"]
    assert doubt.verdict is Verdict.MADE
    studio.decisions.attach(lost.id, kie.account.tasks()[0].id)
    found = settle(studio, lost, is_(Status.SUCCEEDED))
    assert found.credits_charged == 12
    assert kie.account.balance == 1000 - 12


def test_what_was_not_made_is_told_once_the_balance_has_had_time_to_fall(
    studio: Studio, settle: Settle, kie: KieEmulator, clock: Clock
) -> None:
    kie.configure(refuses=500)
    lost = settle(studio, submitted(studio))
    assert lost.status is Status.UNCONFIRMED
    assert studio.decisions.doubt(lost).verdict is Verdict.OPEN
    clock.advance(601)
    studio.decisions.doubt(lost)
    studio.accounts.look()
    assert studio.decisions.doubt(lost).verdict is Verdict.NOT_MADE


def test_a_failure_that_may_be_refunded_clouds_the_balance(
    studio: Studio, settle: Settle, kie: KieEmulator, clock: Clock
) -> None:
    """What one gives back hides what the other has taken."""
    kie.configure(tempo="polls:12")
    failing = submitted(studio, replace(WORDS, prompt="A sea #fail-later"))
    settle(studio, failing, is_(Status.RUNNING))
    clock.advance(20)
    kie.configure(lost_answers=1)
    lost = settle(studio, submitted(studio, key="two"))
    failed = settle(studio, failing)
    assert kie.account.balance == 1000 - 12
    clock.advance(601)
    studio.decisions.doubt(lost)
    studio.accounts.look()
    doubt = studio.decisions.doubt(lost)
    assert [(one.id, one.ended_at) for one in doubt.others] == [(failed.id, failed.finished_at)]
    assert [finding.sign for finding in doubt.findings] == ["either"]


def test_the_task_of_an_answer_that_was_lost_long_ago_is_not_imported_beside_it(
    studio: Studio, settle: Settle, kie: KieEmulator, clock: Clock
) -> None:
    """KIE does not tell when a task was made."""
    kie.configure(lost_answers=1)
    lost = settle(studio, submitted(studio))
    clock.advance(timedelta(days=9).total_seconds())
    with pytest.raises(TaskExpected, match=f"Generation {lost.id}"):
        studio.decisions.import_task(kie.account.tasks()[0].id)


def test_what_cannot_be_cancelled_goes_on_and_its_clip_is_kept(
    studio: Studio, settle: Settle, kie: KieEmulator
) -> None:
    """Also where it was asked for at the moment in which it was sent."""
    kie.configure(tempo="polls:99")
    running = settle(studio, submitted(studio), is_(Status.PENDING, Status.RUNNING))
    with pytest.raises(NotCancellable):
        studio.generations.cancel(running.id)
    assert not studio.generations.get(running.id).cancel_requested
    studio._store.note(running.id, cancel_requested=True)
    told = settle(studio, running, lambda one: not one.cancel_requested)
    assert studio.generations.events(running.id)[-1].detail.startswith("KIE cannot cancel")
    kie.configure(tempo="instant")
    assert settle(studio, told).status is Status.SUCCEEDED


def test_a_cancel_is_refused_once_it_may_have_been_sent_and_changes_nothing_that_has_ended(
    studio: Studio,
) -> None:
    going, ended = (
        add_to(studio, WORDS, status) for status in (Status.SUBMITTING, Status.SUCCEEDED)
    )
    with pytest.raises(NotCancellable):
        studio.generations.cancel(going.id)
    studio.generations.cancel(ended.id)
    assert not any(studio.generations.get(one.id).cancel_requested for one in (going, ended))


def test_a_task_is_not_taken_for_cancelled_where_no_cancel_ends_one(
    studio: Studio, settle: Settle, kie: KieEmulator
) -> None:
    kie.configure(tempo="polls:8")
    running = settle(studio, submitted(studio), is_(Status.RUNNING))
    kie.reset()
    studio._store.note(running.id, cancel_requested=True)
    told = settle(studio, running, lambda one: bool(one.reason))
    assert told.status is running.status
    assert told.reason == "KIE does not know this task at the moment."
    assert settle(studio, told).status is Status.FAILED


@pytest.mark.parametrize("answers", [(422, 422), (404, 422), (422, 404), (404, 200), (200, 200)])
def test_a_task_that_is_not_told_of_is_not_gone(
    wire: Wire, with_kie: Settings, answers: tuple[int, int]
) -> None:
    """Four looks at one that is gone end it for good."""
    for path, code in zip((DETAIL, ALEPH_INFO), answers, strict=True):
        said = {"code": code, "msg": "said", "data": None}
        wire.on(f"GET {path}?taskId=a", say(200, said))
    provider = Kie(replace(with_kie, kie_base_url=wire.url))
    with pytest.raises(UnreadableAnswer, match="tells nothing"):
        provider.task("a")
    provider.close()


def test_of_a_lost_history_the_receipt_tells_that_it_was_kie(
    open_studio: OpenStudio, with_kie: Settings, settle: Settle, kie: KieEmulator
) -> None:
    studio = open_studio(with_kie)
    kie.configure(tempo="polls:8")
    running = settle(studio, submitted(studio), is_(Status.PENDING, Status.RUNNING))
    studio.close()
    lose(with_kie, "recipes")
    again = open_studio(with_kie)
    look_after(again)
    (found,) = again.history.page(Filter(), Order.NEWEST, 1, 9)
    assert (found.provider, found.task_id) == ("kie", running.task_id)
    assert settle(again, found).status is Status.SUCCEEDED


def test_too_few_credits_hold_it_back_until_there_are_some(
    studio: Studio, settle: Settle, kie: KieEmulator, clock: Clock
) -> None:
    kie.configure(credits=11)
    waits = settle(studio, submitted(studio), lambda one: bool(one.reason))
    assert (waits.status, waits.task_id) == (Status.QUEUED, None)
    assert waits.reason == "The KIE account has too few credits for this."
    kie.configure(credits=12)
    clock.advance(61)
    assert settle(studio, waits).status is Status.SUCCEEDED


def test_a_clip_that_kie_has_deleted_is_not_known_any_more(
    with_kie: Settings, studio: Studio, settle: Settle, clock: Clock
) -> None:
    made = settle(studio, submitted(studio))
    assert made.task_id
    provider = Kie(with_kie)
    clock.advance(timedelta(days=14).total_seconds())
    with pytest.raises(NotFound, match="14 days"):
        provider.task(made.task_id)
    with pytest.raises(NotFound, match="does not know"):
        provider.task("nobody-knows-it")
    provider.close()
