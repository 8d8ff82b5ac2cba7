"""A request goes over to another model as far as it fits, and what does not fit is named."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from core.catalog.catalog import Catalog
from core.compose.checks import problems
from core.compose.convert import carry
from core.generations import Input, Request
from tests.conftest import ROOT
from tests.every_body import values
from tests.invented import CATALOG, model

REAL = Catalog.load(ROOT / "data" / "catalog")
FRAMES = Request(
    "image_to_video", "frames_or_references_1", "A sea", {"ratio": "720:1280", "duration": 10},
    (Input("first", "a"), Input("last", "b")),
)  # fmt: skip


def test_what_fits_comes_along_and_the_rest_is_named() -> None:
    carried, said = carry(FRAMES, model("settings_1"))
    assert (carried.endpoint, carried.model) == ("text_to_video", "settings_1")
    assert carried.prompt == "A sea"
    assert carried.params["ratio"] == "720:1280"
    assert carried.params["duration"] == 10
    assert carried.params["audio"] is True
    assert carried.inputs == ()
    assert said == [
        "First: Settings 1 takes none.",
        "Last: Settings 1 takes none.",
    ]


@pytest.mark.parametrize(
    ("ratio", "found"), [("16:9", "1280:720"), ("1920:1080", "1280:720"), ("9:16", "720:1280")]
)
def test_a_ratio_of_the_same_shape_is_found(ratio: str, found: str) -> None:
    request = replace(FRAMES, params={"ratio": ratio})
    carried, said = carry(request, model("frames_or_references_1"))
    assert carried.params["ratio"] == found
    assert said == [f"Ratio: {ratio} does not fit; it is {found}."]


def test_a_setting_that_does_not_fit_becomes_the_models_own() -> None:
    request = replace(FRAMES, params={"duration": 7, "audio": True})
    carried, said = carry(request, model("frames_or_references_1"))
    assert carried.params == {"ratio": "1280:720", "duration": 5}
    assert said == [
        "Duration: 7 seconds does not fit; it is 5 seconds.",
        "audio: Frames or references 1 has no such setting.",
    ]


@pytest.mark.slow
def test_what_stays_behind_is_named_as_its_form_named_it() -> None:
    """No wire name, of no setting and no input, whatever goes where."""
    for old, new in product(REAL, REAL):
        inputs = tuple(Input(slot.role, "a", medium=slot.media[0]) for slot in old.input)
        params = {param.name: values(param)[0] for param in old.param}
        _carried, said = carry(Request(old.endpoint, old.id, "A sea", params, inputs), new, old)
        known = {param.label for model in (old, new) for param in model.param}
        known |= {slot.label for model in (old, new) for slot in model.input}
        for sentence in said:
            start, colon, _rest = sentence.partition(": ")
            assert not colon or start in known, f"{old.id} to {new.id}: {sentence}"
    shots = REAL.find("text_to_video", "kling3.0_pro")
    made = Request("text_to_video", "kling3.0_pro", "", {"providerSettings.shotType": "customize"})
    said = carry(made, model("frames_or_references_1"), shots)[1]
    assert said == ["Cuts: Frames or references 1 has no such setting."]


def test_a_setting_comes_along_only_with_those_it_is_for() -> None:
    low = Request("text_to_video", "settings_1", "A sea", {"quality": "low", "profile": "hq"})
    assert "profile" not in carry(low, model("settings_1"))[0].params
    high = replace(low, params={"quality": "high", "profile": "hq"})
    assert carry(high, model("settings_1"))[0].params["profile"] == "hq"


def test_a_file_goes_to_the_place_that_would_be_empty() -> None:
    carried, said = carry(FRAMES, model("performer_1"))
    assert [(item.role, item.sha256) for item in carried.inputs] == [("character", "a")]
    assert "Last: Performer 1 takes none." in said
    assert "Performer 1 takes no prompt." in said


def test_of_what_excludes_each_other_the_first_stays() -> None:
    mixed = (Input("references", "a"), Input("first", "b"))
    carried, said = carry(replace(FRAMES, inputs=mixed), model("frames_or_references_1"))
    assert [item.role for item in carried.inputs] == ["references"]
    assert said == ["First frame cannot go together with reference images."]


def test_more_files_than_there_is_room_for_stay_behind() -> None:
    many = tuple(Input("references", str(number)) for number in range(5))
    carried, said = carry(replace(FRAMES, inputs=many), model("frames_or_references_1"))
    assert [item.sha256 for item in carried.inputs] == ["0", "1"]
    assert said == ["Frames or references 1 takes 2 pictures in all."]
    carried, said = carry(replace(FRAMES, inputs=many), model("still_1"))
    assert len(carried.inputs) == 3
    assert "Reference images: Still 1 takes 3." in said


def test_what_belongs_to_a_file_comes_along_where_it_fits() -> None:
    tagged = Input("references", "a", settings={"tag": "the_sea", "subject": "place"})
    carried, _said = carry(replace(FRAMES, inputs=(tagged,)), model("still_1"))
    assert carried.inputs[0].settings == {"tag": "the_sea"}


def test_a_long_prompt_is_kept_and_said_so() -> None:
    carried, said = carry(replace(FRAMES, prompt="a" * 800), model("settings_1"))
    assert len(carried.prompt) == 800
    assert said[0] == "The prompt has 800 characters; Settings 1 takes 500."


@pytest.mark.slow
@pytest.mark.parametrize("catalog", [CATALOG, REAL], ids=["invented", "real"])
def test_from_any_model_to_any_other_the_settings_are_ones_that_it_has(catalog: Catalog) -> None:
    for old, new in product(catalog, catalog):
        carried, said = carry(Request(old.endpoint, old.id, "A sea", old.defaults), new)
        complaints = {p.field: p.message for p in problems(new, carried, lambda _: None)}
        roles = {slot.role for slot in new.input} | {"model", "prompt"}
        tasks = {param.name for param in new.param if param.kind == "task" and param.required}
        assert complaints.keys() <= roles | tasks, f"{old.id} to {new.id}: {complaints}"
        assert all(sentence.endswith(".") for sentence in said)


def test_a_setting_that_the_models_rules_shut_out_is_changed_and_said() -> None:
    made = Request("video_to_video", "old", "A sea", {"mode": "edit", "duration": 7})
    changing = REAL.find("video_to_video", "seedance2_5")
    assert changing
    carried, said = carry(made, changing)
    assert carried.params["duration"] == "auto"
    assert "Duration: 7 seconds does not fit; it is auto." in said
