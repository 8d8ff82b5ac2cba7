"""A body in Runway's form is read into the request that it was written from."""

from __future__ import annotations

import pytest

from core.catalog.catalog import Catalog
from core.catalog.slots import Slot
from core.compose import wire_body
from core.errors import InvalidRequest
from core.generations import Input
from tests.conftest import ROOT
from tests.every_body import cases

CATALOG = Catalog.load(ROOT / "data" / "catalog")


def keep(address: str, slot: Slot) -> Input:
    return Input(slot.role, url=address, medium=wire_body.said_of(slot, slot.media[0]))


@pytest.mark.slow
def test_every_body_that_the_forms_can_make_is_read_back() -> None:
    tried = 0
    for model in CATALOG:
        for case in cases(model):
            body = model.body(case.request, case.uris)
            read = wire_body.read(model, body, keep)
            told = (model.id, model.endpoint, case.what)
            assert model.body(read, [item.url for item in read.inputs]) == body, told
            assert (read.prompt, dict(read.params)) == (
                case.request.prompt,
                dict(case.request.params),
            ), told
            assert wire_body.model_for(CATALOG, body) is model, told
            tried += 1
    assert tried > 2000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"promptImage": 5}, "promptImage"),
        ({"promptImage": [5]}, "promptImage"),
        (
            {"promptImage": [{"uri": "https://example.com/a.png", "position": "middle"}]},
            "promptImage",
        ),
        ({"promptImage": [{"uri": "https://example.com/a.png", "banana": 1}]}, "promptImage"),
        ({"promptText": ["Waves"]}, "prompt"),
        ({"contentModeration": {"banana": 1}}, "contentModeration.banana"),
        ({"contentModeration": "auto"}, "contentModeration."),
    ],
)
def test_what_no_request_can_hold_is_told_beside_its_field(
    body: dict[str, object], field: str
) -> None:
    model = CATALOG.find("image_to_video", "gen4_turbo")
    assert model
    with pytest.raises(InvalidRequest) as refused:
        wire_body.read(model, body, keep)
    assert field in [problem.field for problem in refused.value.problems]


def test_the_model_is_the_one_whose_fields_the_body_has() -> None:
    words = {"model": "gen4.5", "promptText": "Waves"}
    picture = {"promptImage": "https://example.com/a.png"}
    assert wire_body.model_for(CATALOG, words).endpoint == "text_to_video"
    assert wire_body.model_for(CATALOG, words | picture).endpoint == "image_to_video"
    assert wire_body.model_for(CATALOG, picture).endpoint == "image_to_video"
    with pytest.raises(InvalidRequest, match="There is no model banana on text_to_video"):
        wire_body.model_for(CATALOG, {"model": "banana"}, "text_to_video")
