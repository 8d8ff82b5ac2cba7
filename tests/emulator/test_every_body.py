"""Every create call that the forms can make, over HTTP to the emulator."""

from __future__ import annotations

from collections.abc import Callable

import requests

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
