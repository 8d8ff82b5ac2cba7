"""Settings and inputs of every kind: what the emulator takes, and what it refuses before billing.

The models are invented (odd.toml), so that each rule can be broken alone.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from runwayml import RunwayML

from core.catalog.loader import ENDPOINTS, SHARED
from core.emulator import Emulator
from tests.emulator.media import record

HERE = Path(__file__).parent
CATALOG = HERE.parents[1] / "data" / "catalog"
TEXT, VIDEO = "/v1/text_to_video", "/v1/video_to_video"
AWAY = "https://files.example.com/a"
DRAFT = "00000000-0000-0000-0000-000000000000"
Call = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def odd_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator of the two invented models, where no task ends."""
    folder = tmp_path_factory.mktemp("catalog")
    for source in (CATALOG / ENDPOINTS, CATALOG / SHARED, HERE / "odd.toml"):
        shutil.copy(source, folder)
    with Emulator(catalog_dir=folder, tempo="polls:9") as emulator:
        yield emulator


@pytest.fixture
def emulator(odd_emulator: Emulator) -> Emulator:
    """The emulator of this module, afresh."""
    odd_emulator.reset()
    return odd_emulator


@pytest.fixture
def sent(client: RunwayML, tmp_path: Path) -> Callable[..., str]:
    """Uploads a made file, or bytes; its runway:// address."""

    def upload(name: str, data: bytes | None = None, **made: Any) -> str:
        path = tmp_path / name
        content = record(path, **made).read_bytes() if data is None else data
        return client.uploads.create_ephemeral(file=(name, content)).uri

    return upload


def codes(answer: requests.Response) -> dict[str, str]:
    """Path to code of an answer; empty for one that was taken."""
    found = answer.json().get("issues", [])
    assert (answer.status_code == 200) == (not found), answer.text
    return {".".join(map(str, issue["path"])): issue["code"] for issue in found}


def refusal(answer: requests.Response) -> str:
    """The sentence of an answer that refuses a file, without issues."""
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    return str(answer.json()["error"])


# -- settings -------------------------------------------------------------------------------------

SHOTS = [{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 2}]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"size": "BIG"}, {}),
        ({"size": "Big"}, {"size": "invalid_enum_value"}),
        ({"takes": 4.0}, {}),
        ({"takes": True}, {"takes": "invalid_enum_value"}),
        ({"takes": "4"}, {"takes": "invalid_enum_value"}),
        ({"duration": "auto"}, {}),
        ({"duration": "long"}, {"duration": "invalid_enum_value"}),
        ({"duration": 16}, {"duration": "too_big"}),
        ({"duration": 3.5}, {"duration": "invalid_type"}),
        ({"scale": 0.5}, {}),
        ({"scale": "auto"}, {"scale": "invalid_type"}),
        ({"scale": 1.01}, {"scale": "too_big"}),
        ({"scale": False}, {"scale": "invalid_type"}),
        ({"audio": 1}, {"audio": "invalid_type"}),
        ({"code": "abc"}, {}),
        ({"code": "🎬🎬"}, {}),
        ({"code": "🎬🎬🎬"}, {"code": "too_big"}),
        ({"code": "a"}, {"code": "too_small"}),
        ({"code": "ABC"}, {"code": "invalid_string"}),
        ({"code": 7}, {"code": "invalid_type"}),
        ({"tint": "#Ff8800"}, {}),
        ({"tint": "red"}, {"tint": "invalid_string"}),
        ({"tints": ["#ff8800", "#000000"]}, {}),
        ({"tints": ["#ff8800", "red"]}, {"tints.1": "invalid_string"}),
        ({"tints": []}, {"tints": "too_small"}),
        ({"tints": ["#ff8800"] * 3}, {"tints": "too_big"}),
        ({"tints": "#ff8800"}, {"tints": "invalid_type"}),
        ({"deep": {"shots": SHOTS}}, {}),
        ({"deep": {"shots": SHOTS[:1]}}, {"deep.shots": "custom"}),
        ({"deep": {"shots": SHOTS * 4}}, {"deep.shots": "custom"}),
        ({"deep": {"shots": []}}, {"deep.shots": "too_small"}),
        ({"deep": {"shots": ["a"]}}, {"deep.shots.0": "invalid_type"}),
        (
            {"deep": {"shots": [{"prompt": "", "duration": 0, "mood": 1}]}},
            {
                "deep.shots.0": "unrecognized_keys",
                "deep.shots.0.prompt": "too_small",
                "deep.shots.0.duration": "too_small",
            },
        ),
        ({"deep": {"loud": 1}}, {"deep": "unrecognized_keys"}),
        ({"deep": []}, {"deep": "invalid_type"}),
        ({"size": "small", "deep": {"hard": True}}, {}),
        ({"deep": {"hard": True}}, {"deep.hard": "custom"}),
        ({"draftTaskId": "7"}, {"draftTaskId": "invalid_string"}),
        ({"promptText": "🎬" * 26}, {"promptText": "too_big"}),
    ],
)
def test_every_kind_of_setting_has_its_rules(
    call: Call, change: dict[str, Any], expected: dict[str, str]
) -> None:
    body = {"model": "quill_1", "promptText": "A quiet sea"}
    assert codes(call("POST", TEXT, json=body | change)) == expected


