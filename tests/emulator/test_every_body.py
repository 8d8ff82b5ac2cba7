"""Every create call that the forms can make, over HTTP to the emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.emulator import Emulator
from tests.conftest import ROOT
from tests.every_body import TASK, cases

CATALOG = by_provider.only(Catalog.load(ROOT / "data" / "catalog"), "runway")
CREDITS = 10**9


def test_the_emulator_takes_every_body_that_the_forms_can_make(
    emulator: Emulator, call: Callable[..., requests.Response], capsys: pytest.CaptureFixture[str]
) -> None:
    refused: list[str] = []
    tried = 0
    for model in CATALOG:
        emulator.reset(credits=CREDITS, tempo="seconds:600", concurrency=1)
        for case in cases(model):
            body = model.body(case.request, case.uris)
            answer = call("POST", f"/v1/{model.endpoint}", json=body)
            if answer.status_code != 200 and TASK not in case.request.params.values():
                refused.append(f"{model.id} on {model.endpoint}: {case.what}: {answer.text}")
            tried += 1
    with capsys.disabled():
        print(f"\n{tried} bodies of {len(list(CATALOG))} forms sent to the emulator")  # noqa: T201
    assert refused == []
    assert tried > 2000


@pytest.mark.parametrize(
    ("endpoint", "model_id", "spoilt", "path"),
    [
        ("image_to_video", "wan3", {"ratio": "1280:720"}, ["ratio"]),
        ("text_to_video", "hailuo3", {"ratio": "adaptive"}, ["references"]),
        ("video_to_video", "seedance2_5", {"mode": "edit"}, ["duration"]),
        ("text_to_image", "grok_imagine_image_2", {"edit": True}, ["referenceImages"]),
        (
            "text_to_video",
            "kling3.0_pro",
            {"promptText": None, "providerSettings": {"shotType": "intelligence"}},
            ["promptText"],
        ),
        ("text_to_video", "seedance2_5", {"draftTaskId": TASK}, ["ratio"]),
    ],
)
def test_what_one_setting_rules_out_in_another_is_refused_beside_it(
    emulator: Emulator,
    call: Callable[..., requests.Response],
    endpoint: str,
    model_id: str,
    spoilt: dict[str, Any],
    path: list[str],
) -> None:
    model = CATALOG.find(endpoint, model_id)
    assert model
    case = next(cases(model))
    body = model.body(case.request, case.uris) | spoilt
    body = {name: value for name, value in body.items() if value is not None}
    answer = call("POST", f"/v1/{endpoint}", json=body)
    assert answer.status_code == 400
    assert path in [issue["path"] for issue in answer.json()["issues"]]
