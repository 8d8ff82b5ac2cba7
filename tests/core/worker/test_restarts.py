"""What a restarted server does with the generations that it finds."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import replace
from typing import Any

import pytest

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.providers import receipts
from core.providers.receipts import Receipt
from core.settings import Settings
from core.storage.store import Store
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.conftest import Wire, say
from tests.core.submitter_processes import submitters
from tests.core.worker.conftest import is_

OPEN = [status for status in Status if not status.is_final and status is not Status.SUBMITTING]


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.point(5)
@pytest.mark.slow
def test_a_restart_goes_on_from_every_status(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    status: Status,
) -> None:
    if status is Status.THROTTLED:
        settings = replace(settings, runway_queues=True)
        emulator.configure(concurrency=1, tempo="polls:5")
    elif status is Status.DOWNLOADING:
        emulator.script([{"on": "output", "do": {"cut_at": 9000}}])
    elif status in (Status.PENDING, Status.RUNNING):
        emulator.configure(tempo="polls:4")
    before = open_studio(settings)
    other = replace(text_request, prompt="A quiet lake")
    generations = [before.compose.submit(text_request, "one")[0]]
    if status is Status.THROTTLED:
        settle(before, generations[0], is_(Status.PENDING))
        generations.append(before.compose.submit(other, "two")[0])
    settle(before, generations[-1], is_(status))
    before.close()
    after = open_studio(settings)
    for generation in generations:
        assert settle(after, generation).status is Status.SUCCEEDED
    assert emulator.ledger()["calls"]["create"] == len(generations)


Submitting = Callable[[str], Generation]


@pytest.fixture
def submitting(studio: Studio, rows: Store, clock: Clock, text_request: Request) -> Submitting:
    """Orders under a key; its row is as it stands when the submitter has just been started."""

    def order(key: str) -> Generation:
        generation, _ = studio.compose.submit(text_request, key)
        now = clock.now()
        assert rows.move(generation, Status.SUBMITTING, now, attempts=1, submitted_at=now)
        return generation

    return order


def answer_like(studio: Studio, generation: Generation, task_id: str) -> Receipt:
    """The receipt of this one, as if it were of another task."""
    receipt = receipts.read(studio.media.receipt(generation, 1))
    assert receipt
    return replace(receipt, body=receipt.body.replace(generation.task_id or "?", task_id))


def test_a_call_that_was_never_sent_is_sent_after_the_restart_and_only_once(
    studio: Studio, settle: Settle, submitting: Submitting, emulator: Emulator
) -> None:
    generation = submitting("one")
    os.close(receipts.allocate(studio.media.receipt(generation, 1)))
    done = settle(studio, generation)
    assert (done.status, done.attempts) == (Status.SUCCEEDED, 2)
    assert emulator.ledger()["calls"]["create"] == 1


def test_a_call_whose_receipt_is_lost_is_never_sent_again(
    studio: Studio, settle: Settle, submitting: Submitting, emulator: Emulator
) -> None:
    generation = submitting("one")
    assert settle(studio, generation).status is Status.UNCONFIRMED
    assert "create" not in emulator.ledger()["calls"]


@pytest.mark.slow
def test_a_history_restored_from_before_the_call_adopts_its_answer_and_pays_once(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    first = settle(studio, studio.compose.submit(text_request, "one")[0])
    again, _ = studio.compose.submit(replace(text_request, prompt="A quiet lake"), "two")
    fd = receipts.allocate(studio.media.receipt(again, 1))
    receipts.write(fd, answer_like(studio, first, "another-task"))
    os.close(fd)
    found = settle(studio, again, lambda row: row.task_id is not None)
    assert found.task_id == "another-task"
    assert emulator.ledger()["calls"]["create"] == 1


def test_an_account_that_cannot_be_seen_holds_nothing_up(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "organization", "times": None, "do": {"status": 403}}])
    assert settle(studio, studio.compose.submit(text_request, "one")[0]).status is Status.SUCCEEDED


@pytest.mark.parametrize("state", ["sending", "no_answer"])
@pytest.mark.point(1)
def test_a_call_that_may_have_been_sent_is_never_sent_again(
    studio: Studio, settle: Settle, submitting: Submitting, emulator: Emulator, state: Any
) -> None:
    generation = submitting("one")
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
    clock: Clock,
    settle: Settle,
    submitting: Submitting,
    text_request: Request,
    emulator: Emulator,
) -> None:
    first = settle(studio, studio.compose.submit(text_request, "one")[0])
    clock.advance(10)
    generation = submitting("two")
    fd = receipts.allocate(studio.media.receipt(generation, 1))
    receipts.write(fd, answer_like(studio, first, "another-task"))
    step(studio, clock)
    assert studio.generations.get(generation.id).status is Status.SUBMITTING, (
        "its sender is at work"
    )
    os.close(fd)
    clock.advance(1)
    step(studio, clock)
    found = studio.generations.get(generation.id)
    assert (found.status, found.task_id) == (Status.PENDING, "another-task")
    assert emulator.ledger()["calls"]["create"] == 1


@pytest.mark.slow
def test_a_new_history_in_an_old_folder_touches_nothing_of_the_old_one(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    before = open_studio(settings)
    old = settle(before, before.compose.submit(text_request, "one")[0])
    before.close()
    for file in settings.data_dir.glob("history.db*"):
        file.unlink()
    after = open_studio(settings)
    new, _ = after.compose.submit(replace(text_request, prompt="A quiet lake"), "two")
    assert new.id == old.id
    done = settle(after, new)
    assert done.status is Status.SUCCEEDED
    assert done.task_id != old.task_id
    assert old.main
    kept = before.media.output(old.main).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == old.main.sha256
    assert emulator.ledger()["calls"]["create"] == 2


@pytest.mark.slow
@pytest.mark.point(1)
def test_a_killed_submitter_leaves_an_unconfirmed_generation_and_no_second_call(
    open_studio: OpenStudio, settings: Settings, wire: Wire, clock: Clock, text_request: Request
) -> None:
    asked = threading.Event()
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1}))
    wire.on("POST /v1/text_to_video", lambda connection: (asked.set(), wire.hang(connection))[1])
    studio = open_studio(replace(settings, base_url=wire.url))
    generation, _ = studio.compose.submit(text_request, "one")
    futures = studio.tracker.step(clock.now())
    assert asked.wait(30)
    for submitter in submitters():
        submitter.kill()
    wait(futures)
    step(studio, clock)
    clock.advance(3600)
    step(studio, clock)
    found = studio.generations.get(generation.id)
    assert found.status is Status.UNCONFIRMED
    assert "the sender was ended" in found.reason
    assert wire.count("POST") == 1
