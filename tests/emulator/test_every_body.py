"""Every create call that the forms can make, on the emulator: over HTTP, and by the strict SDK."""

from __future__ import annotations

import re
from collections.abc import Callable

import requests
from runwayml import RunwayML

from core.catalog import Catalog
from core.emulator import Emulator
from tests.conftest import ROOT
from tests.every_body import TASK, cases

CATALOG = Catalog.load(ROOT / "data" / "catalog")
CREDITS = 10**9


def test_the_emulator_takes_every_body_that_the_forms_can_make(
    emulator: Emulator, call: Callable[..., requests.Response]
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
    print(f"\n{tried} bodies of {len(list(CATALOG))} forms sent to the emulator")  # noqa: T201
    assert refused == []
    assert tried > 2000


def test_the_strict_sdk_creates_every_model_at_the_price_that_the_form_shows(
    emulator: Emulator, client: RunwayML
) -> None:
    emulator.reset(credits=CREDITS, tempo="seconds:600", concurrency=1)
    for model in CATALOG:
        if model.status == "retired":
            continue
        case = next(cases(model))
        body = model.body(case.request, case.uris)
        arguments = {re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", k): v for k, v in body.items()}
        answer = getattr(client, model.endpoint).create(**arguments)
        quote = model.quote(case.request.params, [])
        if quote is not None and not case.request.inputs:
            assert answer.estimated_cost.credits == quote, f"{model.id} on {model.endpoint}"