def test_shots_can_stand_for_the_prompt(call: Call) -> None:
    body = {"model": "quill_1"}
    assert codes(call("POST", TEXT, json=body)) == {"promptText": "invalid_type"}
    assert codes(call("POST", TEXT, json=body | {"deep": {"shots": SHOTS}})) == {}


def test_a_draft_must_be_there_and_have_succeeded(
    emulator: Emulator, client: RunwayML, call: Call
) -> None:
    body = {"model": "quill_1", "promptText": "A sea", "duration": 3}
    draft = call("POST", TEXT, json=body).json()["id"]
    for wrong in (DRAFT, draft):
        assert "draft" in refusal(
            call("POST", TEXT, json={"model": "quill_1", "draftTaskId": wrong})
        )
    assert len(emulator.ledger()["tasks"]) == 1


# -- inputs ---------------------------------------------------------------------------------------


def at(position: str = "", **more: Any) -> dict[str, Any]:
    """A picture of a list, at a position or at none."""
    return {"uri": AWAY, **({"position": position} if position else {}), **more}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"videoUri": None}, {"videoUri": "invalid_type"}),
        ({"videoUri": [AWAY]}, {"videoUri": "invalid_type"}),
        ({"videoUri": "data:image/png;base64,AAAA"}, {"videoUri": "invalid_string"}),
        ({"character": AWAY}, {"character": "invalid_type"}),
        ({"character": {"uri": AWAY}}, {"character.type": "invalid_type"}),
        ({"character": {"uri": AWAY, "type": "audio"}}, {"character.type": "invalid_enum_value"}),
        ({"character": {"uri": AWAY, "type": "video"}}, {}),
        (
            {"character": {"uri": AWAY, "type": "image", "tag": "x"}},
            {"character": "unrecognized_keys"},
        ),
        ({"promptImage": AWAY}, {}),
        ({"promptImage": [at("first"), at("last")]}, {}),
        ({"promptImage": [at("last")]}, {"promptImage": "custom"}),
        ({"promptImage": [at("middle")]}, {"promptImage.0.position": "invalid_enum_value"}),
        ({"promptImage": [at(), at(), at()]}, {}),
        ({"promptImage": [at()] * 4}, {"promptImage": "too_big"}),
        ({"promptImage": [at("first"), at()]}, {"promptImage": "custom"}),
        ({"keyframes": AWAY}, {"keyframes": "invalid_type"}),
        ({"keyframes": []}, {}),
        ({"keyframes": [at(seconds=1.5)]}, {}),
        ({"keyframes": [at(at=0.5, range={"start_seconds": 2})]}, {}),
        ({"keyframes": [at()]}, {"keyframes.0": "invalid_union"}),
        ({"keyframes": [at(seconds=1, at=0.5)]}, {"keyframes.0": "invalid_union"}),
        ({"keyframes": [at(at=2)]}, {"keyframes.0.at": "too_big"}),
        (
            {"keyframes": [at("first", at=0, range={"end": 2})]},
            {"keyframes.0": "unrecognized_keys", "keyframes.0.range": "unrecognized_keys"},
        ),
        ({"keyframes": [at(at=0)] * 5}, {"keyframes": "too_big"}),
        ({"referenceAudio": [{"uri": AWAY, "type": "audio"}]}, {}),
        ({"referenceAudio": [{"type": "audio"}]}, {"referenceAudio.0.uri": "invalid_type"}),
    ],
)
def test_every_shape_of_input_has_its_rules(
    call: Call, change: dict[str, Any], expected: dict[str, str]
) -> None:
    body = {"model": "quill_2", "videoUri": AWAY}
    assert codes(call("POST", VIDEO, json=body | change)) == expected


