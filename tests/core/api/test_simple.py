"""Three endpoints for frontends: a clip is made, looked at, waited for, and never twice."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from core.domain.caps import EVERYONE, Period
from core.emulator import Emulator
from core.generations import Generation
from core.sharing.file_links import LIFE
from core.storage.search.selection import Filter
from core.studio import Studio
from tests.conftest import Clock, MakePicture, Settle
from tests.core.api.conftest import LetIn, Program

MAKE, WAIT = "/api/generate-video", "/api/generate-video-wait"
WORDS: dict[str, Any] = {"promptText": "Waves at dusk", "duration": 2}
Body = dict[str, Any]


def status(program: Program, task: object) -> Body:
    answer = program.get(f"/api/task-status/{task}")
    assert answer.status_code == 200
    found: Body = answer.json()
    return found


def made(studio: Studio) -> int:
    return studio.history.count(Filter())


def test_a_clip_is_made_and_played_from_here(
    program: Program, studio: Studio, settle: Settle, clock: Clock
) -> None:
    made = program.post(MAKE, WORDS | {"promptImage": "https://example.com/harbour.jpg"})
    assert made.json() == {"taskId": "1", "status": "PENDING"}
    assert status(program, 1)["output"] == []
    generation = studio.generations.get(1)
    assert (generation.author, generation.request.length) == ("Ann", 2)
    settle(studio, generation)
    done = status(program, 1)
    assert (done["status"], done["progress"]) == ("SUCCEEDED", 100)
    assert done["output"] == [done["videoUrl"]]
    piece = requests.get(done["videoUrl"], headers={"Range": "bytes=0-99"}, timeout=10)
    assert (piece.status_code, len(piece.content)) == (206, 100)
    assert piece.headers["content-type"] == "video/mp4"
    clock.advance(LIFE.total_seconds() + 1)
    assert requests.get(done["videoUrl"], timeout=10).status_code == 404
    assert requests.get(status(program, 1)["videoUrl"], timeout=10).status_code == 200


def test_what_is_left_out_is_as_in_the_form_but_for_five_seconds(
    program: Program, studio: Studio
) -> None:
    program.post(MAKE, {"promptText": "Waves"})
    request = studio.generations.get(1).request
    model = studio.compose.model(request)
    assert model
    assert request.params == model.defaults
    assert request.length == 5


def test_an_address_opens_the_one_file_that_it_was_made_for(
    program: Program, studio: Studio, settle: Settle
) -> None:
    for words in ("One", "Two"):
        program.post(MAKE, WORDS | {"promptText": words})
    for number in (1, 2):
        settle(studio, studio.generations.get(number))
    address = status(program, 1)["videoUrl"]
    assert requests.get(address, timeout=10).status_code == 200
    for forged in (address.replace("/files/1/", "/files/2/"), address[:-1], address.split("?")[0]):
        assert requests.get(forged, timeout=10).status_code == 404
    assert program.get("/api/files/2/0").status_code == 200


def test_everything_wrong_is_told_at_once_in_the_words_of_the_pages(
    program: Program, studio: Studio
) -> None:
    wrong = {"promptText": "a" * 1001, "duration": 99, "promptImage": "https://example.com/a.jpg"}
    answer = program.post(MAKE, wrong)
    told = answer.json()
    assert answer.status_code == told["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in told["problems"]] == ["prompt", "duration"]
    assert "Duration is from 2 to 10 seconds." in told["error"]
    assert told["details"] == told["problems"]
    assert made(studio) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "no such model"}, "model"),
        (WORDS | {"banana": 1}, "banana"),
        (WORDS | {"promptImage": "http://example.com/a.jpg"}, "promptImage"),
        (WORDS | {"promptImage": "data:image/png;base64,%%%"}, "promptImage"),
        (WORDS | {"promptImage": "data:image/png;base64,aGVsbG8="}, "promptImage"),
        ({"promptText": "half an emoji \ud83d"}, "body"),
        ({"promptText": "nothing\0"}, "body"),
        (WORDS | {"seed": {"a": [1]}}, "seed"),
        (WORDS | {"duration": 10**400}, "duration"),
        (WORDS | {"ratio": ["1280:720"]}, "ratio"),
    ],
)
def test_what_no_request_can_be_is_told_beside_its_field(
    program: Program, studio: Studio, body: Body, field: str
) -> None:
    answer = program.post(MAKE, body)
    assert answer.status_code == 400
    assert field in [one["field"] for one in answer.json()["problems"]]
    assert made(studio) == 0


@pytest.mark.slow
def test_a_picture_comes_as_data_and_once_more_by_its_number(
    program: Program, studio: Studio, picture: MakePicture
) -> None:
    data = base64.b64encode(picture((1280, 720))).decode()
    program.post(MAKE, WORDS | {"promptImage": f"data:image/png;base64,{data}"})
    (given,) = studio.generations.get(1).request.inputs
    assert given.sha256
    program.post(MAKE, WORDS | {"promptImage": [{"uri": given.sha256, "position": "first"}]})
    assert studio.generations.get(2).request == studio.generations.get(1).request


def test_a_cap_has_the_last_word(program: Program, studio: Studio) -> None:
    studio.caps.set(EVERYONE, Period.DAY, 30, by="Bo")
    answer = program.post(MAKE, WORDS | {"duration": 5})
    assert answer.status_code == 402
    assert "Everyone's cap today is 30 credits" in answer.json()["error"]
    assert program.post(MAKE, WORDS | {"maxCredits": 1}).status_code == 402
    assert made(studio) == 0


def test_the_same_request_under_the_same_key_is_one_generation_for_ever(
    program: Program, studio: Studio, let_in: LetIn
) -> None:
    key = {"Idempotency-Key": "scene-12"}

    def send(_: int) -> requests.Response:
        return program.post(MAKE, WORDS, headers=key)

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(8)))
    assert {answer.json()["taskId"] for answer in answers} == {"1"}
    replayed = sorted(answer.headers["idempotent-replayed"] for answer in answers)
    assert replayed == ["false"] + ["true"] * 7
    studio.caps.set(EVERYONE, Period.DAY, 0, by="Bo")
    assert send(0).json()["taskId"] == "1"
    other = program.post(MAKE, WORDS | {"promptText": "Something else"}, headers=key)
    assert other.status_code == 409
    assert made(studio) == 1


def test_a_key_is_of_no_meaning_to_somebody_else(
    program: Program, studio: Studio, let_in: LetIn
) -> None:
    key = {"Idempotency-Key": "scene-12"}
    for caller in (program, let_in(name="Bo"), let_in(name="ann")):
        caller.post(MAKE, WORDS, headers=key)
    assert made(studio) == 2


def once_there(studio: Studio, number: int = 1) -> Generation:
    """The generation that another thread is about to order."""
    for _ in range(1000):
        if studio.history.newest() >= number:
            return studio.generations.get(number)
        time.sleep(0.01)  # nothing else tells when the server has read what was sent to it
    raise AssertionError("it was never ordered")


def test_who_waits_gets_the_clip(program: Program, studio: Studio, settle: Settle) -> None:
    with ThreadPoolExecutor() as waiting:
        answer = waiting.submit(program.post, WAIT, WORDS)
        settle(studio, once_there(studio))
        found = answer.result()
    assert found.status_code == 200
    assert found.json()["taskId"] == "1"
    assert requests.get(found.json()["videoUrl"], timeout=10).status_code == 200


def test_who_waits_is_told_why_there_is_no_clip(
    program: Program, studio: Studio, settle: Settle, emulator: Emulator
) -> None:
    end = {"status": "FAILED", "failureCode": "SAFETY.INPUT.TEXT"}
    emulator.script([{"on": "task", "do": {"outcome": end}}])
    with ThreadPoolExecutor() as waiting:
        answer = waiting.submit(program.post, WAIT, WORDS)
        settle(studio, once_there(studio))
        told = answer.result()
    assert told.status_code == 400
    assert told.json()["failureCode"] == "SAFETY.INPUT.TEXT"
    assert told.json()["error"].startswith("The prompt was stopped by moderation.")
    assert status(program, 1)["status"] == "FAILED"


def test_who_hangs_up_loses_nothing(program: Program, studio: Studio, settle: Settle) -> None:
    with pytest.raises(requests.Timeout):
        requests.post(
            program.url + WAIT,
            json=WORDS,
            headers={"Authorization": f"Bearer {program.token}"},
            timeout=1.5,
        )
    settle(studio, once_there(studio))
    assert status(program, 1)["status"] == "SUCCEEDED"


def test_a_lost_answer_is_no_reason_to_send_it_again(
    program: Program, studio: Studio, settle: Settle, emulator: Emulator
) -> None:
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    program.post(MAKE, WORDS)
    settle(studio, studio.generations.get(1))
    told = status(program, 1)
    assert (told["status"], told["failureCode"]) == ("FAILED", "UNCONFIRMED")
    assert "Unconfirmed" in told["error"]
