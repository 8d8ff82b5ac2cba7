"""The seam: what holds for any provider, shown with one that there is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from core import known_providers
from core.domain.caps import EVERYONE, Order, Period
from core.errors import InvalidRequest
from core.generations import FIRST_PROVIDER, Generation, Input, Request, Status
from core.providers.outcomes import InDoubt, Unmade
from core.providers.receipts import Receipt
from core.recovery.beside import manifests
from core.settings import Settings
from core.storage.history import Filter
from core.storage.search.selection import Order as Sorting
from core.studio import Studio
from tests.conftest import Clock, MakePicture, OpenStudio, Settle, step
from tests.core.conftest import Wire, hang_up, say
from tests.core.providers.atelier_at_work import (
    CREATE,
    TASK,
    WANTED,
    at_work,
    hang,
    with_its_model,
)
from tests.core.worker.conftest import is_, steps_of


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A catalogue that has the provider's model beside Runway's."""
    return with_its_model(settings, tmp_path)


@pytest.fixture
def studio(open_studio: OpenStudio, settings: Settings, wire: Wire, key: str) -> Studio:
    """One that reaches Runway and the other provider, whose purse is full and which is at work."""
    return open_studio(settings, at_work(wire, key))


def submitted(studio: Studio, request: Request = WANTED, key: str = "one") -> Generation:
    return studio.compose.submit(request, key)[0]


def test_a_generation_goes_from_submit_to_a_stored_clip(
    studio: Studio, settle: Settle, wire: Wire, key: str, tmp_path: Path, picture: MakePicture
) -> None:
    hang(wire, tmp_path)
    wire.on("POST /sketches", say(200, {"at": "sketch-9"}))
    sketch = studio.uploads.add("sea.png", picture())[0]
    request = replace(WANTED, inputs=(Input("first", sha256=sketch.sha256),))
    done = settle(studio, submitted(studio, request))
    assert steps_of(studio, done)[1:] == [
        "submitting",
        "pending",
        "running",
        "downloading",
        "succeeded",
    ]
    assert (done.provider, done.task_id, done.credits) == ("atelier", "sheet-1", 7)
    assert studio.media.output(done.outputs[0]).exists()
    (created,) = (one for one in wire.heard if f"{one.method} {one.path}" == CREATE)
    assert created.headers["X-Key"] == key
    assert json.loads(created.body)["after"] == ["sketch-9"]
    kept = (path for path in studio.settings.data_dir.rglob("*") if path.is_file())
    assert not any(key.encode() in path.read_bytes() for path in kept)


def test_a_failure_is_told_in_our_words(studio: Studio, settle: Settle, wire: Wire) -> None:
    wire.on(TASK, say(200, {"is": "torn", "why": "indecent", "coins": 0}))
    failed = settle(studio, submitted(studio))
    assert (failed.status, failed.credits_charged) == (Status.FAILED, 0)
    with pytest.raises(InvalidRequest, match="Moderation stopped exactly this"):
        submitted(studio, key="two")


def test_what_cannot_be_cancelled_goes_on_and_its_clip_is_kept(
    studio: Studio, settle: Settle, wire: Wire, tmp_path: Path
) -> None:
    running = settle(studio, submitted(studio), is_(Status.RUNNING))
    studio.generations.cancel(running.id)
    told = settle(studio, running, lambda one: not one.cancel_requested)
    assert told.status is Status.RUNNING
    assert studio.generations.events(running.id)[-1].detail.startswith("Atelier cannot cancel")
    hang(wire, tmp_path)
    assert settle(studio, running).status is Status.SUCCEEDED


def test_a_lost_answer_is_unconfirmed_and_can_be_given_its_task(
    studio: Studio, settle: Settle, wire: Wire, tmp_path: Path
) -> None:
    wire.on(CREATE, hang_up)
    lost = settle(studio, submitted(studio))
    assert lost.status is Status.UNCONFIRMED
    assert wire.times(CREATE) == 1
    doubt = studio.decisions.doubt(lost)
    assert doubt.before
    assert (doubt.before.balance, doubt.before.today) == (100, None)
    hang(wire, tmp_path)
    studio.decisions.attach(lost.id, "sheet-1")
    assert settle(studio, lost, is_(Status.SUCCEEDED)).credits_charged == 7


@pytest.mark.parametrize(("no", "status"), [("ugly", Status.FAILED), ("poor", Status.QUEUED)])
def test_a_refusal_in_the_body_means_what_it_says(
    studio: Studio, wire: Wire, settle: Settle, no: str, status: Status
) -> None:
    wire.on(CREATE, say(200, {"no": no}))
    found = settle(studio, submitted(studio), lambda one: bool(one.attempts and one.reason))
    assert (found.status, found.task_id) == (status, None)


def test_trouble_at_one_provider_holds_nothing_back_at_another(
    studio: Studio, settle: Settle, wire: Wire, text_request: Request
) -> None:
    wire.on(CREATE, say(200, {"no": "poor"}))
    poor = settle(studio, submitted(studio), lambda one: bool(one.reason))
    assert studio.breakers.reason(poor) == "Atelier says that it is poor."
    assert settle(studio, submitted(studio, text_request, "two")).status is Status.SUCCEEDED
    assert dict(studio.breakers.states())["atelier:credits"] == "open"
    assert dict(studio.breakers.states())["credits"] == "closed"


def test_credits_of_one_provider_never_count_as_anothers(
    studio: Studio, settle: Settle, wire: Wire, tmp_path: Path
) -> None:
    hang(wire, tmp_path)
    studio.caps.set(EVERYONE, Period.MONTH, 10, by="Ada")
    settle(studio, submitted(studio))
    (standing,) = studio.caps.standings()
    assert (standing.charged, standing.pending) == (0, 0)
    assert studio.caps.problems(Order(11, "gen4.5"))
    assert not studio.caps.problems(Order(11, "oil", provider="atelier"))
    studio.accounts.usage(FIRST_PROVIDER)
    studio.accounts.look()
    assert studio.books.compared().lines == ()


def test_a_provider_whose_key_is_gone_is_waited_for(
    open_studio: OpenStudio, studio: Studio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    waiting = settle(studio, submitted(studio), is_(Status.RUNNING))
    studio.close()
    without = open_studio(settings)
    assert step(without, clock) == 0
    assert without.generations.get(waiting.id).status is Status.RUNNING
    assert without.compose.problems(WANTED)[0].message == "This server has no key for Atelier."


def test_where_it_was_made_is_kept_in_lists_manifests_and_searches(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    made = settle(studio, submitted(studio), is_(Status.RUNNING))
    submitted(studio, text_request, "two")
    found = studio.history.numbers(Filter(search="provider:atelier"), Sorting.NEWEST)
    assert found == [made.id]
    assert manifests.read(manifests.write(made)).provider == "atelier"
    before = json.loads(manifests.write(made))
    del before["provider"]
    assert manifests.read(json.dumps(before).encode()).provider == "runway"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("allocated", "This server could not begin its call to Runway."),
        ("refused_connection", "Runway cannot be reached."),
    ],
)
def test_who_has_kept_a_call_from_leaving_is_told(
    state: Literal["allocated", "refused_connection"], told: str
) -> None:
    unmade = known_providers.outcome("runway", Receipt(state))
    assert isinstance(unmade, Unmade)
    assert unmade.error.message == told


def test_an_answer_of_a_provider_that_is_not_known_is_in_doubt() -> None:
    answered = Receipt("answered", status=200, body='{"sheet": "sheet-1"}')
    assert isinstance(known_providers.outcome("atelier", answered), InDoubt)
