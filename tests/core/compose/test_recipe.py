"""The recipe in a file: complete enough to fill the form, and harmless whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.catalog import Catalog
from core.compose import recipe
from core.files import Output, Upload
from core.generations import Generation, Input, Request, Status
from core.settings import ROOT
from tests.conftest import NOON

CATALOG = Catalog.load(ROOT / "data" / "catalog")
SHA = "ab" * 32
OUTPUT = Output(1, "x.mp4", "video/mp4", 1, SHA, 1, 1, 1.0, 24.0, "")


def asked(**changes: Any) -> Request:
    model = CATALOG.find("text_to_video", "gen4.5")
    assert model
    request = Request("text_to_video", "gen4.5", "Nebel über „Rügen“ 🎬", model.defaults)
    return replace(request, **changes)


def generation(request: Request) -> Generation:
    known: dict[str, Any] = {"task_id": "0f-task", "evidence": {"key": "key_secret"}}
    return Generation(7, "k", Status.SUCCEEDED, request, False, NOON, NOON, **known)


def facts(**changes: Any) -> bytes:
    text = recipe.written(generation(asked()), OUTPUT)
    return json.dumps(json.loads(text) | changes, separators=(",", ":")).encode()


def nobody(_sha256: str) -> Upload | None:
    return None


def test_what_is_written_is_read_again() -> None:
    request = asked(inputs=(Input("first_frame", SHA, settings={"tag": "a"}),))
    text = recipe.written(generation(request), OUTPUT)
    assert recipe.read(text.encode()) == request
    said = json.loads(text)
    assert (said["generation"], said["file"], said["task"]) == (7, 2, "0f-task")
    assert "\n" not in text


def test_it_tells_no_address_no_evidence_and_no_file_of_ours() -> None:
    secret = Input("first_frame", url="https://cdn.example/a.png?sig=secret")
    text = recipe.written(generation(asked(inputs=(secret,))), OUTPUT)
    assert not [word for word in ("secret", "http", "x.mp4", "/") if word in text]


def test_half_an_emoji_is_still_a_text() -> None:
    text = recipe.written(generation(asked(prompt="\ud83d")), OUTPUT)
    assert text.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"dailies":1}',
        b'{"dailies":1' + b"[" * 50_000,
        b'"dailies":' + b"\xff\xfe",
        facts(dailies=2),
        facts(dailies=[1]),
        facts(prompt={"a": 1}),
        facts(prompt="\0"),
        facts(params={"duration": float("inf")}),
        facts(params={"a": {"b": {}}}),
        facts(params={str(n): 1 for n in range(300)}),
        facts(inputs=[{"role": "first_frame", "sha256": "../../etc/passwd"}]),
        facts(inputs="abc"),
        facts(model=""),
        facts(prompt="x" * 70_000),
        facts(prompt="x").replace(b'"x"', b'"\\ud800"'),
    ],
    ids=range(16),
)
def test_what_is_no_recipe_is_nothing(content: bytes) -> None:
    assert recipe.read(content) is None


def test_a_filling_is_what_the_catalogue_takes() -> None:
    model = CATALOG.find("text_to_video", "gen4.5")
    assert model
    params = {**model.defaults, "duration": 10**300, "is_admin": True, "seed": -5}
    filled = recipe.filling(asked(params=params), CATALOG, nobody)
    assert filled
    assert filled.request.params.keys() <= {param.name for param in model.param}
    assert not [p for p in model.param if p.name in filled.request.params
                and p.complaint(filled.request.params[p.name])]  # fmt: skip
    assert filled.notices


def test_files_that_are_not_here_stay_behind_and_addresses_too() -> None:
    items = (Input("first_frame", SHA), Input("first_frame", url="https://a.example/"))
    filled = recipe.filling(asked(inputs=items), CATALOG, nobody)
    assert filled
    assert filled.request.inputs == ()
    assert "2 files are not on this server." in filled.notices


def test_a_model_that_nobody_knows_fills_nothing() -> None:
    assert recipe.filling(asked(model="rm -rf"), CATALOG, nobody) is None


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
tree = st.recursive(
    leaf, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text(max_size=9), t, max_size=3)
)
names = st.sampled_from(["endpoint", "model", "prompt", "params", "inputs", "dailies", "task"])
settings = st.dictionaries(
    st.sampled_from(["duration", "ratio", "seed", "audio", "shots"]), tree, max_size=4
)


@pytest.mark.slow
@given(st.dictionaries(names, tree, max_size=3), settings, st.sampled_from(list(CATALOG)))
def test_nothing_that_anybody_writes_gets_further_than_the_form(
    changes: Mapping[str, Any], params: Mapping[str, Any], model: Any
) -> None:
    own = {"endpoint": model.endpoint, "model": model.id, "params": params}
    content = facts(**(own | dict(changes)))
    request = recipe.read(content)
    if request and (filled := recipe.filling(request, CATALOG, nobody)):
        assert CATALOG.find(filled.request.endpoint, filled.request.model)
        filled.request.to_json().encode()