def test_one_of_several_inputs_must_be_there(call: Call) -> None:
    answer = call("POST", VIDEO, json={"model": "quill_2"})
    assert codes(answer) == {"videoUri": "custom"}
    assert "videoUri | character" in answer.text
    character = {"uri": AWAY, "type": "image"}
    assert codes(call("POST", VIDEO, json={"model": "quill_2", "character": character})) == {}


# -- the files themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm"])
def test_a_video_may_come_in_any_container(call: Call, sent: Callable[..., str], name: str) -> None:
    body = {"model": "quill_2", "videoUri": sent(name, seconds=3)}
    assert call("POST", VIDEO, json=body).json()["estimatedCost"] == {"credits": 6}


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.flac", "a.ogg"])
def test_a_sound_may_come_in_any_container(call: Call, sent: Callable[..., str], name: str) -> None:
    sounds = [{"uri": sent(name, seconds=3), "type": "audio"}]
    body = {"model": "quill_2", "videoUri": AWAY, "referenceAudio": sounds}
    assert codes(call("POST", VIDEO, json=body)) == {}


@pytest.mark.parametrize(
    ("name", "made", "words"),
    [
        ("a.mp4", {"seconds": 1}, "Invalid asset duration"),
        ("a.mp4", {"seconds": 31, "fps": 4}, "Invalid asset duration"),
        ("a.mp4", {"fps": 50}, "Invalid asset frame rate"),
        ("a.mp4", {"size": (160, 90)}, "Invalid asset dimensions"),
        ("a.mp4", {"size": None}, "Invalid asset: it has no video stream"),
        ("a.wav", {}, "Unsupported asset type"),
        ("a.mp4", {"data": b"This is text, whatever its name says. " * 20}, "Unsupported asset"),
        ("a.mp4", {"data": bytes(2000)}, "Unsupported asset"),
    ],
)
def test_a_video_that_a_model_does_not_take_is_refused_before_it_costs(
    client: RunwayML,
    call: Call,
    sent: Callable[..., str],
    name: str,
    made: dict[str, Any],
    words: str,
) -> None:
    body = {"model": "quill_2", "videoUri": sent(name, **made)}
    assert refusal(call("POST", VIDEO, json=body)).startswith(words)
    assert client.organization.retrieve().credit_balance == 25_000


def test_a_picture_is_no_video_and_a_video_is_no_picture(
    call: Call, sent: Callable[..., str], picture: Callable[..., bytes]
) -> None:
    still, clip = sent("a.png", picture((320, 180))), sent("a.mp4")
    for kind, uri in (("video", still), ("image", clip)):
        body = {"model": "quill_2", "character": {"uri": uri, "type": kind}}
        assert refusal(call("POST", VIDEO, json=body)).startswith("Unsupported asset type")
    for kind, uri in (("image", still), ("video", clip)):
        body = {"model": "quill_2", "character": {"uri": uri, "type": kind}}
        assert codes(call("POST", VIDEO, json=body)) == {}


def test_sounds_are_measured_together(call: Call, sent: Callable[..., str]) -> None:
    sound = {"uri": sent("a.wav", seconds=3), "type": "audio"}
    body = {"model": "quill_2", "videoUri": AWAY}
    one, two = (
        call("POST", VIDEO, json=body | {"referenceAudio": [sound] * count}) for count in (1, 2)
    )
    assert codes(one) == {}
    assert "together must be at most 4 seconds. Got 6.00" in refusal(two)


def test_a_short_video_may_come_as_a_data_uri(call: Call, tmp_path: Path) -> None:
    data = base64.b64encode(record(tmp_path / "a.mp4").read_bytes()).decode()
    body = {"model": "quill_2", "videoUri": f"data:video/mp4;base64,{data}"}
    assert codes(call("POST", VIDEO, json=body)) == {}


# -- what the model chooses -----------------------------------------------------------------------


def test_a_length_that_is_left_to_the_model_is_billed_at_its_longest_first(
    emulator: Emulator, client: RunwayML, call: Call
) -> None:
    emulator.configure(tempo="instant")
    answer = call("POST", TEXT, json={"model": "quill_1", "promptText": "A sea"}).json()
    assert answer["estimatedCost"] == {"credits": 30}
    assert client.organization.retrieve().credit_balance == 25_000 - 30
    assert client.tasks.retrieve(answer["id"]).cost.credits == 10
    assert client.organization.retrieve().credit_balance == 25_000 - 10


def test_shots_are_billed_by_their_seconds(call: Call) -> None:
    body = {"model": "quill_1", "deep": {"shots": SHOTS}}
    assert call("POST", TEXT, json=body).json()["estimatedCost"] == {"credits": 8}
