"""The emulator of KIE: its envelope, its rules, its states, and answers that get lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
import requests

from core.emulator.kie.failure_words import RUNWAYS_WORDS, WORDS
from core.emulator.kie.server import KieEmulator
from core.emulator.state import demo_words
from core.kie.failure_texts import code_of
from core.providers.failures import is_moderation
from tests.conftest import ROOT, Clock, MakePicture

WANTED = {"prompt": "A quiet sea", "duration": 5, "quality": "720p", "aspectRatio": "16:9"}
GENERATE = "/api/v1/runway/generate"


class Caller:
    """Plain HTTP with a key."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer kie"

    def post(self, path: str, body: Any = None, **options: Any) -> dict[str, Any]:
        return self.session.post(self.url + path, json=body, timeout=30, **options).json()

    def get(self, path: str) -> dict[str, Any]:
        return self.session.get(self.url + path, timeout=30).json()

    def settings(self, **changes: Any) -> None:
        self.post("/emulator/settings", changes)

    def detail(self, task: str) -> dict[str, Any]:
        return self.get(f"/api/v1/runway/record-detail?taskId={task}")["data"]

    def ended(self, task: str) -> dict[str, Any]:
        while (found := self.detail(task))["state"] not in ("success", "fail"):
            pass
        return found


@pytest.fixture
def kie(clock: Clock) -> Iterator[Caller]:
    with KieEmulator(clock=clock.now) as emulator:
        caller = Caller(emulator.url)
        yield caller
        caller.session.close()


def made(kie: Caller, **more: Any) -> str:
    answer = kie.post(GENERATE, WANTED | more)
    assert (answer["code"], answer["msg"]) == (200, "success")
    return answer["data"]["taskId"]


def test_a_task_goes_through_its_states_to_a_clip_that_lasts_fourteen_days(
    kie: Caller, clock: Clock
) -> None:
    kie.settings(tempo="polls:6")
    task = made(kie)
    states = [kie.detail(task)["state"] for _ in range(5)]
    assert states == ["wait", "queueing", "generating", "generating", "generating"]
    done = kie.ended(task)
    assert (done["state"], done["expireFlag"], done["failCode"]) == ("success", 0, 0)
    url = done["videoInfo"]["videoUrl"]
    with av.open(url) as clip:
        stream = clip.streams.video[0]
        assert (stream.width, stream.height) == (1280, 720)
        assert float(clip.duration or 0) / 1_000_000 == pytest.approx(5, abs=0.1)
    assert kie.get("/api/v1/chat/credit")["data"] == 1000 - 12
    clock.advance(timedelta(days=14).total_seconds())
    assert kie.detail(task)["expireFlag"] == 1
    assert requests.get(url, timeout=30).status_code == 404


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"quality": "1080p", "duration": 10}, "1080p is not available for 10 seconds"),
        ({"aspectRatio": None}, "aspectRatio is required without imageUrl"),
        ({"duration": 7}, "duration"),
        ({"prompt": "x" * 1801}, "prompt"),
    ],
)
def test_what_cannot_be_made_is_refused_and_costs_nothing(
    kie: Caller, changes: dict[str, Any], complaint: str
) -> None:
    answer = kie.post(GENERATE, WANTED | changes)
    assert answer["code"] == 422
    assert complaint in answer["msg"]
    assert kie.get("/api/v1/chat/credit")["data"] == 1000


def test_the_code_in_the_body_counts_and_http_says_it_only_where_asked(kie: Caller) -> None:
    kie.settings(refuses=455)
    said = kie.session.post(kie.url + GENERATE, json=WANTED, timeout=30)
    assert (said.status_code, said.json()["code"]) == (200, 455)
    kie.settings(refuses=None, real_status=True)
    said = requests.post(kie.url + GENERATE, json=WANTED, timeout=30)
    assert (said.status_code, said.json()["code"]) == (401, 401)
    assert kie.get("/api/v1/runway/record-detail?taskId=none")["code"] == 404


def test_no_credits_and_too_many_at_once_are_told_apart(kie: Caller, clock: Clock) -> None:
    kie.settings(tempo="polls:99")
    codes = [kie.post(GENERATE, WANTED)["code"] for _ in range(21)]
    assert codes == [200] * 20 + [429]
    clock.advance(10.0)
    codes = [kie.post(GENERATE, WANTED | {"duration": 10})["code"] for _ in range(20)]
    clock.advance(10.0)
    codes += [kie.post(GENERATE, WANTED | {"duration": 10})["code"] for _ in range(7)]
    assert codes == [200] * 25 + [402] * 2


