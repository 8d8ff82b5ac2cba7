"""A generation's way from the row to the file on disk, against the emulator over HTTP."""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from core import receipts
from core.database import HistoryFile
from core.emulator import Emulator
from core.emulator.failures import WORDS
from core.errors import (
    InvalidRequest,
    NotFound,
    RunwayError,
    TaskTaken,
    UnknownGeneration,
)
from core.generations import Generation, Request, Status
from core.receipts import Receipt
from core.settings import Settings
from core.store import Store
from core.studio import Studio
from core.tracker import urgency
from tests.conftest import Clock, step
from tests.core.conftest import Wire, say
from tests.footage import film

OpenStudio = Callable[[Settings], Studio]
Settle = Callable[..., Generation]
MakeImageRequest = Callable[[str], Request]
MakePicture = Callable[..., bytes]


def steps_of(studio: Studio, generation: Generation) -> list[str]:
    """The statuses it went through, in their order."""
    return [event.status.value for event in studio.events(generation.id)]


def is_(*statuses: Status) -> Callable[[Generation], bool]:
    """A condition for `settle`."""
    return lambda generation: generation.status in statuses


@pytest.fixture
def rows(settings: Settings) -> Iterator[Store]:
    """The history's rows, for states that only an accident leaves."""
    file = HistoryFile(settings.data_dir / "history.db")
    yield Store(file)
    file.close()


# -- to the end -----------------------------------------------------------------------------------


