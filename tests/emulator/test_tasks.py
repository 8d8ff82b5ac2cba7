"""Tasks: their six statuses, their tempo, what they cost, what cancelling gives back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import runwayml
from runwayml import RunwayML

from core.emulator import Emulator
from core.emulator.state.demo_words import WORDS

BALANCE = 25_000
COST = 24


def test_three_polls_show_pending_running_and_succeeded(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3")
    task_id = text()
    seen = [client.tasks.retrieve(task_id) for _ in range(3)]
    assert [task.status for task in seen] == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert seen[0].estimated_cost.credits == COST
    assert 0 < seen[1].progress < 1
    assert seen[2].cost.credits == COST
    assert len(seen[2].output) == 1


def test_an_instant_task_has_succeeded_at_the_first_poll(
    client: RunwayML, text: Callable[..., str]
) -> None:
    assert client.tasks.retrieve(text()).status == "SUCCEEDED"


def test_seconds_pass_on_the_clock_and_not_by_polling(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    client.tasks.retrieve(text())  # has the clip rendered, which takes real time
    emulator.configure(tempo="seconds:20")
    task_id = text()
    assert [client.tasks.retrieve(task_id).status for _ in range(5)] == ["PENDING"] * 5
    clock.advance(10)
    assert client.tasks.retrieve(task_id).progress == 0.5
    clock.advance(9.9)
    assert client.tasks.retrieve(task_id).status == "RUNNING"
    clock.advance(0.1)
    assert client.tasks.retrieve(task_id).status == "SUCCEEDED"


def test_tasks_of_a_range_of_seconds_differ_and_each_keeps_its_own(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(tempo="seconds:100-200")
    tasks = [text("#fail-internal") for _ in range(6)]
    ends = dict[str, int]()
    clock.advance(80)
    for second in range(90, 201, 10):
        clock.advance(10)
        for task_id in tasks:
            if client.tasks.retrieve(task_id).status == "FAILED":
                ends.setdefault(task_id, second)
    assert len(ends) == 6
    assert len(set(ends.values())) > 1
    assert all(100 <= second <= 200 for second in ends.values())


def test_created_at_is_the_moment_of_the_create_call(
    client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    task_id, created = text("#fail-internal"), clock.now()
    clock.advance(60)
    shown = client.tasks.retrieve(task_id).created_at
    assert abs((shown - created).total_seconds()) < 0.001


def test_tasks_over_the_concurrency_of_a_model_are_throttled_until_a_slot_is_free(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:2", concurrency=1)
    first, second, third = text("#fail-internal"), text("#fail-internal"), text("#fail-internal")
    assert client.tasks.retrieve(second).status == "THROTTLED"
    assert client.tasks.retrieve(first).status == "PENDING"
    assert client.tasks.retrieve(first).status == "FAILED"
    assert client.tasks.retrieve(third).status == "THROTTLED"
    assert client.tasks.retrieve(second).status == "PENDING"


def test_another_model_has_slots_of_its_own(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:2", concurrency=1)
    text("#fail-internal")
    other = text("#fail-internal", model="veo3.1", duration=4)
    assert client.tasks.retrieve(other).status == "PENDING"


def test_a_throttled_task_begins_when_the_slot_was_free_though_nobody_looked(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(tempo="seconds:10", concurrency=1)
    text("#fail-internal")
    second = text("#fail-internal")
    assert client.tasks.retrieve(second).status == "THROTTLED"
    clock.advance(15)
    assert client.tasks.retrieve(second).progress == 0.5


def test_a_queue_of_throttled_tasks_is_served_in_order(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(tempo="seconds:10", concurrency=2)
    queue = [text("#fail-internal") for _ in range(6)]
    clock.advance(25)
    statuses = [client.tasks.retrieve(task_id).status for task_id in queue]
    assert statuses == ["FAILED"] * 4 + ["RUNNING"] * 2


def test_a_cancelled_task_is_gone(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3")
    task_id = text()
    client.tasks.delete(task_id)
    with pytest.raises(runwayml.NotFoundError) as gone:
        client.tasks.retrieve(task_id)
    assert gone.value.body == {"error": "Could not find Task"}


def test_a_cancelled_task_can_be_made_visible(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3", cancelled_visible=True)
    task_id = text()
    client.tasks.delete(task_id)
    task = client.tasks.retrieve(task_id)
    assert (task.status, task.cost.credits) == ("CANCELLED", 0)


def test_a_pending_task_is_refunded_when_cancelled(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3")
    client.tasks.delete(text())
    assert client.organization.retrieve().credit_balance == BALANCE


def test_a_throttled_task_is_refunded_when_cancelled(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3", concurrency=1)
    text()
    client.tasks.delete(text())
    assert client.organization.retrieve().credit_balance == BALANCE - COST


def test_a_running_task_is_not_refunded_when_cancelled(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3", cancelled_visible=True)
    task_id = text()
    for _ in range(2):
        client.tasks.retrieve(task_id)
    client.tasks.delete(task_id)
    assert client.tasks.retrieve(task_id).cost.credits == COST
    assert client.organization.retrieve().credit_balance == BALANCE - COST


def test_the_server_decides_whether_a_task_was_running_whatever_the_last_poll_said(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(tempo="seconds:20")
    task_id = text()
    assert client.tasks.retrieve(task_id).status == "PENDING"
    clock.advance(10)
    client.tasks.delete(task_id)
    assert client.organization.retrieve().credit_balance == BALANCE - COST


def test_deleting_a_finished_task_takes_its_output_and_refunds_nothing(
    client: RunwayML, text: Callable[..., str], call: Callable[..., Any], emulator: Emulator
) -> None:
    task_id = text()
    output = client.tasks.retrieve(task_id).output[0].removeprefix(emulator.url)
    client.tasks.delete(task_id)
    assert call("GET", output).status_code == 404
    assert client.organization.retrieve().credit_balance == BALANCE - COST
    with pytest.raises(runwayml.NotFoundError):
        client.tasks.delete(task_id)


@pytest.mark.parametrize("word", WORDS)
def test_a_demo_word_makes_its_failure(
    client: RunwayML, text: Callable[..., str], word: str
) -> None:
    task = client.tasks.retrieve(text(f"A sea, {word.upper()}."))
    assert (task.status, task.failure_code) == ("FAILED", WORDS[word].failure_code)
    assert task.failure == WORDS[word].failure


def test_the_demo_words_cover_every_documented_family_of_failures() -> None:
    assert {outcome.failure_code for outcome in WORDS.values()} == {
        "SAFETY.INPUT.TEXT",
        "SAFETY.INPUT.IMAGE",
        "INPUT_PREPROCESSING.SAFETY.TEXT",
        "SAFETY.OUTPUT.VIDEO",
        "ASSET.INVALID",
        "INTERNAL.BAD_OUTPUT.CODE01",
        "INTERNAL",
        "THIRD_PARTY.UNAVAILABLE",
        None,
    }


def test_part_of_a_word_is_no_demo_word(client: RunwayML, text: Callable[..., str]) -> None:
    assert text("no #fail-internals here")
    assert client.tasks.retrieve(text("#fail-internal here")).status == "FAILED"


@pytest.mark.parametrize("word", ["#fail-input-text", "#fail-input-image"])
def test_a_moderated_input_is_not_refunded(
    client: RunwayML, text: Callable[..., str], word: str
) -> None:
    assert client.tasks.retrieve(text(word)).cost.credits == COST
    assert client.organization.retrieve().credit_balance == BALANCE - COST


@pytest.mark.parametrize("word", ["#fail-output", "#fail-asset", "#fail-unknown"])
def test_every_other_failure_is_refunded(
    client: RunwayML, text: Callable[..., str], word: str
) -> None:
    assert client.tasks.retrieve(text(word)).cost.credits == 0
    assert client.organization.retrieve().credit_balance == BALANCE


def test_without_enough_credits_nothing_is_created(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.reset(credits=COST + 1, tempo="polls:3")
    text()
    with pytest.raises(runwayml.BadRequestError) as refused:
        text()
    assert refused.value.body == {"error": "You do not have enough credits to run this task."}
    assert client.organization.retrieve().credit_balance == 1
    assert len(emulator.ledger()["tasks"]) == 1


def test_the_daily_cap_is_for_each_model_and_rolls_over_24_hours(
    emulator: Emulator, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(tempo="polls:3", daily=2)
    text()
    clock.advance(3600)
    text()
    with pytest.raises(runwayml.RateLimitError):
        text()
    assert text(model="veo3.1", duration=4)
    clock.advance(23 * 3600)
    assert text()
    with pytest.raises(runwayml.RateLimitError):
        text()


def test_a_cancelled_task_still_counts_for_the_day(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.configure(tempo="polls:3", daily=1)
    client.tasks.delete(text())
    with pytest.raises(runwayml.RateLimitError):
        text()
    usage = client.organization.retrieve().usage.models
    assert usage["gen4.5"].daily_generations == 1


def test_the_ledger_counts_how_often_the_same_create_arrived(
    text: Callable[..., str], entry: Callable[[str], dict[str, Any]], emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:9")
    once, twice = text("Once"), text("Twice")
    text("Twice")
    assert (entry(once)["arrivals"], entry(twice)["arrivals"]) == (1, 2)
    assert emulator.ledger()["calls"] == {"create": 3}


def test_the_ledger_keeps_what_was_asked_and_when_it_was_polled(
    client: RunwayML, text: Callable[..., str], entry: Callable[[str], dict[str, Any]], clock: Any
) -> None:
    task_id = text("#fail-input-text", seed=7)
    clock.advance(5)
    client.tasks.retrieve(task_id)
    found = entry(task_id)
    assert found["request"]["seed"] == 7
    assert (found["status"], found["charged"]) == ("FAILED", COST)
    assert found["polls"] == [clock.now().isoformat().replace("+00:00", "Z")]
