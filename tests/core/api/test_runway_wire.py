"""Runway's own SDK, told another address and key, works as before, with history and caps behind."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
from runwayml import APIStatusError, RunwayML

from core.domain.caps import EVERYONE, Period
from core.domain.people import Identity, Person, Role
from core.generations import FIRST_PROVIDER
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, MakePicture, OpenStudio, Settle, account_of
from tests.core.api.conftest import LetIn, Program

DAY = timedelta(days=1)


def sdk(program: Program, **options: Any) -> RunwayML:
    return RunwayML(
        api_key=program.token,
        base_url=program.sdk_url,
        max_retries=0,
        _strict_response_validation=True,
        **options,
    )


@pytest.fixture
def runway(program: Program) -> Iterator[RunwayML]:
    with sdk(program) as client:
        yield client


def test_a_clip_is_made_from_an_upload_and_played(
    runway: RunwayML, studio: Studio, settle: Settle, picture: MakePicture
) -> None:
    file = ("harbour.png", io.BytesIO(picture((1280, 720))))
    uri = runway.uploads.create_ephemeral(file=file).uri
    made = runway.image_to_video.create(
        model="gen4_turbo", prompt_image=uri, prompt_text="Waves", ratio="1280:720", duration=2
    )
    assert runway.tasks.retrieve(made.id).status == "PENDING"
    generation = studio.generations.get(1)
    told = made.to_dict()
    assert told["estimatedCost"] == {"credits": generation.credits_quoted}
    assert generation.author == "Ann"
    settle(studio, generation)
    done = runway.tasks.retrieve(made.id)
    assert done.status == "SUCCEEDED"
    assert requests.get(done.output[0], timeout=10).headers["content-type"] == "video/mp4"


@pytest.mark.slow
def test_what_was_sent_stays_for_who_sent_it_when_the_server_starts_again(
    program: Program,
    let_in: LetIn,
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    picture: MakePicture,
) -> None:
    with sdk(program) as runway:
        file = ("harbour.png", io.BytesIO(picture((1280, 720))))
        uri = runway.uploads.create_ephemeral(file=file).uri
    other = let_in(name="Bo")

    def make(caller: Program) -> None:
        with sdk(caller) as runway:
            runway.image_to_video.create(
                model="gen4_turbo", prompt_image=uri, prompt_text="Sea", ratio="1280:720"
            )

    with presenting(open_studio(settings)) as again:
        clock.advance(3 * DAY.total_seconds())
        make(program)
        assert again.generations.get(1).request.inputs[0].sha256
        with pytest.raises(APIStatusError) as refused:
            make(other)
    assert refused.value.status_code == 400
    assert again.history.newest() == 1


@pytest.mark.slow
def test_an_address_takes_one_file_within_a_day(
    program: Program, studio: Studio, clock: Clock, picture: MakePicture
) -> None:
    def begin() -> str:
        asked = {"filename": "harbour.png", "type": "ephemeral"}
        return str(program.post("/runway/v1/uploads", asked).json()["uploadUrl"])

    def send(url: str) -> int:
        file = {"file": ("harbour.png", picture((1280, 720)))}
        return requests.post(url, files=file, timeout=10).status_code

    first, late = begin(), begin()
    assert [send(first), send(first)] == [204, 403]
    clock.advance(DAY.total_seconds() + 1)
    assert send(late) == 403
    begin()

    def kept() -> list[str]:
        with studio._file.reading() as connection:
            rows = connection.execute("select ticket_hash from upload_tickets").fetchall()
        return [row["ticket_hash"] for row in rows]

    studio.tracker.step(clock.now())
    studio.maintenance.step()
    assert len(kept()) == 2, "the late one is gone, the used one stays"
    assert not any(one in first for one in kept()), "it is a secret"
    ticket = first.rpartition("/")[2]
    assert not studio.upload_tickets.use(ticket, "0" * 64), "one came first"
    clock.advance(30 * DAY.total_seconds())
    studio.maintenance.step()
    assert kept() == []


def test_what_the_sdk_asks_for_is_what_runway_is_asked(runway: RunwayML, studio: Studio) -> None:
    """No setting is added, as none is when Runway is called."""
    runway.text_to_video.create(
        model="gen4.5", prompt_text="Waves", ratio="1280:720", duration=5, seed=7
    )
    request = studio.generations.get(1).request
    assert request.params == {"ratio": "1280:720", "duration": 5, "seed": 7}


def test_what_is_wrong_is_an_issue_and_a_cap_is_none_of_them(
    runway: RunwayML, studio: Studio
) -> None:
    def make(**settings: Any) -> None:
        runway.text_to_video.create(model="gen4.5", prompt_text="Waves", **settings)

    with pytest.raises(APIStatusError) as wrong:
        make(ratio="1:1", duration=5)
    assert wrong.value.status_code == 400
    assert json.loads(wrong.value.response.text)["issues"][0]["path"] == ["ratio"]
    studio.caps.set(EVERYONE, Period.DAY, 1, by="Bo")
    with pytest.raises(APIStatusError) as capped:
        make(ratio="1280:720", duration=5)
    assert capped.value.status_code == 402
    assert "Everyone's cap today" in json.loads(capped.value.response.text)["error"]
    assert studio.history.newest() == 0


def test_a_call_that_the_sdk_sends_again_is_one_generation(
    program: Program, studio: Studio
) -> None:
    """Its answer is lost twice, each time after it has arrived."""

    class Losing(httpx.HTTPTransport):
        lost = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if self.lost < 2:
                self.lost += 1
                answer.close()
                raise httpx.ReadError("the answer was lost", request=request)
            return answer

    with httpx.Client(transport=Losing()) as client:
        runway = sdk(program, http_client=client).with_options(max_retries=3)
        asked: dict[str, Any] = {"prompt_text": "Waves", "ratio": "1280:720", "duration": 5}
        runway.text_to_video.create(model="gen4.5", **asked)
        assert studio.history.newest() == 1
        runway.text_to_video.create(model="gen4.5", **asked)
    assert studio.history.newest() == 2


def test_a_task_is_cancelled_and_stays_in_the_history(
    runway: RunwayML, studio: Studio, settle: Settle
) -> None:
    made = runway.text_to_video.create(
        model="gen4.5", prompt_text="Waves", ratio="1280:720", duration=5
    )
    runway.tasks.delete(made.id)
    settle(studio, studio.generations.get(1))
    assert runway.tasks.retrieve(made.id).status == "CANCELLED"
    with pytest.raises(APIStatusError) as gone:
        runway.tasks.retrieve("17f20503-6c24-4c16-946b-35dbbce2af2f")
    assert gone.value.status_code == 404


def test_the_organization_is_the_one_behind_the_key(runway: RunwayML, studio: Studio) -> None:
    known = account_of(studio).organization
    assert known
    assert runway.organization.retrieve().credit_balance == known.credit_balance


def test_what_was_charged_is_told_by_day_and_model(
    runway: RunwayML, studio: Studio, settle: Settle
) -> None:
    runway.text_to_video.create(model="gen4.5", prompt_text="Waves", ratio="1280:720", duration=5)
    settle(studio, studio.generations.get(1))
    studio.accounts.usage(FIRST_PROVIDER)
    studio.accounts.look()
    charged = studio.generations.get(1).credits_charged
    today = studio.today
    told = runway.organization.retrieve_usage(start_date=today, before_date=today + DAY)
    assert told.models == ["gen4.5"]
    assert [(one.date, one.used_credits[0].amount) for one in told.results] == [(today, charged)]
    before = runway.organization.retrieve_usage(start_date=today - 2 * DAY, before_date=today)
    assert (before.models, before.results) == ([], [])
    for span in ((today, today), (today - 100 * DAY, today - 99 * DAY), (today, "soon")):
        with pytest.raises(APIStatusError) as wrong:
            runway.organization.retrieve_usage(start_date=span[0], before_date=span[1])
        assert wrong.value.status_code == 400


def test_a_token_that_may_only_look_makes_nothing(let_in: LetIn) -> None:
    viewer = let_in(Role.VIEWER)
    with sdk(viewer) as runway, pytest.raises(APIStatusError) as refused:
        runway.text_to_video.create(
            model="gen4.5", prompt_text="Waves", ratio="1280:720", duration=5
        )
    assert refused.value.status_code == 403
    stranger = Program(viewer.url, "dailies_" + "a" * 43)
    with sdk(stranger) as runway, pytest.raises(APIStatusError) as unknown:
        runway.organization.retrieve()
    assert unknown.value.status_code == 401


@pytest.mark.slow
@pytest.mark.parametrize("meanwhile", ["removed", "demoted", "token revoked"])
def test_a_file_is_taken_only_while_its_sender_and_their_token_may_make_clips(
    meanwhile: str, api: str, studio: Studio, picture: MakePicture
) -> None:
    for identity, role in (("nora", Role.ADMIN), ("mike", Role.MAKER)):
        studio.people.arrive(Identity(identity, identity.title()))
        studio.people.set_role(identity, role)
    owner = Person("mike", "Mike", Role.MAKER)
    token, secret = studio.tokens.make("a script", owner, Role.MAKER)
    studio.tokens.make("another script", owner, Role.MAKER)
    asked = {"filename": "harbour.png", "type": "ephemeral"}
    first, second = (Program(api, secret).post("/runway/v1/uploads", asked).json() for _ in "12")

    def send(began: dict[str, str]) -> int:
        file = {"file": ("harbour.png", picture((1280, 720)))}
        return requests.post(began["uploadUrl"], files=file, timeout=10).status_code

    assert send(first) == 204
    if meanwhile == "removed":
        studio.people.remove("mike")
    elif meanwhile == "demoted":
        studio.people.set_role("mike", Role.VIEWER)
    else:
        studio.tokens.revoke(token.id)
    assert send(second) == 403
    assert not studio.upload_tickets.file(second["runwayUri"].removeprefix("runway://"), owner)
    ticket = second["uploadUrl"].rpartition("/")[2]
    is_dead = meanwhile == "token revoked"
    assert studio.upload_tickets.use(ticket, "0" * 64) is not is_dead, "while the file was sent"