def test_words_become_a_clip_on_disk_with_its_price(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, new = studio.submit(text_request, "one")
    assert new
    assert generation.status is Status.QUEUED
    assert emulator.ledger()["calls"] == {}, "submit itself sends nothing"
    done = settle(studio, generation)
    assert steps_of(studio, done) == ["queued", "submitting", "pending", "downloading", "succeeded"]
    assert (done.credits_quoted, done.credits_estimated, done.credits_charged) == (24, 24, 24)
    assert done.main
    file = studio.media.output(done.main)
    content = file.read_bytes()
    assert hashlib.sha256(content).hexdigest() == done.main.sha256
    assert len(content) == done.main.bytes
    assert (done.main.width, done.main.height, done.main.duration) == (1280, 720, 2.0)
    assert done.main.frame_rate == 24.0
    assert studio.media.poster(done.main).read_bytes()[:2] == b"\xff\xd8"
    assert [p.name for p in file.parent.iterdir()] == [file.name], "nothing half done is left"
    assert emulator.ledger()["calls"]["create"] == 1
    assert done.finished_at
    assert studio.breakers.open() == []


def test_a_picture_is_sent_once_for_many_clips_and_again_when_it_is_about_to_expire(
    studio: Studio,
    settle: Settle,
    image_request: MakeImageRequest,
    picture: MakePicture,
    emulator: Emulator,
    clock: Clock,
) -> None:
    upload, _ = studio.add_upload("sea.png", picture())
    counts = []
    for key in ("one", "two", "three"):
        done = settle(studio, studio.submit(image_request(upload.sha256), key)[0])
        assert done.status is Status.SUCCEEDED
        assert done.credits_charged == 10
        counts.append(emulator.ledger()["calls"]["upload"])
        clock.advance(4 if key == "one" else 20 * 3600)
    assert counts == [1, 1, 2]


def test_a_picture_that_is_gone_from_the_disk_fails_with_a_sentence(
    studio: Studio, settle: Settle, image_request: MakeImageRequest, picture: MakePicture
) -> None:
    upload, _ = studio.add_upload("sea.png", picture())
    studio.media.uploads.path(upload).unlink()
    done = settle(studio, studio.submit(image_request(upload.sha256), "one")[0])
    assert (done.status, done.credits_charged) == (Status.FAILED, 0)
    assert "no longer on this server" in done.reason


def test_every_status_of_a_task_is_shown_with_its_progress(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.submit(text_request, "one")
    running = settle(studio, generation, is_(Status.RUNNING))
    assert running.progress == 0.25
    assert running.remote_status == "RUNNING"
    done = settle(studio, generation)
    assert done.progress == 1.0
    assert steps_of(studio, done)[2:] == ["pending", "running", "downloading", "succeeded"]


def test_over_the_limit_a_task_is_throttled_until_a_slot_is_free(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(concurrency=1, tempo="polls:5")
    first = settle(studio, studio.submit(text_request, "one")[0], is_(Status.PENDING))
    second, _ = studio.submit(replace(text_request, prompt="A quiet lake"), "two")
    throttled = settle(studio, second, is_(Status.THROTTLED))
    assert throttled.remote_status == "THROTTLED"
    assert settle(studio, first).status is Status.SUCCEEDED
    assert settle(studio, second).status is Status.SUCCEEDED


@pytest.mark.point(20)
def test_an_unknown_status_is_shown_and_asked_about_on_and_on(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    dream = {"on": "task", "times": 3, "do": {"outcome": {"status": "DREAMING"}}}
    emulator.configure(tempo="polls:9")
    emulator.script([dream])
    generation, _ = studio.submit(text_request, "one")
    seen = settle(studio, generation, lambda g: g.remote_status == "DREAMING")
    assert seen.status is Status.PENDING
    emulator.configure(tempo="instant")
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.parametrize("word", WORDS)
def test_a_failure_keeps_runways_code_words_and_price(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, word: str
) -> None:
    request = replace(text_request, prompt=f"A quiet sea {word}")
    done = settle(studio, studio.submit(request, "one")[0])
    assert done.status is Status.FAILED
    assert done.failure_code == (WORDS[word].failure_code or "")
    assert done.reason == WORDS[word].failure
    (task,) = emulator.ledger()["tasks"]
    assert (
        done.credits_charged
        == task["charged"]
        == (24 if "SAFETY.INPUT." in done.failure_code[:13] else 0)
    )
    assert done.outputs == ()


def test_the_thread_does_all_this_by_itself(settings: Settings, text_request: Request) -> None:
    studio = Studio(settings)
    studio.start()
    generation, _ = studio.submit(text_request, "one")
    pause = threading.Event()
    for _ in range(600):
        if studio.generation(generation.id).status.is_final:
            break
        pause.wait(0.05)
    well, report = studio.health()
    studio.close()
    assert studio_status(settings, generation) is Status.SUCCEEDED
    assert well
    assert report["tracker_leads"]


def studio_status(settings: Settings, generation: Generation) -> Status:
    """The status as the file has it."""
    file = HistoryFile(settings.data_dir / "history.db")
    try:
        return Store(file).get(generation.id).status
    finally:
        file.close()


# -- polls ----------------------------------------------------------------------------------------


def polls(emulator: Emulator) -> list[datetime]:
    """When the only task was asked for."""
    (task,) = emulator.ledger()["tasks"]
    return [datetime.fromisoformat(at) for at in task["polls"]]


def test_a_task_is_never_asked_for_twice_within_five_seconds_whatever_happens(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:40")
    emulator.script(
        [
            {"on": "task", "skip": 1, "times": 2, "do": {"status": 503}},
            {"on": "task", "skip": 1, "do": {"after": "accept", "drop": True}},
            {"on": "task", "skip": 1, "do": {"status": 429}},
        ]
    )
    slow = replace(settings, poll_seconds=5.0)
    studio = open_studio(slow)
    generation, _ = studio.submit(text_request, "one")
    calls = []
    for tick in range(1400):
        before = emulator.ledger()["calls"].get("task", 0)
        step(studio, clock)
        calls += [clock.now()] * (emulator.ledger()["calls"].get("task", 0) - before)
        clock.advance(0.0999)
        if tick % 97 == 0:
            studio.tracker.look_at(generation.id)
        if tick % 211 == 210:
            studio.close()
            studio = open_studio(slow)
    gaps = [later - earlier for earlier, later in itertools.pairwise(calls)]
    assert len(calls) > 8
    assert min(gaps) >= timedelta(seconds=5)
    assert set(polls(emulator)) <= set(calls)


def test_not_even_a_millisecond_early_after_a_restart(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:9")
    exact = replace(settings, poll_seconds=5.0)
    before = open_studio(exact)
    before.submit(text_request, "one")
    step(before, clock)
    step(before, clock)
    clock.advance(6)
    step(before, clock)
    before.close()
    clock.advance(4.9998)
    step(open_studio(exact), clock)
    assert len(polls(emulator)) == 1


def test_polls_slow_down_for_a_task_that_waits_long(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(concurrency=1, tempo="seconds:100000")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    studio.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    clock.advance(3600)
    for _ in range(60):
        step(studio, clock)
        clock.advance(1)
    assert 2 <= len(polls(emulator)) <= 3


def test_of_many_that_an_earlier_server_left_not_all_are_asked_for_at_once(
    open_studio: OpenStudio, settings: Settings, clock: Clock, rows: Store, text_request: Request
) -> None:
    for number in range(100):
        request = replace(text_request, prompt=f"Take {number}")
        generation, _ = rows.add(
            request,
            intent_key=str(number),
            kind="video",
            quoted=24,
            demo=settings.demo,
            now=clock.now(),
        )
        task = str(uuid.UUID(int=number))
        rows.move(generation, Status.SUBMITTING, clock.now())
        rows.move(rows.get(generation.id), Status.PENDING, clock.now(), task_id=task)
    studio = open_studio(replace(settings, poll_seconds=5.0))
    step(studio, clock)
    asked = []
    for _ in range(70):
        asked.append(len(studio.tracker.step(clock.now())))
        clock.advance(0.1)
    assert sum(asked) == 100
    assert max(asked) < 50


def test_less_than_a_percent_of_progress_writes_no_row(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> None:
    emulator.configure(tempo="polls:1000")
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    seen = []
    for _ in range(40):
        clock.advance(1)
        step(studio, clock)
        now = studio.generation(generation.id)
        seen.append((now.updated_at, now.progress))
    assert len(polls(emulator)) > 30
    assert 2 < len(set(seen)) < 8


@pytest.mark.point(22)
def test_a_clock_that_was_set_back_does_not_stop_the_polls(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    clock.advance(-7200)
    assert settle(studio, generation).status is Status.SUCCEEDED


# -- restarts -------------------------------------------------------------------------------------

OPEN = [status for status in Status if not status.is_final and status is not Status.SUBMITTING]


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.point(5)
def test_a_restart_goes_on_from_every_status(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    status: Status,
) -> None:
    if status is Status.THROTTLED:
        emulator.configure(concurrency=1, tempo="polls:5")
    elif status is Status.DOWNLOADING:
        emulator.script([{"on": "output", "do": {"cut_at": 9000}}])
    elif status in (Status.PENDING, Status.RUNNING):
        emulator.configure(tempo="polls:4")
    before = open_studio(settings)
    other = replace(text_request, prompt="A quiet lake")
    generations = [before.submit(text_request, "one")[0]]
    if status is Status.THROTTLED:
        settle(before, generations[0], is_(Status.PENDING))
        generations.append(before.submit(other, "two")[0])
    settle(before, generations[-1], is_(status))
    before.close()
    after = open_studio(settings)
    for generation in generations:
        assert settle(after, generation).status is Status.SUCCEEDED
    assert emulator.ledger()["calls"]["create"] == len(generations)


def submitting(rows: Store, generation: Generation, now: datetime) -> None:
    """The row as it stands when the submitter has just been started."""
    assert rows.move(generation, Status.SUBMITTING, now, attempts=1, submitted_at=now)


def test_a_call_that_was_never_sent_is_sent_after_the_restart_and_only_once(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    generation, _ = studio.submit(text_request, "one")
    submitting(rows, generation, clock.now())
    os.close(receipts.allocate(studio.media.receipt(generation, 1)))
    done = settle(studio, generation)
    assert (done.status, done.attempts) == (Status.SUCCEEDED, 2)
    assert emulator.ledger()["calls"]["create"] == 1


def test_a_call_whose_receipt_is_lost_is_never_sent_again(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    generation, _ = studio.submit(text_request, "one")
    submitting(rows, generation, clock.now())
    assert settle(studio, generation).status is Status.UNCONFIRMED
    assert "create" not in emulator.ledger()["calls"]


def test_a_history_restored_from_before_the_call_adopts_its_answer_and_pays_once(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    first = settle(studio, studio.submit(text_request, "one")[0])
    receipt = receipts.read(studio.media.receipt(first, 1))
    assert receipt
    body = receipt.body.replace(first.task_id or "?", "another-task")
    again, _ = studio.submit(replace(text_request, prompt="A quiet lake"), "two")
    fd = receipts.allocate(studio.media.receipt(again, 1))
    receipts.write(fd, replace(receipt, body=body))
    os.close(fd)
    found = settle(studio, again, lambda row: row.task_id is not None)
    assert found.task_id == "another-task"
    assert emulator.ledger()["calls"]["create"] == 1


def test_an_account_that_cannot_be_seen_holds_nothing_up(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "organization", "times": None, "do": {"status": 403}}])
    assert settle(studio, studio.submit(text_request, "one")[0]).status is Status.SUCCEEDED


@pytest.mark.parametrize("state", ["sending", "no_answer"])
@pytest.mark.point(1)
def test_a_call_that_may_have_been_sent_is_never_sent_again(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    state: Any,
) -> None:
    generation, _ = studio.submit(text_request, "one")
    submitting(rows, generation, clock.now())
    fd = receipts.allocate(studio.media.receipt(generation, 1))
    receipts.write(fd, Receipt(state))
    os.close(fd)
    done = settle(studio, generation)
    assert done.status is Status.UNCONFIRMED
    assert done.evidence["after"]["balance"] == 25_000
    assert "create" not in emulator.ledger()["calls"]


@pytest.mark.point(1)
def test_an_answer_that_came_while_no_server_ran_is_adopted(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    first = settle(studio, studio.submit(text_request, "one")[0])
    clock.advance(10)
    receipt = receipts.read(studio.media.receipt(first, 1))
    assert receipt
    body = receipt.body.replace(first.task_id or "?", "another-task")
    generation, _ = studio.submit(text_request, "two")
    submitting(rows, generation, clock.now())
    fd = receipts.allocate(studio.media.receipt(generation, 1))
    receipts.write(fd, replace(receipt, body=body))
    step(studio, clock)
    assert studio.generation(generation.id).status is Status.SUBMITTING, "its sender is at work"
    os.close(fd)
    clock.advance(1)
    step(studio, clock)
    found = studio.generation(generation.id)
    assert (found.status, found.task_id) == (Status.PENDING, "another-task")
    assert emulator.ledger()["calls"]["create"] == 1


def test_a_new_history_in_an_old_folder_touches_nothing_of_the_old_one(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    before = open_studio(settings)
    old = settle(before, before.submit(text_request, "one")[0])
    before.close()
    for file in settings.data_dir.glob("history.db*"):
        file.unlink()
    after = open_studio(settings)
    new, _ = after.submit(replace(text_request, prompt="A quiet lake"), "two")
    assert new.id == old.id
    done = settle(after, new)
    assert done.status is Status.SUCCEEDED
    assert done.task_id != old.task_id
    assert old.main
    kept = before.media.output(old.main).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == old.main.sha256
    assert emulator.ledger()["calls"]["create"] == 2


@pytest.mark.point(1)
def test_a_killed_submitter_leaves_an_unconfirmed_generation_and_no_second_call(
    open_studio: OpenStudio, settings: Settings, wire: Wire, clock: Clock, text_request: Request
) -> None:
    asked = threading.Event()
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1}))
    wire.on("POST /v1/text_to_video", lambda connection: (asked.set(), wire.hang(connection))[1])
    studio = open_studio(replace(settings, base_url=wire.url))
    generation, _ = studio.submit(text_request, "one")
    futures = studio.tracker.step(clock.now())
    assert asked.wait(30)
    for child in psutil.Process().children():
        if "core.submit" in child.cmdline():
            child.kill()
    wait(futures)
    step(studio, clock)
    clock.advance(3600)
    step(studio, clock)
    found = studio.generation(generation.id)
    assert found.status is Status.UNCONFIRMED
    assert "the sender was ended" in found.reason
    assert wire.count("POST") == 1


# -- refusals -------------------------------------------------------------------------------------


def test_a_wrong_key_holds_the_generation_with_its_reason_until_it_is_right(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.script([{"on": "organization", "times": 2, "do": {"status": 401}}])
    generation, _ = studio.submit(text_request, "one")
    step(studio, clock)
    held = studio.generation(generation.id)
    assert (held.status, held.attempts) == (Status.QUEUED, 0)
    assert "API key" in held.reason
    assert [breaker.name for breaker in studio.breakers.open()] == ["key"]
    for _ in range(65):
        clock.advance(0.5)
        step(studio, clock)
    assert emulator.ledger()["calls"] == {"organization": 2}
    clock.advance(30)
    done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED
    assert studio.breakers.open() == []


def test_the_daily_cap_waits_and_goes_on(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(daily=0)
    generation, _ = studio.submit(text_request, "one")
    waiting = settle(studio, generation, lambda g: g.attempts == 1 and g.status is Status.QUEUED)
    assert "limit" in waiting.reason
    emulator.configure(daily=None)
    clock.advance(15 * 60)
    assert settle(studio, generation).status is Status.SUCCEEDED


def test_a_model_that_left_the_catalogue_fails_with_a_sentence(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    tmp_path: Path,
) -> None:
    before = open_studio(settings)
    generation, _ = before.submit(text_request, "one")
    before.close()
    smaller = tmp_path / "catalog"
    smaller.mkdir()
    for name in ("endpoints.toml", "shared.toml", "veo.toml"):
        (smaller / name).write_bytes((settings.catalog_dir / name).read_bytes())
    done = settle(open_studio(replace(settings, catalog_dir=smaller)), generation)
    assert (done.status, done.credits_charged) == (Status.FAILED, 0)
    assert "catalogue" in done.reason


# -- unconfirmed ----------------------------------------------------------------------------------


@pytest.fixture
def unconfirmed(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> Generation:
    """A generation whose task exists, but whose answer was lost."""
    emulator.configure(tempo="polls:2")
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    return settle(studio, studio.submit(text_request, "one")[0])


def task_id(emulator: Emulator) -> str:
    (task,) = emulator.ledger()["tasks"]
    return str(task["id"])


def test_a_lost_answer_leaves_evidence_and_is_never_sent_again(
    studio: Studio, unconfirmed: Generation, clock: Clock, emulator: Emulator
) -> None:
    assert unconfirmed.status is Status.UNCONFIRMED
    before, after = unconfirmed.evidence["before"], unconfirmed.evidence["after"]
    assert before == {"balance": 25_000, "today": 0}
    assert after == {"balance": 25_000 - 24, "today": 1}
    for _ in range(50):
        clock.advance(600)
        assert step(studio, clock) == 0
    assert emulator.ledger()["calls"]["create"] == 1


def test_an_unconfirmed_generation_is_followed_once_a_person_names_its_task(
    studio: Studio, settle: Settle, unconfirmed: Generation, emulator: Emulator
) -> None:
    studio.decisions.attach(unconfirmed.id, task_id(emulator))
    done = settle(studio, unconfirmed)
    assert (done.status, done.credits_charged, done.reason) == (Status.SUCCEEDED, 24, "")
    with pytest.raises(TaskTaken, match="is this task already"):
        studio.decisions.attach(unconfirmed.id, task_id(emulator))


def test_a_cancel_from_before_never_deletes_a_task_named_by_hand(
    studio: Studio, settle: Settle, unconfirmed: Generation, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:4")
    studio.cancel(unconfirmed.id)
    studio.decisions.attach(unconfirmed.id, task_id(emulator))
    assert settle(studio, unconfirmed).status is Status.SUCCEEDED
    assert "delete" not in emulator.ledger()["calls"]


@pytest.mark.parametrize("wrong", ["", "../organization", "a b", "x?y", "ä", "a" * 200])
def test_what_is_no_task_id_is_not_even_asked_for(
    studio: Studio, unconfirmed: Generation, emulator: Emulator, wrong: str
) -> None:
    calls = emulator.ledger()["calls"]
    with pytest.raises(InvalidRequest):
        studio.decisions.attach(unconfirmed.id, wrong)
    assert emulator.ledger()["calls"] == calls


def test_a_task_that_runway_does_not_know_changes_nothing(
    studio: Studio, unconfirmed: Generation
) -> None:
    with pytest.raises(NotFound):
        studio.decisions.attach(unconfirmed.id, "00000000-0000-0000-0000-000000000000")
    assert studio.generation(unconfirmed.id).status is Status.UNCONFIRMED


def test_an_unconfirmed_generation_can_be_written_off(
    studio: Studio, unconfirmed: Generation
) -> None:
    studio.decisions.write_off(unconfirmed.id)
    found = studio.generation(unconfirmed.id)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert "by hand" in found.reason


def test_a_second_tab_can_neither_write_off_nor_redirect_what_is_followed_again(
    studio: Studio, settle: Settle, unconfirmed: Generation, clock: Clock, emulator: Emulator
) -> None:
    studio.decisions.attach(unconfirmed.id, task_id(emulator))
    studio.decisions.write_off(unconfirmed.id)
    assert studio.generation(unconfirmed.id).status is Status.PENDING
    assert settle(studio, unconfirmed).status is Status.SUCCEEDED
    clock.advance(60)
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    settle(studio, studio.submit(unconfirmed.request, "two")[0])
    third = emulator.ledger()["tasks"][-1]["id"]
    with pytest.raises(InvalidRequest, match="unconfirmed no more"):
        studio.decisions.attach(unconfirmed.id, third)
    studio.decisions.write_off(unconfirmed.id)
    assert studio.generation(unconfirmed.id).status is Status.SUCCEEDED


# -- cancel ---------------------------------------------------------------------------------------


def test_a_queued_generation_is_cancelled_without_a_call_or_a_cost(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, _ = studio.submit(text_request, "one")
    studio.cancel(generation.id)
    done = settle(studio, generation)
    assert (done.status, done.credits_charged) == (Status.CANCELLED, 0)
    assert emulator.ledger()["calls"] == {}


def test_a_held_generation_is_cancelled_at_once(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "organization", "do": {"status": 401}}])
    generation, _ = studio.submit(text_request, "one")
    step(studio, clock)
    assert studio.generation(generation.id).retry_at
    studio.cancel(generation.id)
    step(studio, clock)
    assert studio.generation(generation.id).status is Status.CANCELLED
    assert "create" not in emulator.ledger()["calls"]


@pytest.mark.parametrize("visible", [False, True])
@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING])
@pytest.mark.point(20, 21)
def test_a_task_is_cancelled_at_runway(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    status: Status,
    visible: bool,
) -> None:
    emulator.configure(tempo="polls:8", cancelled_visible=visible)
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(status))
    studio.cancel(generation.id)
    done = settle(studio, generation)
    assert done.status is Status.CANCELLED
    (task,) = emulator.ledger()["tasks"]
    assert task["status"] == "CANCELLED"
    assert task["charged"] == (24 if status is Status.RUNNING else 0)
    assert done.credits_charged == (task["charged"] if visible else None)


def test_a_task_that_has_not_begun_is_cancelled_without_waiting_for_the_next_poll(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(concurrency=1, tempo="polls:8")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    generation, _ = studio.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    studio.cancel(generation.id)
    step(studio, clock)
    (task,) = emulator.ledger()["tasks"]
    assert (task["status"], task["charged"], task["polls"]) == ("CANCELLED", 0, [])


@pytest.mark.point(21)
def test_a_cancel_while_the_call_is_on_its_way_still_ends_the_task(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:8")
    generation, _ = studio.submit(text_request, "one")
    step(studio, clock)
    assert studio.generation(generation.id).status is Status.SUBMITTING
    studio.cancel(generation.id)
    assert settle(studio, generation).status is Status.CANCELLED
    assert emulator.ledger()["tasks"][0]["status"] == "CANCELLED"


@pytest.mark.point(21)
def test_a_clip_that_was_finished_before_the_cancel_is_kept(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(Status.RUNNING))
    emulator.configure(tempo="instant")  # it ends before the next poll
    studio.cancel(generation.id)
    done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED, "a paid clip was thrown away"
    assert done.main
    assert "before it could be cancelled" in str(studio.events(done.id))
    assert "delete" not in emulator.ledger()["calls"]


def test_a_cancel_during_the_download_keeps_the_clip(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(Status.DOWNLOADING))
    studio.cancel(generation.id)
    assert settle(studio, generation).status is Status.SUCCEEDED


def test_a_cancel_during_a_slow_poll_is_not_forgotten(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:8")
    studio = open_studio(replace(settings, poll_seconds=5.0))
    generation, _ = studio.submit(text_request, "one")
    step(studio, clock)
    step(studio, clock)
    clock.advance(6)
    emulator.script([{"on": "task", "do": {"after": "accept", "hang": 0.4}}])
    futures = studio.tracker.step(clock.now())
    studio.cancel(generation.id)
    wait(futures)
    assert step(studio, clock) == 1, "it would be looked at only when the next poll is due"


# -- tasks that vanish ----------------------------------------------------------------------------


@pytest.mark.parametrize(("misses", "status"), [(3, Status.SUCCEEDED), (4, Status.FAILED)])
@pytest.mark.point(19)
def test_only_four_404s_in_a_row_mean_that_a_task_is_gone(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    misses: int,
    status: Status,
) -> None:
    emulator.script([{"on": "task", "times": misses, "do": {"status": 404}}])
    done = settle(studio, studio.submit(text_request, "one")[0])
    assert done.status is status
    assert done.credits_estimated == 24
    assert ("no longer knows" in done.reason) == (status is Status.FAILED)


@pytest.mark.parametrize("body", ["<html>404 page not found</html>", "", {"message": "none"}])
@pytest.mark.point(19)
def test_a_404_that_is_not_runways_never_means_that_a_task_is_gone(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    body: object,
) -> None:
    emulator.script([{"on": "task", "times": 6, "do": {"status": 404, "body": body}}])
    generation = settle(
        studio, studio.submit(text_request, "one")[0], lambda row: bool(row.task_id)
    )
    while emulator.ledger()["faults_waiting"]:
        clock.advance(31)
        assert step(studio, clock) == 1
        assert studio.generation(generation.id).status is Status.PENDING
    clock.advance(31)
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 429, "body": {"error": "Too Many Requests"}}, "Runway was asked too often."),
        ({"status": 429, "body": "<html>Slow down</html>"}, "Runway was asked too often."),
        ({"status": 403, "body": "<html>Blocked by policy</html>"}, "Something between"),
        ({"status": 401, "body": "<html>Proxy login</html>"}, "Something between"),
    ],
)
@pytest.mark.point(16)
def test_a_poll_says_who_has_answered_it_and_goes_on(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    fault: dict[str, object],
    sentence: str,
) -> None:
    emulator.script([{"on": "task", "do": fault}])
    generation, _ = studio.submit(text_request, "one")
    told = settle(studio, generation, lambda row: bool(row.reason))
    assert told.reason.startswith(sentence)
    assert studio.breakers.open() == [], "it says nothing of the key, the model or the day"
    assert settle(studio, generation).status is Status.SUCCEEDED


def test_404s_that_are_not_in_a_row_do_not_add_up(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    emulator.script([{"on": "task", "times": 3, "do": {"status": 404}}])
    emulator.script([{"on": "task", "skip": 1, "times": 3, "do": {"status": 404}}])
    assert settle(studio, studio.submit(text_request, "one")[0]).status is Status.SUCCEEDED


def test_a_generation_that_counted_as_gone_can_be_recovered(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "task", "times": 4, "do": {"status": 404}}])
    gone = settle(studio, studio.submit(text_request, "one")[0])
    found = studio.recover(gone.id)
    assert found.status is Status.SUCCEEDED
    assert (found.reason, found.credits_charged) == ("", 24)
    assert found.main
    assert studio.media.output(found.main).exists()


# -- memory ---------------------------------------------------------------------------------------


def test_nothing_is_remembered_of_a_task_that_has_ended(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:2")
    settle(studio, studio.submit(text_request, "one")[0])
    step(studio, clock)
    assert studio._follower._memories == {}


def test_what_threads_learn_while_the_ended_are_forgotten_stops_no_step(
    studio: Studio, text_request: Request
) -> None:
    one, _ = studio.submit(text_request, "one")
    follower, errors = studio._follower, []

    def learn() -> None:
        for number in range(30_000):
            follower._memory(replace(one, id=number))

    def forget() -> None:
        try:
            while learner.is_alive():
                follower.keep(set())
        except RuntimeError as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        learner, forgetter = threading.Thread(target=learn), threading.Thread(target=forget)
        learner.start(), forgetter.start()
        learner.join(), forgetter.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == []


@pytest.mark.point(12)
def test_nobody_else_leads_before_all_that_the_last_one_began_has_ended(
    open_studio: OpenStudio, settings: Settings, wire: Wire, text_request: Request, clock: Clock
) -> None:
    asked = threading.Event()
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("POST /v1/text_to_video", say(200, {"id": "task-1"}))
    wire.on("GET /v1/tasks/task-1", lambda connection: (asked.set(), wire.hang(connection))[0])
    first = open_studio(replace(settings, base_url=wire.url))
    first.submit(text_request, "one")
    while not asked.is_set():
        first.tracker.step(clock.now())
        clock.advance(1.0)
        asked.wait(0.05)
    first.tracker.stop()
    second = open_studio(replace(settings, base_url=wire.url))
    second.tracker.step(clock.now())
    assert not second.tracker.is_leader, "the first is still asking"
    wire.released.set()
    for _ in range(600):
        second.tracker.step(clock.now())
        if second.tracker.is_leader:
            break
        time.sleep(0.05)
    assert second.tracker.is_leader


# -- downloads ------------------------------------------------------------------------------------


@pytest.mark.point(8)
def test_a_cut_download_goes_on_where_it_stopped(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    whole = settle(studio, studio.submit(text_request, "one")[0])
    emulator.script([{"on": "output", "do": {"cut_at": 700_000}}])
    done = settle(studio, studio.submit(text_request, "two")[0])
    assert done.main
    assert whole.main
    assert done.main.sha256 == whole.main.sha256
    assert emulator.ledger()["calls"]["output"] == 3


@pytest.mark.point(6)
def test_an_expired_address_is_replaced_by_a_fresh_one(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(url_ttl=30)
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, is_(Status.DOWNLOADING))
    clock.advance(60)
    done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED
    assert emulator.ledger()["calls"] == {"organization": 1, "create": 1, "task": 2, "output": 2}


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200, "body": "<html>Log in</html>"},
        {"status": 500},
        {"status": 302, "headers": {"location": "http://127.0.0.1/"}},
        {"drop": True},
        {"cut_at": 0},
        {"status": 416},
    ],
)
@pytest.mark.point(8)
def test_a_download_that_is_no_clip_is_tried_again_and_never_kept(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    fault: dict[str, Any],
) -> None:
    emulator.script([{"on": "output", "do": fault}])
    generation, _ = studio.submit(text_request, "one")
    settle(studio, generation, lambda g: g.status is Status.DOWNLOADING and bool(g.reason))
    assert list((studio.settings.data_dir / "videos").glob("*.mp4")) == []
    done = settle(studio, generation)
    assert (done.status, done.reason) == (Status.SUCCEEDED, "")


def test_a_stopping_server_leaves_a_download_to_be_resumed(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.script([{"on": "output", "do": {"cut_at": 400_000}}])
    before = open_studio(settings)
    generation, _ = before.submit(text_request, "one")
    settle(before, generation, lambda g: g.status is Status.DOWNLOADING and bool(g.reason))
    before.close()
    (part,) = (settings.data_dir / "videos").glob("*.part")
    kept = part.stat().st_size
    assert kept >= 262_144
    done = settle(open_studio(settings), generation)
    assert done.status is Status.SUCCEEDED
    assert not part.exists()


def test_a_clip_that_was_lost_from_the_disk_is_fetched_again(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    done = settle(studio, studio.submit(text_request, "one")[0])
    assert done.main
    studio.media.output(done.main).unlink()
    found = studio.recover(done.id)
    assert found.main == done.main
    assert studio.media.output(done.main).exists()


def test_a_clip_that_was_made_in_spite_of_a_cancel_is_fetched(
    studio: Studio, rows: Store, clock: Clock, settle: Settle, text_request: Request
) -> None:
    generation, _ = studio.submit(text_request, "one")
    made = settle(studio, generation, is_(Status.DOWNLOADING))
    assert rows.move(made, Status.CANCELLED, clock.now())
    found = studio.recover(generation.id)
    assert (found.status, found.credits_charged) == (Status.SUCCEEDED, 24)
    assert found.main
    assert studio.media.output(found.main).exists()


def test_a_task_that_counted_as_ended_and_still_runs_is_followed_again(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:9")
    emulator.script([{"on": "task", "times": 4, "do": {"status": 404}}])
    gone = settle(studio, studio.submit(text_request, "one")[0])
    assert gone.status is Status.FAILED
    again = studio.recover(gone.id)
    assert (again.status, again.finished_at, again.reason) == (Status.PENDING, None, "")
    assert settle(studio, again).status is Status.SUCCEEDED


def test_recover_says_what_cannot_be_recovered(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, _ = studio.submit(text_request, "one")
    with pytest.raises(UnknownGeneration):
        studio.recover(generation.id)
    done = settle(studio, generation)
    emulator.reset()
    with pytest.raises(RunwayError):
        studio.recover(done.id)
    assert studio.generation(done.id) == done


# -- what was made while the server was away ------------------------------------------------------


@pytest.mark.point(7)
def test_made_clips_come_before_polls_and_polls_before_the_queue_and_the_oldest_first(
    studio: Studio, rows: Store, clock: Clock, text_request: Request
) -> None:
    order = [Status.QUEUED, Status.RUNNING, Status.DOWNLOADING, Status.PENDING, Status.DOWNLOADING]
    for number, status in enumerate(order):
        made, _ = studio.submit(replace(text_request, prompt=f"{number}"), f"{number}")
        if status is not Status.QUEUED:
            assert rows.move(made, status, clock.now(), task_id=f"t{number}")
    found = sorted(rows.open_rows(demo=False), key=urgency)
    assert [row.id for row in found] == [3, 5, 2, 4, 1]


@pytest.mark.point(7)
def test_a_clip_that_waits_for_half_a_day_is_warned_about(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = open_studio(settings)
    generation, _ = before.submit(text_request, "one")
    settle(before, generation, is_(Status.DOWNLOADING))
    before.close()
    clock.advance(11 * 3600)
    studio = open_studio(settings)
    assert studio.overdue() == 0
    clock.advance(2 * 3600)
    assert studio.overdue() == studio.health()[1]["clips_overdue"] == 1
    step(studio, clock)
    assert "has waited for long" in caplog.text
    assert settle(studio, generation).status is Status.SUCCEEDED
    assert studio.overdue() == 0


# -- late answers, two servers, two modes ---------------------------------------------------------


@pytest.mark.point(12)
def test_a_late_answer_never_overwrites_what_was_decided_meanwhile(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.submit(text_request, "one")
    pending = settle(studio, generation, is_(Status.PENDING))
    clock.advance(1)
    emulator.script([{"on": "task", "do": {"after": "accept", "hang": 0.5}}])
    futures = studio.tracker.step(clock.now())
    assert rows.move(pending, Status.CANCELLED, clock.now(), credits_charged=0)
    wait(futures)
    found = studio.generation(generation.id)
    assert (found.status, found.credits_charged) == (Status.CANCELLED, 0)


@pytest.mark.point(12)
def test_of_two_servers_on_one_folder_one_leads_and_the_other_takes_over(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    first, second = open_studio(settings), open_studio(settings)
    generation, new = second.submit(text_request, "one")
    same, again = first.submit(text_request, "one")
    assert (same.id, new, again) == (generation.id, True, False)
    step(first, clock)
    assert step(second, clock) == 0
    assert (first.tracker.is_leader, second.tracker.is_leader) == (True, False)
    settle(first, generation, is_(Status.PENDING))
    first.close()
    assert settle(second, generation).status is Status.SUCCEEDED
    assert second.tracker.is_leader
    assert emulator.ledger()["calls"]["create"] == 1


@pytest.mark.parametrize("status", [Status.QUEUED, Status.PENDING])
def test_a_demo_leaves_live_generations_alone(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    status: Status,
) -> None:
    live = open_studio(settings)
    generation, _ = live.submit(text_request, "one")
    left = settle(live, generation, is_(status))
    live.close()
    demo = open_studio(replace(settings, api_key=""))
    for _ in range(10):
        clock.advance(5)
        assert step(demo, clock) == 0
    assert demo.generation(generation.id) == left
    demo.close()
    assert settle(open_studio(settings), generation).status is Status.SUCCEEDED


def test_a_live_server_never_sends_what_a_demo_left(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    demo = open_studio(replace(settings, api_key=""))
    generation, _ = demo.submit(text_request, "one")
    assert generation.demo
    demo.close()
    live = open_studio(settings)
    for _ in range(5):
        clock.advance(5)
        assert step(live, clock) == 0
    assert emulator.ledger()["calls"] == {}


def test_an_unforeseen_error_in_one_generation_does_not_stop_the_others(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    image_request: MakeImageRequest,
    picture: MakePicture,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upload, _ = studio.add_upload("sea.png", picture())
    bad, _ = studio.submit(image_request(upload.sha256), "one")
    file = studio.media.uploads.path(upload)
    file.unlink()
    file.mkdir()  # nobody foresees that
    good, _ = studio.submit(text_request, "two")
    assert settle(studio, good).status is Status.SUCCEEDED
    assert "unexpected failure" in caplog.text
    assert studio.generation(bad.id).status is Status.QUEUED


def test_an_output_that_is_too_large_ends_with_a_reason_and_is_fetched_once_the_setting_allows_it(
    open_studio: OpenStudio,
    settings: Settings,
    wire: Wire,
    text_request: Request,
    settle: Settle,
    tmp_path: Path,
) -> None:
    clip = film(tmp_path / "film.mp4") + bytes(2 * 1024**2)
    task = {"id": "task-1", "status": "SUCCEEDED", "output": [f"{wire.url}/clip"]}
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("POST /v1/text_to_video", say(200, {"id": "task-1"}))
    wire.on("GET /v1/tasks/task-1", say(200, task | {"cost": {"credits": 24}}))
    wire.on("GET /clip", say(200, clip, {"Content-Type": "video/mp4"}))
    small = replace(settings, base_url=wire.url, largest_file=1)
    studio = open_studio(small)
    row, _new = studio.submit(text_request, "one")
    ended = settle(studio, row, until=lambda row: row.status.is_final)
    assert (ended.status, ended.failure_code) == (Status.FAILED, "DAILIES.TOO_LARGE")
    assert ended.credits_charged == 24
    assert list((small.data_dir / "videos").iterdir()) == []
    asked = sum(one.path == "/clip" for one in wire.heard)
    assert asked == 1
    studio.close()
    larger = open_studio(replace(small, largest_file=3))
    assert larger.recover(row.id).status is Status.SUCCEEDED
    (output,) = larger.generation(row.id).outputs
    assert output.bytes == len(clip)
