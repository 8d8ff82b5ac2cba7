"""Scripted misbehaviour: each fault shows as it is written, as often as it is written."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
import requests
import runwayml
from runwayml import RunwayML

from core.emulator import Emulator
from core.emulator.checks.refusals import HEAD_PROBLEMS

Call = Callable[..., requests.Response]
HTML = "<html>Bad gateway</html>"


@pytest.fixture
def on(emulator: Emulator, clock: object) -> Callable[..., None]:
    """Scripts one fault."""

    def add(operation: str, do: dict[str, Any], **more: Any) -> None:
        emulator.script([{"on": operation, "do": do, **more}])

    return add


def received(answer: requests.Response) -> tuple[bytes, bool]:
    """What came of an answer, and whether it broke off."""
    got = bytearray()
    try:
        for chunk in answer.iter_content(1000):
            got += chunk
    except requests.RequestException:
        return bytes(got), True
    return bytes(got), False


def created(emulator: Emulator) -> int:
    """How many tasks there are."""
    return len(emulator.ledger()["tasks"])


# -- answered without being done ------------------------------------------------------------------


def test_a_status_is_answered_and_nothing_is_done(
    emulator: Emulator, text: Callable[..., str], on: Callable[..., None]
) -> None:
    on("create", {"status": 500, "body": {"error": "Internal error"}})
    with pytest.raises(runwayml.InternalServerError) as error:
        text()
    assert error.value.body == {"error": "Internal error"}
    assert created(emulator) == 0
    assert text("#fail-internal")
    assert created(emulator) == 1


def test_headers_and_html_are_answered_as_written(call: Call, on: Callable[..., None]) -> None:
    on("organization", {"status": 503, "body": HTML, "headers": {"Retry-After": "7"}})
    answer = call("GET", "/v1/organization")
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, HTML, "7")
    assert answer.headers["content-type"] == "text/html"
    on("organization", {"status": 200, "body": HTML, "content_type": "application/json"})
    assert call("GET", "/v1/organization").headers["content-type"] == "application/json"


def test_a_dropped_call_gets_no_answer_and_is_not_done(
    emulator: Emulator, text: Callable[..., str], on: Callable[..., None]
) -> None:
    on("create", {"drop": True})
    with pytest.raises(runwayml.APIConnectionError):
        text()
    assert created(emulator) == 0
    assert emulator.ledger()["calls"] == {"create": 1}


# -- done, then answered badly --------------------------------------------------------------------


@pytest.mark.parametrize("do", [{"drop": True}, {"cut_at": 10}, {"content_length": 999}])
def test_a_create_can_be_accepted_and_its_answer_lost(
    emulator: Emulator,
    call: Call,
    body: dict[str, Any],
    on: Callable[..., None],
    do: dict[str, Any],
) -> None:
    on("create", {"after": "accept"} | do)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        call("POST", "/v1/image_to_video", json=body)
    assert created(emulator) == 1


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 504, "body": HTML}, {"body": HTML}])
def test_a_create_can_be_accepted_and_answered_wrongly(
    emulator: Emulator,
    call: Call,
    body: dict[str, Any],
    on: Callable[..., None],
    answer: dict[str, Any],
) -> None:
    on("create", {"after": "accept"} | answer)
    told = call("POST", "/v1/image_to_video", json=body)
    assert told.status_code == answer.get("status", 200)
    assert "id" not in told.text or "body" not in answer
    assert created(emulator) == 1


def test_a_create_can_be_accepted_and_never_answered(
    emulator: Emulator, call: Call, body: dict[str, Any], on: Callable[..., None]
) -> None:
    on("create", {"after": "accept", "hang": 60})
    with pytest.raises(requests.ReadTimeout):
        call("POST", "/v1/image_to_video", json=body, timeout=0.3)
    assert created(emulator) == 1


def test_a_delayed_call_is_done_in_the_end(
    emulator: Emulator, call: Call, body: dict[str, Any], on: Callable[..., None]
) -> None:
    on("create", {"delay": 0.2})
    begun = time.monotonic()
    assert call("POST", "/v1/image_to_video", json=body).status_code == 200
    assert time.monotonic() - begun >= 0.2
    assert created(emulator) == 1


@pytest.mark.parametrize("do", [{"endless": True}, {"endless": True, "status": 503}])
def test_an_answer_can_be_without_an_end(
    call: Call, on: Callable[..., None], do: dict[str, Any]
) -> None:
    on("organization", do)
    with call("GET", "/v1/organization", stream=True) as answer:
        assert answer.status_code == do.get("status", 200)
        assert sum(len(chunk) for chunk in islice(answer.iter_content(4096), 500)) > 10**6


def test_an_answer_can_unpack_to_much_more_than_it_weighs(
    call: Call, on: Callable[..., None]
) -> None:
    on("organization", {"inflate": 3})
    answer = call("GET", "/v1/organization")
    assert int(answer.headers["content-length"]) < 10_000
    assert len(answer.content) > 3 * 1024 * 1024
    assert answer.json() == {}


def test_an_answer_can_come_byte_by_byte(call: Call, on: Callable[..., None]) -> None:
    on("organization", {"drip": 0.001, "body": {"a": 1}})
    assert call("GET", "/v1/organization").json() == {"a": 1}


# -- tasks ----------------------------------------------------------------------------------------


def test_a_task_can_be_made_to_fail_at_the_next_poll(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:5")
    end = {"status": "FAILED", "failureCode": "SAFETY.OUTPUT.VIDEO", "failure": "Moderated."}
    on("task", {"outcome": end})
    task = client.tasks.retrieve(text())
    assert (task.status, task.failure_code, task.failure) == (
        "FAILED",
        "SAFETY.OUTPUT.VIDEO",
        "Moderated.",
    )
    assert task.cost.credits == 0


def test_a_task_can_be_cancelled_by_runway_itself(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:5")
    on("task", {"outcome": {"status": "CANCELLED"}})
    task_id = text()
    assert [client.tasks.retrieve(task_id).status for _ in range(2)] == ["CANCELLED"] * 2


def test_a_create_can_carry_the_end_of_its_task(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:2")
    on("create", {"outcome": {"status": "FAILED", "failureCode": None}})
    task_id = text()
    assert client.tasks.retrieve(task_id).status == "PENDING"
    assert client.tasks.retrieve(task_id).failure_code is None


def test_an_invented_status_is_shown_and_the_task_goes_on(
    emulator: Emulator, call: Call, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:2")
    on("task", {"outcome": {"status": "PONDERING"}})
    task_id = text("#fail-internal")
    seen = [call("GET", f"/v1/tasks/{task_id}").json()["status"] for _ in range(2)]
    assert seen == ["PONDERING", "FAILED"]


def test_keys_can_be_added_changed_and_left_out(
    emulator: Emulator, call: Call, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:3")
    on("task", {"merge": {"progress": 45, "previewUrls": []}, "omit": ["createdAt"]})
    told = call("GET", f"/v1/tasks/{text()}").json()
    assert (told["progress"], told["previewUrls"]) == (45, [])
    assert "createdAt" not in told


# -- outputs, uploads -----------------------------------------------------------------------------


def test_an_output_can_be_cut_short_and_resumed(
    client: RunwayML, text: Callable[..., str], on: Callable[..., None]
) -> None:
    url = client.tasks.retrieve(text()).output[0]
    whole = requests.get(url, timeout=30).content
    on("output", {"cut_at": 5000})
    with requests.get(url, stream=True, timeout=30) as answer:
        assert int(answer.headers["content-length"]) == len(whole)
        got, cut = received(answer)
    assert cut
    rest = requests.get(url, headers={"Range": f"bytes={len(got)}-"}, timeout=30)
    assert got + rest.content == whole


@pytest.mark.parametrize(
    ("do", "status", "start"),
    [
        ({"status": 403}, 403, b'{"error"'),
        ({"body": HTML}, 200, b"<html>"),
        ({"content_length": 1000}, 200, b"\x00\x00"),
    ],
)
def test_an_output_can_be_something_else(
    client: RunwayML,
    text: Callable[..., str],
    on: Callable[..., None],
    do: dict[str, Any],
    status: int,
    start: bytes,
) -> None:
    url = client.tasks.retrieve(text()).output[0]
    on("output", do)
    answer = requests.get(url, timeout=30)
    assert answer.status_code == status
    assert answer.content.startswith(start)
    assert len(answer.content) == int(answer.headers["content-length"])


@pytest.mark.parametrize("operation", ["upload", "upload_file"])
def test_uploads_can_fail(
    client: RunwayML, picture: Callable[..., bytes], on: Callable[..., None], operation: str
) -> None:
    on(operation, {"status": 503})
    with pytest.raises(runwayml.APIStatusError):
        client.uploads.create_ephemeral(file=("a.png", picture()))
    assert client.uploads.create_ephemeral(file=("a.png", picture())).uri


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("delete", "DELETE", "/v1/tasks/x"),
        ("usage", "POST", "/v1/organization/usage"),
        ("organization", "GET", "/v1/organization"),
    ],
)
def test_every_other_call_can_fail(
    call: Call, on: Callable[..., None], operation: str, method: str, path: str
) -> None:
    on(operation, {"status": 502})
    assert call(method, path).status_code == 502


# -- how often, for which -------------------------------------------------------------------------


def test_a_fault_comes_as_often_as_written_and_no_earlier(
    call: Call, on: Callable[..., None]
) -> None:
    on("organization", {"status": 500}, times=2, skip=1)
    seen = [call("GET", "/v1/organization").status_code for _ in range(4)]
    assert seen == [200, 500, 500, 200]


def test_a_fault_without_a_number_never_ends(call: Call, on: Callable[..., None]) -> None:
    on("organization", {"status": 500}, times=None)
    assert {call("GET", "/v1/organization").status_code for _ in range(5)} == {500}


def test_a_fault_can_be_meant_for_one_path(
    emulator: Emulator, call: Call, text: Callable[..., str], on: Callable[..., None]
) -> None:
    first, second = text("#fail-internal"), text("#fail-internal")
    on("task", {"status": 500}, path=second)
    seen = [call("GET", f"/v1/tasks/{task_id}").status_code for task_id in (first, second)]
    assert seen == [200, 500]


def test_chance_falls_the_same_way_for_the_same_seed(
    emulator: Emulator, call: Call, on: Callable[..., None]
) -> None:
    def run(seed: int) -> list[int]:
        emulator.reset(chance_seed=seed)
        on("organization", {"status": 500}, times=None, chance=0.5)
        return [call("GET", "/v1/organization").status_code for _ in range(20)]

    assert run(1) == run(1) != run(2)
    assert set(run(1)) == {200, 500}


# -- the control routes ---------------------------------------------------------------------------


def test_the_script_can_be_posted(emulator: Emulator, call: Call) -> None:
    faults = [{"on": "organization", "do": {"status": 500}}]
    answer = call("POST", "/emulator/script", json=faults, headers={"Authorization": None})
    assert answer.json() == {"faults_waiting": 1}
    assert call("GET", "/v1/organization").status_code == 500
    assert emulator.ledger()["faults_waiting"] == 0


@pytest.mark.parametrize(
    "faults",
    [{}, [{"on": "lunch", "do": {}}], [{"on": "task", "do": {"explode": True}}], [{"on": "task"}]],
)
def test_a_script_with_a_mistake_is_refused(call: Call, faults: Any) -> None:
    assert call("POST", "/emulator/script", json=faults).status_code == 400


def test_settings_can_be_posted_and_are_checked(call: Call) -> None:
    told = call("POST", "/emulator/settings", json={"tempo": "polls:4", "credits": 5}).json()
    assert (told["tempo"], told["credits"]) == ("polls:4", 5)
    assert call("GET", "/v1/organization").json()["creditBalance"] == 5
    call("POST", "/emulator/settings", json={"daily": 3})
    assert call("GET", "/v1/organization").json()["creditBalance"] == 5
    for wrong in ({"tempo": "allegro"}, {"tempo": "polls:0"}, {"pace": 1}, {"daily": -1}):
        assert call("POST", "/emulator/settings", json=wrong).status_code == 400


def test_a_reset_forgets_tasks_faults_calls_and_settings(
    emulator: Emulator, call: Call, text: Callable[..., str], on: Callable[..., None]
) -> None:
    emulator.configure(tempo="polls:4", daily=3)
    text()
    on("task", {"status": 500})
    told = call("POST", "/emulator/reset").json()
    assert (told["tempo"], told["daily"]) == ("instant", None)
    assert call("GET", "/emulator/ledger").json() == {
        "balance": 25_000,
        "calls": {},
        "bytes_sent": {},
        "faults_met": {},
        "faults_waiting": 0,
        "tasks": [],
        "entries": [],
    }


def test_the_ledger_counts_the_faults_that_have_a_name_and_the_bytes_that_were_sent(
    emulator: Emulator, call: Call, client: RunwayML, text: Callable[..., str]
) -> None:
    output = client.tasks.retrieve(text()).output
    assert output
    size = len(requests.get(output[0], timeout=30).content)
    emulator.script([{"on": "output", "name": "cut", "times": 2, "do": {"cut_at": 100}}])
    for _ in range(2):
        assert received(requests.get(output[0], timeout=30, stream=True)) == (ANY, True)
    ledger = emulator.ledger()
    assert ledger["faults_met"] == {"cut": 2}
    assert ledger["bytes_sent"]["output"] == size + 200


def test_an_answer_that_is_only_late_leaves_its_connection_open(
    emulator: Emulator, on: Callable[..., None]
) -> None:
    on("organization", {"hang": 0.02}, times=None)
    address = emulator.url.removeprefix("http://")
    with closing(HTTPConnection(address, timeout=5)) as connection:
        used = []
        for _ in range(2):
            connection.request("GET", "/v1/organization")
            assert connection.getresponse().read()
            used.append(connection.sock)
    assert used[0] is used[1] is not None


def test_samples_stand_in_for_every_clip_and_stay_as_they_are(tmp_path: Path) -> None:
    samples = [tmp_path / f"{number}.mp4" for number in range(2)]
    for number, sample in enumerate(samples):
        sample.write_bytes(bytes([number]) * 99)
    with (
        Emulator(samples=samples) as emulator,
        RunwayML(base_url=emulator.url, api_key="key", max_retries=0) as client,
    ):
        for take in range(6):
            task = client.text_to_video.create(
                model="gen4.5", prompt_text=f"Take {take}", ratio="1280:720", duration=2
            )
            output = client.tasks.retrieve(task.id).output
            content = requests.get(output[0], timeout=30).content
            assert content == emulator.clip(task.id).read_bytes()
            assert content in [sample.read_bytes() for sample in samples]


def test_bytes_that_are_no_http_are_refused_and_the_server_lives_on(
    emulator: Emulator, call: Call
) -> None:
    host, port = emulator.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert b" 400 " in raw.recv(100)
    assert call("GET", "/v1/organization").status_code == 200


# -- addresses of inputs --------------------------------------------------------------------------


@pytest.mark.parametrize("head", HEAD_PROBLEMS)
def test_an_address_that_cannot_be_read_is_refused_before_it_costs(
    client: RunwayML, emulator: Emulator, on: Callable[..., None], head: str
) -> None:
    on("create", {"head": head})
    address = "https://example.com/a.png"

    def create() -> str:
        return client.image_to_video.create(
            model="gen4_turbo", prompt_image=address, ratio="1280:720", duration=5
        ).id

    with pytest.raises(runwayml.BadRequestError) as error:
        create()
    assert HEAD_PROBLEMS[head] in str(error.value)
    assert created(emulator) == 0
    assert create(), "only the call that the fault was for"
