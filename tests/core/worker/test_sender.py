"""Create calls that are refused, or whose answer is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.errors import InvalidRequest, NotFound, TaskTaken
from core.generations import Generation, Input, Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle, step

# -- refusals --------------------------------------------------------------------------------------


def test_a_wrong_key_holds_the_generation_with_its_reason_until_it_is_right(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.script([{"on": "organization", "times": 2, "do": {"status": 401}}])
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    held = studio.generations.get(generation.id)
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
    generation, _ = studio.compose.submit(text_request, "one")
    waiting = settle(studio, generation, lambda g: g.attempts == 1 and g.status is Status.QUEUED)
    assert "limit" in waiting.reason
    emulator.configure(daily=None)
    clock.advance(15 * 60)
    assert settle(studio, generation).status is Status.SUCCEEDED


def test_an_address_that_runway_cannot_read_is_said_and_costs_nothing(
    studio: Studio, settle: Settle, emulator: Emulator
) -> None:
    emulator.script([{"on": "create", "do": {"head": "unreachable"}}])
    address = Input("first", url="https://example.com/a.png")
    request = Request(
        "image_to_video", "gen4_turbo", "", {"ratio": "1280:720", "duration": 2}, (address,)
    )
    generation, _ = studio.compose.submit(request, "one")
    ended = settle(studio, generation)
    assert (ended.status, ended.credits_charged) == (Status.FAILED, 0)
    assert "could not be reached" in ended.reason
    assert emulator.ledger()["calls"]["create"] == 1, "nothing is sent again"


def test_a_model_that_left_the_catalogue_fails_with_a_sentence(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    tmp_path: Path,
) -> None:
    before = open_studio(settings)
    generation, _ = before.compose.submit(text_request, "one")
    before.close()
    smaller = tmp_path / "catalog"
    smaller.mkdir()
    for name in ("endpoints.toml", "shared.toml", "veo.toml"):
        (smaller / name).write_bytes((settings.catalog_dir / name).read_bytes())
    done = settle(open_studio(replace(settings, catalog_dir=smaller)), generation)
    assert (done.status, done.credits_charged) == (Status.FAILED, 0)
    assert "catalogue" in done.reason


# -- unconfirmed -----------------------------------------------------------------------------------


@pytest.fixture
def unconfirmed(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> Generation:
    """A generation whose task exists, but whose answer was lost."""
    emulator.configure(tempo="polls:2")
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    return settle(studio, studio.compose.submit(text_request, "one")[0])


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
    studio.generations.cancel(unconfirmed.id)
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
    assert studio.generations.get(unconfirmed.id).status is Status.UNCONFIRMED


def test_an_unconfirmed_generation_can_be_written_off(
    studio: Studio, unconfirmed: Generation
) -> None:
    studio.decisions.write_off(unconfirmed.id)
    found = studio.generations.get(unconfirmed.id)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert "by hand" in found.reason


def test_a_second_tab_can_neither_write_off_nor_redirect_what_is_followed_again(
    studio: Studio, settle: Settle, unconfirmed: Generation, clock: Clock, emulator: Emulator
) -> None:
    studio.decisions.attach(unconfirmed.id, task_id(emulator))
    with pytest.raises(InvalidRequest, match="unconfirmed no more"):
        studio.decisions.write_off(unconfirmed.id)
    assert studio.generations.get(unconfirmed.id).status is Status.PENDING
    assert settle(studio, unconfirmed).status is Status.SUCCEEDED
    clock.advance(60)
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    settle(studio, studio.compose.submit(unconfirmed.request, "two")[0])
    third = emulator.ledger()["tasks"][-1]["id"]
    with pytest.raises(InvalidRequest, match="unconfirmed no more"):
        studio.decisions.attach(unconfirmed.id, third)
    with pytest.raises(InvalidRequest, match="unconfirmed no more"):
        studio.decisions.write_off(unconfirmed.id)
    assert studio.generations.get(unconfirmed.id).status is Status.SUCCEEDED