def test_a_picture_is_sent_first_and_one_that_is_gone_cannot_be_fetched(
    kie: Caller, clock: Clock, picture: MakePicture
) -> None:
    content = picture()
    sent = kie.post("/api/file-stream-upload", files={"file": ("sea.png", content)})["data"]
    address = sent["downloadUrl"]
    assert requests.get(address, timeout=30).content == content
    task = made(kie, imageUrl=address, aspectRatio=None)
    assert kie.detail(task)["generateParam"]["imageUrl"] == address
    clock.advance(timedelta(hours=25).total_seconds())
    for gone in (address, "https://nobody.invalid/a.png", "http://example.org/a.png"):
        assert kie.post(GENERATE, WANTED | {"imageUrl": gone})["code"] == 451


def test_what_moderation_stops_at_runways_emulator_it_stops_here() -> None:
    assert RUNWAYS_WORDS.keys() == demo_words.WORDS.keys()
    for word, outcome in demo_words.WORDS.items():
        is_stopped = is_moderation(outcome.failure_code or "")
        assert is_moderation(code_of(WORDS[word])) is is_stopped, word


def test_a_failure_has_words_no_code_and_gives_its_credits_back(kie: Caller) -> None:
    failed = kie.ended(made(kie, prompt="A quiet sea #fail-moderation"))
    assert (failed["state"], failed["failCode"]) == ("fail", 400)
    assert failed["failMsg"] == WORDS["#fail-moderation"]
    assert failed["videoInfo"] is None
    assert kie.get("/api/v1/chat/credit")["data"] == 1000


def test_a_lost_answer_leaves_a_task_that_nobody_can_find(kie: Caller) -> None:
    kie.settings(lost_answers=1)
    with pytest.raises(requests.ConnectionError):
        kie.post(GENERATE, WANTED)
    made(kie)
    told = kie.get("/emulator/ledger")
    assert (len(told["tasks"]), told["balance"]) == (2, 1000 - 24)


def test_a_restart_goes_on_with_tasks_credits_and_files(
    clock: Clock, picture: MakePicture, tmp_path: Path
) -> None:
    with KieEmulator(clock=clock.now, folder=tmp_path, tempo="seconds:60") as emulator:
        kie = Caller(emulator.url)
        sent = kie.post("/api/file-stream-upload", files={"file": ("sea.png", picture())})["data"]
        task = made(kie, imageUrl=sent["downloadUrl"])
    clock.advance(60)
    with KieEmulator(clock=clock.now, folder=tmp_path, tempo="seconds:60") as emulator:
        kie = Caller(emulator.url)
        assert kie.ended(task)["videoInfo"]["videoUrl"].startswith(emulator.url)
        assert kie.get("/api/v1/chat/credit")["data"] == 1000 - 12
        again = f"{emulator.url}/{sent['filePath']}"
        assert kie.post(GENERATE, WANTED | {"imageUrl": again})["code"] == 200


def test_only_a_finished_video_of_720p_is_extended(kie: Caller) -> None:
    kie.settings(tempo="polls:99")
    more = {"taskId": made(kie), "prompt": "Further out", "quality": "720p"}
    assert kie.post("/api/v1/runway/extend", more)["code"] == 422
    kie.settings(tempo="instant")
    kie.ended(more["taskId"])
    longer = kie.post("/api/v1/runway/extend", more)["data"]["taskId"]
    assert kie.detail(longer)["parentTaskId"] == more["taskId"]


def test_aleph_says_the_same_of_a_failure_as_of_work_but_for_its_words(kie: Caller) -> None:
    kie.settings(tempo="polls:2")
    wanted = {"prompt": "At night #fail-busy", "videoUrl": "https://example.org/a.mp4"}
    task = kie.post("/api/v1/aleph/generate", wanted)["data"]["taskId"]
    looks = [kie.get(f"/api/v1/aleph/record-info?taskId={task}")["data"] for _ in range(2)]
    assert [one["successFlag"] for one in looks] == [0, 0]
    assert [one["errorMessage"] for one in looks] == ["", WORDS["#fail-busy"]]


@pytest.mark.slow
def test_the_command_says_where_it_listens() -> None:
    command = [sys.executable, "-m", "core.emulator.kie", "--tempo", "instant"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first, *_words = iter(process.stdout.readline, "Ctrl-C stops it.\n")
        process.terminate()
    assert first.startswith("KIE's emulator listens on http://127.0.0.1:")
    assert process.returncode == 0
