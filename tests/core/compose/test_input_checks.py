"""What the catalogue states of inputs and settings is checked, each with a sentence of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.catalog.catalog import Catalog
from core.compose.checks import problems
from core.files import Upload
from core.generations import Input, Request, Shot, Value
from tests.conftest import NOON, ROOT
from tests.invented import model

PICTURE = Upload("picture", "a.png", "image/png", 900, 1280, 720, NOON)
CLIP = Upload("clip", "a.mp4", "video/mp4", 900, 1280, 720, NOON, 8.0, 24.0, "h264")
SOUND = Upload("sound", "a.mp3", "audio/mpeg", 900, 0, 0, NOON, 12.0)
UPLOADS = {upload.sha256: upload for upload in (PICTURE, CLIP, SOUND)}
FRAMES = Request(
    "image_to_video", "frames_or_references_1", "", {"ratio": "1280:720", "duration": 5},
    (Input("first", "picture"),),
)  # fmt: skip
RETOUCH = Request("video_to_video", "retouch_1", "Rain", {}, (Input("video", "clip"),))
WORDS = Request("text_to_video", "settings_1", "A sea", {"ratio": "1280:720", "duration": "auto"})
REAL = Catalog.load(ROOT / "data" / "catalog")
ALEPH = Request("video_to_video", "aleph2", "Rain", {}, (Input("video", "clip"),))
TWO_SHOTS: list[Shot] = [{"prompt": "A sea", "duration": 3}, {"prompt": "A boat", "duration": 4}]


def said(request: Request, **changed: Upload) -> dict[str, str]:
    """Field to sentence, of everything that stands against the request."""
    found = problems(model(request.model), request, (UPLOADS | changed).get)
    assert all(problem.message.endswith(".") for problem in found)
    fields = dict.fromkeys(problem.field for problem in found)
    return {field: " ".join(p.message for p in found if p.field == field) for field in fields}


def given(*roles: str, **settings: Any) -> Request:
    """Frames or references with files in these roles."""
    files = {"clips": "clip", "sounds": "sound"}
    return replace(
        FRAMES,
        inputs=tuple(Input(r, files.get(r, "picture"), "", "", dict(settings)) for r in roles),
    )


def test_good_files_have_no_problem() -> None:
    for request in (FRAMES, given("first", "last"), given("references", "clips", "sounds")):
        assert said(request) == {}
    assert said(RETOUCH) == {}
    assert said(WORDS) == {}


@pytest.mark.parametrize(
    ("roles", "field", "sentence"),
    [
        (["last"], "last", "Last frame: it needs a first frame too."),
        (["first", "references"], "references", "cannot go together with first frame"),
        (["first", "clips"], "clips", "cannot go together with first frame"),
        (["references"] * 4, "references", "Reference images: at most 3, not 4; take out 1."),
        (["references"] * 3, "references", "takes 2 pictures in all, not 3."),
        (["sounds"], "first", "one of these at least: first frame, reference images, reference"),
        (["first", "middle"], "middle", "takes no input middle."),
    ],
)
def test_files_that_do_not_go_together_are_named(
    roles: list[str], field: str, sentence: str
) -> None:
    assert sentence in said(given(*roles))[field]


@pytest.mark.parametrize(
    ("request_", "changed", "field", "sentence"),
    [
        (FRAMES, {"picture": replace(PICTURE, width=3000, height=1000)}, "first",
         "3000 x 1000 is too wide; width to height must be from 0.5 to 2."),
        (given("references"), {"picture": replace(PICTURE, width=90, height=90)}, "references",
         "each side must have 100 to 4000 pixels."),
        (RETOUCH, {"clip": replace(CLIP, duration=31.0)}, "video",
         "Video: it lasts 31 seconds; 2 to 30 are taken."),
        (RETOUCH, {"clip": replace(CLIP, duration=1.0)}, "video",
         "Video: it lasts 1 second; 2 to 30 are taken."),
        (RETOUCH, {"clip": replace(CLIP, frame_rate=60.0)}, "video",
         "it has 60 frames a second; at most 30 are taken."),
        (given("clips", "clips"), {}, "clips", "all together last 16 seconds; at most 15"),
        (replace(RETOUCH, inputs=(Input("video", "picture"),)), {}, "video",
         "this is a picture; choose a video."),
        (replace(FRAMES, inputs=(Input("first", "sound"),)), {}, "first",
         "this is a sound; choose a picture."),
        (replace(RETOUCH, inputs=()), {}, "video", "Video: choose a video."),
        (replace(RETOUCH, inputs=(Input("video", url="http://x.test/a.mp4"),)), {}, "video",
         "must start with https://"),
    ],
)  # fmt: skip
def test_a_file_outside_a_limit_is_named_with_the_limit(
    request_: Request, changed: dict[str, Upload], field: str, sentence: str
) -> None:
    assert sentence in said(request_, **changed)[field]


def test_a_clip_of_thirty_seconds_may_last_a_frame_longer() -> None:
    assert said(RETOUCH, clip=replace(CLIP, duration=30.03)) == {}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"tag": "my cat"}, "Tag looks like cat_1."),
        ({"subject": "animal"}, "Is is one of person, place."),
        ({"colour": "red"}, "It has no colour."),
    ],
)
def test_a_wrong_setting_of_a_file_is_named(settings: dict[str, Any], sentence: str) -> None:
    assert sentence in said(given("references", **settings))["references"]


@pytest.mark.parametrize(
    ("settings", "good"),
    [({}, False), ({"seconds": 1.5}, True), ({"at": 0.5}, True), ({"seconds": 1, "at": 1}, False)],
)
def test_exactly_one_of_several_settings_is_given(settings: dict[str, Any], good: bool) -> None:
    keyframe = Input("keyframes", "picture", settings=settings)
    found = said(replace(RETOUCH, inputs=(*RETOUCH.inputs, keyframe)))
    assert (found == {}) is good
    assert good or "one of second or part of the video." in found["keyframes"]


def stretch(start: int, end: int) -> dict[str, Any]:
    return {"range.start_seconds": start, "range.end_seconds": end}


def placed(settings: dict[str, Any], request: Request = ALEPH) -> str:
    """What stands against a guide picture with these settings beside a video, of 8 seconds."""
    entry = REAL.find("video_to_video", "aleph2")
    assert entry
    files = (*request.inputs, Input("keyframe", "picture", settings=settings))
    found = problems(entry, replace(request, inputs=files), UPLOADS.get)
    return " ".join(problem.message for problem in found)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"seconds": 8}, ""),
        ({"seconds": 8.5}, "file 1: its moment is after the end of the video, which lasts 8"),
        ({"seconds": 31}, "Second is from 0 to 30."),
        ({"at": 1}, ""),
        ({"seconds": 2, **stretch(2, 6)}, ""),
        ({"seconds": 6, **stretch(2, 6)}, "second 6, is outside the stretch from 2 to 6."),
        ({"seconds": 1, **stretch(2, 6)}, "second 1, is outside the stretch from 2 to 6."),
        ({"at": 0.5, **stretch(2, 6)}, ""),
        ({"at": 0.9, **stretch(2, 6)}, "second 7.2, is outside the stretch from 2 to 6."),
        ({"seconds": 4, **stretch(5, 5)}, "the stretch must end later than second 5"),
        ({"at": 1, **stretch(9, 12)}, "the stretch begins after the end of the video"),
        ({"seconds": 7, **stretch(7, 12)}, "the stretch ends after the end of the video"),
        ({"seconds": 7, **stretch(7, 8)}, ""),
    ],
)
def test_a_guide_picture_has_its_moment_in_the_video_and_in_its_stretch(
    settings: dict[str, Any], sentence: str
) -> None:
    found = placed(settings)
    assert sentence in found
    assert sentence or not found


def test_where_the_length_of_the_video_is_not_known_only_the_stretch_counts() -> None:
    far = replace(ALEPH, inputs=(Input("video", url="https://x.test/a.mp4", medium="video"),))
    assert placed({"seconds": 25, **stretch(20, 30)}, far) == ""
    assert "is outside" in placed({"seconds": 2, **stretch(20, 30)}, far)
    assert placed({"at": 0.1, **stretch(20, 30)}, far) == ""


@pytest.mark.parametrize(
    ("shots", "duration", "sentence"),
    [
        (TWO_SHOTS, 10, "last 7 of 10 seconds; they must add up"),
        ([{"prompt": " ", "duration": 7}], 7, "each shot needs a prompt."),
        ([{"prompt": "A sea", "duration": 3}], "auto", "last 4 to 30 seconds, not 3."),
        (TWO_SHOTS, 7, ""),
        (TWO_SHOTS, "auto", ""),
    ],
)
def test_shots_fill_the_clip(shots: list[Any], duration: Any, sentence: str) -> None:
    found = said(replace(WORDS, params=dict(WORDS.params) | {"shots": shots, "duration": duration}))
    assert (sentence in found["shots"]) if sentence else found == {}


def test_shots_stand_in_for_a_prompt() -> None:
    assert "prompt" in said(replace(WORDS, prompt=""))
    assert said(replace(WORDS, prompt="", params=dict(WORDS.params) | {"shots": TWO_SHOTS})) == {}


def test_a_setting_goes_only_with_the_others_that_it_is_for() -> None:
    profile: dict[str, Value] = {"profile": "hq"}
    assert (
        "does not go with" in said(replace(WORDS, params=dict(WORDS.params) | profile))["profile"]
    )
    both = dict(WORDS.params) | profile | {"quality": "high"}
    assert said(replace(WORDS, params=both)) == {}
    assert set(said(replace(WORDS, params=dict(WORDS.params) | {"quality": "high"}))) == {"profile"}


def test_a_model_without_words_refuses_a_prompt() -> None:
    upscale = Request("video_upscale", "larger_1", "More", {}, (Input("video", "clip"),))
    assert said(upscale) == {"prompt": "Larger 1 takes no prompt."}
    assert said(replace(upscale, prompt="")) == {}


@pytest.mark.parametrize("seed", [-1, 2**32, 2**70, 1.5, "7"])
def test_a_seed_that_is_none_is_named(seed: Any) -> None:
    assert set(said(replace(WORDS, params=dict(WORDS.params) | {"seed": seed}))) == {"seed"}


def test_a_retired_model_can_be_run_by_the_emulator_alone() -> None:
    request = replace(RETOUCH, model="retouch_0")
    assert "Use retouch_1 instead." in said(request)["model"]
    assert problems(model("retouch_0"), request, UPLOADS.get, retired_runs=True) == []
