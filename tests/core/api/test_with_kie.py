"""A server that reaches KIE too: what it cannot end, and whose credits are told of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runwayml import ConflictError, RunwayML

from core.generations import Generation, Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.core.api.conftest import Program
from tests.histories import add_to

SEA = Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea")
WANTED = {"model": SEA.model, "endpoint": SEA.endpoint, "promptText": SEA.prompt}
NOWHERE = "http://127.0.0.1:9"
NO_CANCEL = "KIE cannot cancel: it goes on, and costs what it costs."


@pytest.fixture
def settings(settings: Settings, key: str) -> Settings:
    return replace(settings, kie_api_key=key, kie_base_url=NOWHERE, kie_upload_url=NOWHERE)


@pytest.fixture
def running(studio: Studio) -> Generation:
    """A clip that KIE is at work on."""
    return add_to(studio, SEA, Status.RUNNING)


def test_a_cancel_that_kie_cannot_make_is_refused(
    program: Program, studio: Studio, running: Generation
) -> None:
    refused = program.post(f"/api/v1/generations/{running.id}/cancel")
    assert (refused.status_code, refused.json()["detail"]) == (409, NO_CANCEL)
    assert studio.generations.get(running.id) == running


def test_runways_sdk_hears_of_it_once(
    program: Program, studio: Studio, running: Generation
) -> None:
    task = f"00000000-0000-4000-8000-{running.id:012x}"
    with (
        RunwayML(api_key=program.token, base_url=program.sdk_url, max_retries=2) as runway,
        pytest.raises(ConflictError) as refused,
    ):
        runway.tasks.delete(task)
    assert refused.value.body == {"error": NO_CANCEL}
    assert refused.value.request.headers["x-stainless-retry-count"] == "0"
    assert studio.generations.get(running.id) == running


def test_what_waits_here_is_cancelled(program: Program, studio: Studio) -> None:
    waiting = add_to(studio, SEA, Status.QUEUED)
    assert program.post(f"/api/v1/generations/{waiting.id}/cancel").status_code == 200
    assert studio.generations.get(waiting.id).cancel_requested


def test_a_price_is_in_the_credits_of_its_provider(program: Program, studio: Studio) -> None:
    priced = program.post("/api/v1/generations/quote", WANTED).json()
    assert (priced["credits"], priced["provider"], priced["dollars"]) == (12, "kie", 0.06)
    refused = program.post("/api/v1/generations", WANTED | {"maxCredits": 11})
    said = "This may cost 12 KIE credits, and this call allows 11."
    assert (refused.status_code, refused.json()["problems"][0]["message"]) == (402, said)
    several = {"generations": [WANTED], "maxCredits": 11}
    refused = program.post("/api/v1/batches", several)
    said = "Together they may cost more than the 11 KIE credits that you allow."
    assert (refused.status_code, refused.json()["problems"][0]["message"]) == (402, said)
    assert studio.history.newest() == 0


def test_runways_sdk_is_told_of_runways_credits(program: Program, studio: Studio) -> None:
    """12 of KIE's are worth six cents, which are 6 of Runway's."""
    made = add_to(studio, SEA, quoted=12)
    task = program.get(f"/runway/v1/tasks/00000000-0000-4000-8000-{made.id:012x}").json()
    assert task["cost"] == {"credits": 6}
