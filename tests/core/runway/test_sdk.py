"""The catalogue beside Runway's own SDK: what we can send is what it types, no less and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.catalog.model import Model
from tests.conftest import ROOT
from tests.every_body import cases, complaints
from tests.sdk_catalogue import EXCEPTIONS, differences
from tests.sdk_types import judge, variants

CATALOG = by_provider.only(Catalog.load(ROOT / "data" / "catalog"), "runway")
CURRENT = [model for model in CATALOG if model.status == "current"]


def changed(endpoint: str, model_id: str, **update: Any) -> Catalog:
    """The catalogue with one entry changed; its own checks are not asked."""
    models = {(model.endpoint, model.id): model for model in CATALOG}
    models[endpoint, model_id] = models[endpoint, model_id].model_copy(update=update)
    return Catalog(models, CATALOG.endpoints, CATALOG.suppliers)


def without_setting(name: str) -> Callable[[Model], dict[str, Any]]:
    return lambda model: {"param": tuple(p for p in model.param if p.name != name)}


def with_setting(wire: str, /, **update: Any) -> Callable[[Model], dict[str, Any]]:
    return lambda model: {
        "param": tuple(p.model_copy(update=update) if p.name == wire else p for p in model.param)
    }


def with_input(role: str, /, **update: Any) -> Callable[[Model], dict[str, Any]]:
    return lambda model: {
        "input": tuple(s.model_copy(update=update) if s.role == role else s for s in model.input)
    }


# -- the catalogue beside the types ---------------------------------------------------------------


def test_the_catalogue_is_the_sdk_but_for_the_exceptions_that_are_named() -> None:
    assert list(differences(CATALOG)) == []
    assert len(EXCEPTIONS) < 6


def test_every_endpoint_of_the_catalogue_has_all_models_of_the_sdk() -> None:
    for endpoint in CATALOG.endpoints:
        ours = {model.id for model in CURRENT if model.endpoint == endpoint}
        assert ours == set(variants(endpoint)), endpoint


@pytest.mark.parametrize(
    ("endpoint", "model_id", "change", "said"),
    [
        ("image_to_video", "gen4.5", without_setting("seed"), "gen4.5 seed: missing"),
        ("image_to_video", "gen4.5", with_setting("seed", name="sead"), "sead: extra"),
        ("image_to_video", "gen4.5", with_setting("duration", required=False), "duration: we send"),
        (
            "image_to_video",
            "veo3.1",
            with_setting("ratio", choices=("1280:720",)),
            "ratio: we lack",
        ),
        ("text_to_video", "seedance2", with_setting("duration", choices=()), "duration: we lack"),
        (
            "text_to_video",
            "kling3.0_pro",
            with_setting("providerSettings.shotType", choices=("customize", "clever")),
            "shotType: we lack ['intelligence']; we add ['clever']",
        ),
        ("video_to_video", "aleph2", with_input("keyframe", together=()), "start_seconds: we send"),
        ("video_to_video", "aleph2", with_input("keyframe", settings=()), "range: missing"),
        ("image_to_video", "veo3.1", with_input("last", position="end"), "position: we lack"),
        ("image_to_video", "veo3.1", with_input("first", count=(0, 1)), "promptImage: we send"),
        ("text_to_video", "wan3", with_input("reference_video", typed=False), "type: missing"),
        (
            "character_performance",
            "act_two",
            with_input("character", media=("image",)),
            "type: we lack",
        ),
        ("text_to_image", "recraft_v4_1_flash", with_setting("colors", kind="text"), "colors[]"),
        ("image_to_video", "veo3.1", lambda _: {"status": "retired"}, "retired here"),
        ("text_to_image", "gen4_image", lambda _: {"id": "gen4_picture"}, "the SDK has it"),
        ("video_to_video", "aleph2", with_setting("seed", name="ratio", kind="text"), "not needed"),
    ],
)
def test_any_other_field_value_or_need_is_reported(
    endpoint: str, model_id: str, change: Callable[[Model], dict[str, Any]], said: str
) -> None:
    entry = CATALOG.find(endpoint, model_id)
    assert entry
    found = list(differences(changed(endpoint, model_id, **change(entry))))
    assert any(said in line for line in found), found


# -- every body of the forms -----------------------------------------------------------------------


@pytest.mark.slow
def test_every_body_that_the_forms_can_make_is_what_the_sdk_types(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried = 0
    for model in CURRENT:
        strict = judge(variants(model.endpoint)[model.id])
        for case in cases(model):
            where = f"{model.id} on {model.endpoint}: {case.what}"
            body = model.body(case.request, case.uris)
            try:
                strict.model_validate(body)
            except ValidationError as error:
                pytest.fail(f"{where}: {error}: {body}")
            tried += 1
    with capsys.disabled():
        print(f"\n{tried} bodies of {len(CURRENT)} forms fit the SDK's types")  # noqa: T201
    assert tried > 2000


@pytest.mark.slow
def test_no_request_that_is_tried_is_one_that_its_entry_refuses() -> None:
    for model in CATALOG:
        for case in cases(model):
            found = complaints(model, case.request)
            assert found == [], f"{model.id} on {model.endpoint}: {case.what}"


def test_every_setting_input_and_choice_is_tried() -> None:
    for model in CATALOG:
        tried = [case.request for case in cases(model)]
        for param in model.param:
            sent = [request.params.get(param.name) for request in tried]
            assert {*param.choices, *param.outdated} <= {*map(_plain, sent)}, param.name
            assert any(value is not None for value in sent), f"{model.id} {param.name}"
        for slot in model.input:
            numbers = [sum(i.role == slot.role for i in request.inputs) for request in tried]
            assert max(numbers) == slot.most or model.most_images, f"{model.id} {slot.role}"
            assert max(numbers) > 0, f"{model.id} {slot.role}"


def _plain(value: object) -> object:
    return str(value) if isinstance(value, list) else value


def test_the_judge_itself_sees_mistakes() -> None:
    entry = CATALOG.find("image_to_video", "gen4_turbo")
    assert entry
    case = next(cases(entry))
    good = entry.body(case.request, case.uris)
    strict = judge(variants("image_to_video")["gen4_turbo"])
    strict.model_validate(good)
    frame = good["promptImage"][0]
    for spoilt in (
        good | {"ratio": "16:9"},
        good | {"duration": "5"},
        good | {"duration": True},
        good | {"prompt_text": "x"},
        {k: v for k, v in good.items() if k != "ratio"},
        good | {"promptImage": [frame | {"position": "last"}]},
        good | {"promptImage": frame},
        good | {"contentModeration": {"publicFigureThreshold": "none"}},
        good | {"contentModeration": {"strict": True}},
    ):
        with pytest.raises(ValidationError):
            strict.model_validate(spoilt)
