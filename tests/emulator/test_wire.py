"""The wire: keys, versions, validation, uploads, organization, and every refusal."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import requests
import runwayml
from runwayml import RunwayML

from core.emulator import Emulator

Call = Callable[..., requests.Response]
IMAGE = "/v1/image_to_video"
TEXT = "/v1/text_to_video"


def issues(answer: requests.Response) -> dict[str, str]:
    """Dotted path to code, of an answer that must be a refusal with issues."""
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert set(told) == {"error", "issues", "docUrl"}
    assert all(set(issue) == {"code", "path", "message"} for issue in told["issues"])
    return {".".join(map(str, issue["path"])): issue["code"] for issue in told["issues"]}


# -- keys and versions ----------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer ", "Basic abc"])
def test_a_call_without_a_bearer_is_401(call: Call, header: str | None) -> None:
    answer = call("GET", "/v1/organization", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]


def test_keys_can_be_restricted() -> None:
    with Emulator(keys={"key_good"}) as emulator:
        for key, status in (("key_good", 200), ("key_bad", 401)):
            headers = {"Authorization": f"Bearer {key}", "X-Runway-Version": "2024-11-06"}
            answer = requests.get(f"{emulator.url}/v1/organization", headers=headers, timeout=5)
            assert answer.status_code == status


@pytest.mark.parametrize("version", [None, "2023-01-01"])
def test_a_missing_or_unknown_version_is_400(call: Call, version: str | None) -> None:
    answer = call("GET", "/v1/organization", headers={"X-Runway-Version": version})
    assert answer.status_code == 400
    assert "X-Runway-Version" in answer.json()["error"]


# -- validation -----------------------------------------------------------------------------------


def test_an_unknown_model_is_told_the_accepted_ones(call: Call, body: dict[str, Any]) -> None:
    answer = call("POST", IMAGE, json=body | {"model": "gen9"})
    assert "model" in issues(answer)
    assert "gen4_turbo" in answer.json()["issues"][0]["message"]


def test_a_model_of_another_endpoint_is_unknown(call: Call, body: dict[str, Any]) -> None:
    answer = call("POST", TEXT, json=body | {"model": "gen4_turbo"})
    assert "gen4_turbo" not in answer.json()["issues"][0]["message"]


def test_every_issue_is_listed_at_once(call: Call) -> None:
    answer = call("POST", IMAGE, json={"model": "gen4.5", "ratio": "16:9", "duration": 99})
    assert issues(answer) == {
        "promptText": "invalid_type",
        "promptImage": "invalid_type",
        "ratio": "invalid_enum_value",
        "duration": "too_big",
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"promptText": ""}, {"promptText": "too_small"}),
        ({"promptText": None}, {"promptText": "invalid_type"}),
        ({"promptText": "x" * 1001}, {"promptText": "too_big"}),
        ({"promptText": "🎬" * 501}, {"promptText": "too_big"}),
        ({"ratio": 1280}, {"ratio": "invalid_enum_value"}),
        ({"duration": 1}, {"duration": "too_small"}),
        ({"duration": "5"}, {"duration": "invalid_type"}),
        ({"duration": 2.5}, {"duration": "invalid_type"}),
        ({"duration": True}, {"duration": "invalid_type"}),
        ({"seed": -1}, {"seed": "too_small"}),
        ({"seed": 2**32}, {"seed": "too_big"}),
        ({"contentModeration": "low"}, {"contentModeration": "invalid_type"}),
        ({"contentModeration": {"mood": 1}}, {"contentModeration": "unrecognized_keys"}),
        (
            {"contentModeration": {"publicFigureThreshold": "high"}},
            {"contentModeration.publicFigureThreshold": "invalid_enum_value"},
        ),
        ({"promptImage": 7}, {"promptImage": "invalid_type"}),
        ({"promptImage": []}, {"promptImage": "invalid_union"}),
        ({"promptImage": "http://a.example.com/x.png"}, {"promptImage": "invalid_string"}),
        ({"promptImage": "https://127.0.0.1/x.png"}, {"promptImage": "invalid_string"}),
        ({"promptImage": "https://localhost/x.png"}, {"promptImage": "invalid_string"}),
        ({"promptImage": "https://[::1"}, {"promptImage": "invalid_string"}),
        ({"promptImage": "https://a.example.com/" + "x" * 2048}, {"promptImage": "invalid_string"}),
        ({"promptImage": "file:///etc/passwd"}, {"promptImage": "invalid_string"}),
        ({"promptImage": "data:image/gif;base64,R0lGOD"}, {"promptImage": "invalid_string"}),
        (
            {"promptImage": "data:image/png;base64," + "A" * 5_242_880},
            {"promptImage": "invalid_string"},
        ),
        (
            {"promptImage": [{"uri": "https://a.example.com/x.png", "position": "last"}]},
            {"promptImage.0.position": "invalid_enum_value", "promptImage": "custom"},
        ),
        ({"promptImage": ["https://a.example.com/x.png"]}, {"promptImage.0": "invalid_type"}),
        (
            {"promptImage": [{"position": "first", "tag": "x"}]},
            {"promptImage.0.uri": "invalid_type", "promptImage.0": "unrecognized_keys"},
        ),
    ],
)
def test_what_a_model_does_not_take_is_an_issue(
    call: Call, body: dict[str, Any], change: dict[str, Any], expected: dict[str, str]
) -> None:
    found = issues(call("POST", IMAGE, json=body | change))
    assert expected.items() <= found.items()


def frame(position: str) -> dict[str, str]:
    """A frame at a position."""
    return {"uri": "https://a.example.com/x.png", "position": position}


NO_FIRST = "You must specify a frame in position `first`."
TWICE = (
    "Duplicate position values are not allowed. Each position (`first`, `last`) may only be used"
    " once."
)


@pytest.mark.parametrize(
    ("model", "frames", "said"),
    [
        ("veo3.1", [frame("last")], [NO_FIRST]),
        ("wan3", [frame("last")], [NO_FIRST]),
        ("veo3.1", [frame("first"), frame("first")], [TWICE]),
        ("veo3.1", [frame("first")] * 3, [TWICE]),
        ("veo3.1", [frame("first"), frame("first"), frame("last"), frame("last")], [TWICE]),
        ("veo3.1", [frame("last"), frame("last")], [NO_FIRST, TWICE]),
    ],
)
def test_a_last_frame_needs_a_first_and_each_stands_once_in_runways_words(
    call: Call, model: str, frames: list[dict[str, str]], said: list[str]
) -> None:
    sent: dict[str, Any] = {"model": model, "promptText": "x", "promptImage": frames}
    sent |= {"ratio": "1280:720", "duration": 4} if model == "veo3.1" else {}
    answer = call("POST", IMAGE, json=sent)
    assert answer.status_code == 400
    assert [issue["message"] for issue in answer.json()["issues"]] == said


@pytest.mark.parametrize(
    ("model", "endpoint", "sent"),
    [
        ("veo3.1", TEXT, {"promptText": "x", "ratio": "1280:720", "duration": 4}),
        ("seedance2", TEXT, {"promptText": "x"}),
        ("grok_imagine_1_5", IMAGE, {"promptImage": "https://a.example.com/x.png"}),
        ("happyhorse_1_0", TEXT, {"promptText": "xy"}),
    ],
)
def test_a_key_that_a_model_does_not_know_is_refused(
    call: Call, model: str, endpoint: str, sent: dict[str, Any]
) -> None:
    assert call("POST", endpoint, json={"model": model} | sent).status_code == 200
    answer = call("POST", endpoint, json={"model": model, "zzz": 1} | sent)
    assert issues(answer) == {"": "unrecognized_keys"}
    assert "'zzz'" in answer.text


@pytest.mark.parametrize("model", ["klingO3_standard", "klingO3_pro", "klingO3_4k"])
def test_one_reference_may_come_as_its_address_alone(call: Call, model: str) -> None:
    picture = "https://a.example.com/x.png"
    sent = {"model": model, "promptImage": picture, "references": picture}
    assert call("POST", IMAGE, json=sent).status_code == 200
    listed = sent | {"references": [picture]}
    assert issues(call("POST", IMAGE, json=listed)) == {"references.0": "invalid_type"}


@pytest.mark.parametrize(
    "change",
    [
        {"promptText": "🎬" * 500},
        {"promptText": "half a pair \ud83c"},
        {"promptImage": [frame("first")]},
        {"contentModeration": {"publicFigureThreshold": "low"}},
        {"duration": 2.0},
        {"colour": "blue"},
    ],
)
def test_what_a_model_takes_is_taken(
    call: Call, body: dict[str, Any], change: dict[str, Any]
) -> None:
    answer = call("POST", IMAGE, json=body | change)
    assert answer.status_code == 200
    assert set(answer.json()) == {"id", "estimatedCost"}
    assert answer.json()["estimatedCost"] == {"credits": 24}


def test_both_frames_are_taken_by_a_model_that_has_both(call: Call, body: dict[str, Any]) -> None:
    frames = [frame("first"), frame("last")]
    sent = body | {"model": "veo3.1", "duration": 4, "promptImage": frames, "audio": False}
    assert call("POST", IMAGE, json=sent).json()["estimatedCost"] == {"credits": 80}


@pytest.mark.parametrize("data", ["not json", "[1, 2", b"\xff\xfe"])
def test_a_body_that_is_no_json_is_400(call: Call, data: str | bytes) -> None:
    answer = call("POST", TEXT, data=data)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_body_that_is_no_object_is_an_issue(call: Call) -> None:
    assert issues(call("POST", TEXT, json=[1])) == {"": "invalid_type"}


# -- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_may_come_as_a_data_uri(
    call: Call, body: dict[str, Any], data_uri: Callable[..., str], form: str
) -> None:
    answer = call("POST", IMAGE, json=body | {"promptImage": data_uri(form=form)})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "uri", ["data:image/png;base64,@@@@", "data:image/png;base64,aGVsbG8=", "runway://unknown"]
)
def test_what_is_behind_an_address_must_be_a_picture(
    call: Call, body: dict[str, Any], uri: str
) -> None:
    answer = call("POST", IMAGE, json=body | {"promptImage": uri})
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_a_gif_that_says_it_is_a_png_is_refused(
    call: Call, body: dict[str, Any], data_uri: Callable[..., str]
) -> None:
    uri = data_uri(form="GIF").replace("image/gif", "image/png")
    assert call("POST", IMAGE, json=body | {"promptImage": uri}).status_code == 400


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_half_a_picture_is_refused(
    call: Call, body: dict[str, Any], picture: Callable[..., bytes], form: str
) -> None:
    whole = picture(form=form)
    for data, status in ((whole, 200), (whole[: len(whole) // 2], 400)):
        uri = f"data:image/{form.lower()};base64,{base64.b64encode(data).decode()}"
        assert call("POST", IMAGE, json=body | {"promptImage": uri}).status_code == status


def test_a_picture_too_wide_for_the_model_is_refused_before_it_costs(
    client: RunwayML, call: Call, body: dict[str, Any], data_uri: Callable[..., str]
) -> None:
    answer = call("POST", IMAGE, json=body | {"promptImage": data_uri((900, 300))})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Invalid asset aspect ratio")
    assert client.organization.retrieve().credit_balance == 25_000


def test_a_picture_lying_on_its_side_counts_as_it_is_seen(
    call: Call, body: dict[str, Any], data_uri: Callable[..., str]
) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    turned = data_uri((460, 200), form="JPEG", exif=exif)
    sent = body | {"model": "gen4_turbo", "promptImage": turned}
    assert call("POST", IMAGE, json=sent).status_code == 400
    upright = data_uri((460, 200), form="JPEG")
    assert call("POST", IMAGE, json=sent | {"promptImage": upright}).status_code == 200


# -- uploads --------------------------------------------------------------------------------------


def test_an_upload_can_be_used_as_a_picture(
    client: RunwayML, picture: Callable[..., bytes], entry: Callable[[str], dict[str, Any]]
) -> None:
    upload = client.uploads.create_ephemeral(file=("sea.png", picture()))
    assert upload.uri.startswith("runway://")
    task = client.image_to_video.create(
        model="gen4_turbo", prompt_image=upload.uri, ratio="1280:720", duration=2
    )
    assert entry(task.id)["job"]["pictures"][0].startswith("inputs/")


def test_an_upload_lives_for_a_day(
    client: RunwayML, picture: Callable[..., bytes], clock: Any
) -> None:
    upload = client.uploads.create_ephemeral(file=("sea.png", picture()))

    def use() -> str:
        return client.image_to_video.create(
            model="gen4_turbo", prompt_image=upload.uri, ratio="1280:720", duration=2
        ).id

    clock.advance(24 * 3600 - 1)
    assert use()
    clock.advance(1)
    with pytest.raises(runwayml.BadRequestError):
        use()


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({}, {"filename", "type"}),
        ({"filename": "", "type": "ephemeral"}, {"filename"}),
        ({"filename": "a.png", "type": "eternal"}, {"type"}),
        ([], {"filename", "type"}),
    ],
)
def test_a_ticket_needs_a_name_and_a_type(call: Call, sent: Any, paths: set[str]) -> None:
    assert set(issues(call("POST", "/v1/uploads", json=sent))) == paths


def ticket(call: Call) -> dict[str, Any]:
    """A fresh ticket."""
    answer = call("POST", "/v1/uploads", json={"filename": "a.png", "type": "ephemeral"})
    assert set(answer.json()) == {"uploadUrl", "fields", "runwayUri"}
    return dict(answer.json())


def send(ticket: dict[str, Any], data: bytes, *, file_first: bool = False, **fields: str) -> int:
    """Post the form without any key; the status."""
    parts = [(name, (None, value)) for name, value in (ticket["fields"] | fields).items()]
    file = [("file", ("a.png", data))]
    form = file + parts if file_first else parts + file
    return requests.post(ticket["uploadUrl"], files=form, timeout=5).status_code


def test_the_file_goes_to_its_ticket_without_a_key_and_only_once(call: Call) -> None:
    given = ticket(call)
    assert send(given, bytes(512)) == 204
    assert send(given, bytes(512)) == 403


def test_fields_come_first_and_unchanged(call: Call) -> None:
    assert send(ticket(call), bytes(512), file_first=True) == 403
    assert send(ticket(call), bytes(512), key="other") == 403


def test_a_file_under_512_bytes_is_refused_and_uses_up_the_ticket(call: Call) -> None:
    given = ticket(call)
    assert send(given, bytes(511)) == 400
    assert send(given, bytes(512)) == 403


def test_a_file_over_200_megabytes_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.emulator.api.endpoints.LARGEST", 1000)
    assert send(ticket(call), bytes(1001)) == 400


def test_an_upload_that_never_came_is_no_picture(call: Call, body: dict[str, Any]) -> None:
    uri = ticket(call)["runwayUri"]
    assert call("POST", IMAGE, json=body | {"promptImage": uri}).status_code == 400


# -- organization ---------------------------------------------------------------------------------


def test_the_organization_shows_balance_limits_and_the_day(
    emulator: Emulator, client: RunwayML, text: Callable[..., str]
) -> None:
    emulator.reset(credits=1000, concurrency=2, daily=50, tempo="polls:9")
    text()
    shown = client.organization.retrieve()
    assert shown.credit_balance == 1000 - 24
    assert shown.tier.models["gen4.5"].max_concurrent_generations == 2
    assert shown.tier.models["gen4.5"].max_daily_generations == 50
    assert shown.usage.models["gen4.5"].daily_generations == 1
    assert shown.usage.models["veo3.1"].daily_generations == 0


def test_no_limit_is_shown_as_null(client: RunwayML) -> None:
    limits = client.organization.retrieve().tier.models["gen4.5"]
    assert limits.max_concurrent_generations is None


def test_usage_is_net_by_day_and_model(
    client: RunwayML, text: Callable[..., str], clock: Any, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:1")
    failing = text("#fail-output")
    text("#fail-input-text")
    today: date = clock.now().date()
    clock.advance(24 * 3600)
    client.tasks.retrieve(failing)
    usage = client.organization.retrieve_usage(
        start_date=today, before_date=today + timedelta(days=2)
    )
    amounts = {result.date: result.used_credits[0].amount for result in usage.results}
    assert amounts == {today: 48, today + timedelta(days=1): -24}
    assert usage.models == ["gen4.5"]


def test_usage_leaves_out_the_day_it_ends_before(
    client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    text("#fail-input-text")
    today = clock.now().date()
    before = client.organization.retrieve_usage(
        start_date=today - timedelta(days=1), before_date=today
    )
    assert before.results == []
    assert len(client.organization.retrieve_usage().results) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"startDate": "yesterday"},
        {"startDate": 5},
        {"startDate": "2026-01-01", "beforeDate": "2026-01-01"},
        {"startDate": "2026-01-01", "beforeDate": "2026-04-02"},
    ],
)
def test_usage_refuses_days_that_make_no_sense(call: Call, sent: dict[str, Any]) -> None:
    answer = call("POST", "/v1/organization/usage", json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"]


# -- the rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/tasks/nobody", 404),
        ("DELETE", "/v1/tasks/nobody", 404),
        ("POST", "/v1/text_to_nothing", 404),
        ("GET", "/nothing", 404),
        ("GET", TEXT, 405),
        ("PUT", "/v1/tasks/nobody", 405),
        ("DELETE", "/v1/organization", 405),
    ],
)
def test_wrong_paths_and_methods_are_answered_in_json(
    call: Call, method: str, path: str, status: int
) -> None:
    answer = call(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_body_that_is_too_large_is_413(call: Call) -> None:
    answer = call("POST", TEXT, data=b"x" * (12 * 1024**2 + 1))
    assert answer.status_code == 413
    assert answer.json()["error"]
