"""Requests: the same text for the same wish, and every reason against one at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.catalog import Catalog
from core.compose.checks import problems
from core.compose.input_checks import MAX_URL, url_complaint
from core.files import Upload
from core.generations import AT_PROVIDER, FINAL, Generation, Input, Request, Shot, Status
from tests.conftest import NOON, ROOT

CATALOG = Catalog.load(ROOT / "data" / "catalog")
PICTURE = Upload("ab", "a.png", "image/png", 900, 1280, 720, NOON)
TEXT = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 5})
IMAGE = Request(
    "image_to_video", "veo3.1", "", {"ratio": "1280:720", "duration": 8, "audio": True},
    (Input("first", sha256="ab"),),
)  # fmt: skip


def said(request: Request, upload: Upload | None = PICTURE) -> dict[str, str]:
    """Field to sentence, of everything that stands against the request."""
    model = CATALOG.find(request.endpoint, request.model)
    assert model
    found = problems(model, request, lambda sha: upload if sha == "ab" else None)
    assert all(problem.message.endswith(".") for problem in found)
    return {problem.field: problem.message for problem in found}


# -- requests as text -----------------------------------------------------------------------------

VALUES = st.text(max_size=9) | st.integers(-(10**9), 10**9) | st.booleans()
REQUESTS = st.builds(
    Request,
    endpoint=st.text(max_size=9),
    model=st.text(max_size=9),
    prompt=st.text(),
    params=st.dictionaries(st.text(max_size=9), VALUES, max_size=4),
    inputs=st.lists(st.builds(Input, st.text(max_size=5), st.text(max_size=5)), max_size=2).map(
        tuple
    ),
)


@pytest.mark.slow
@given(request=REQUESTS)
def test_a_request_comes_back_from_its_text_the_same(request: Request) -> None:
    again = Request.from_json(request.to_json())
    assert again == request
    assert again.fingerprint == request.fingerprint


def test_the_order_of_settings_makes_no_other_request() -> None:
    turned = replace(TEXT, params=dict(reversed(list(TEXT.params.items()))))
    assert turned.fingerprint == TEXT.fingerprint
    for other in (
        replace(TEXT, prompt="A quiet sea "),
        replace(TEXT, params=dict(TEXT.params) | {"seed": 1}),
        replace(TEXT, params=dict(TEXT.params) | {"duration": 6}),
        replace(TEXT, inputs=(Input("first", "ab"),)),
    ):
        assert other.fingerprint != TEXT.fingerprint


def test_a_person_can_read_a_request() -> None:
    assert "Ein Bär 🐻" in replace(TEXT, prompt="Ein Bär 🐻").to_json()
    assert json.loads(TEXT.to_json())["params"] == TEXT.params


def test_every_status_is_open_or_final() -> None:
    assert {s for s in Status if s.is_final} == FINAL
    assert {s for s in Status if s.is_at_provider} == AT_PROVIDER
    assert not FINAL & AT_PROVIDER


@pytest.mark.parametrize(
    ("figures", "credits"),
    [((None, None, None), None), ((5, None, None), 5), ((5, 7, None), 7), ((5, 7, 0), 0)],
)
def test_the_best_figure_is_the_latest_known(
    figures: tuple[int | None, int | None, int | None], credits: int | None
) -> None:
    one = Generation(1, "k", Status.RUNNING, TEXT, False, NOON, NOON)
    names = ("credits_quoted", "credits_estimated", "credits_charged")
    known: dict[str, Any] = dict(zip(names, figures, strict=True))
    assert replace(one, **known).credits == credits


# -- what stands against a request ----------------------------------------------------------------


def test_good_requests_have_no_problem() -> None:
    assert said(TEXT) == {}
    assert said(IMAGE) == {}
    assert said(replace(TEXT, prompt="🎬" * 500)) == {}
    assert said(replace(IMAGE, inputs=(Input("first", url="https://x.example/a.png"),))) == {}


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t", "\u200b\u2060"])
def test_an_empty_prompt_is_asked_for(prompt: str) -> None:
    assert "Write a prompt" in said(replace(TEXT, prompt=prompt))["prompt"]


def test_a_shot_and_a_text_need_words_that_can_be_seen() -> None:
    unseen: list[Shot] = [{"prompt": "\u200b", "duration": 3}]
    wrong = [p.complaint(unseen) for m in CATALOG for p in m.param if p.kind == "shots"]
    assert wrong
    assert all("each shot needs a prompt" in complaint for complaint in wrong)
    texts = [p for m in CATALOG for p in m.param if p.name == "negativePrompt"]
    assert texts
    assert all("nothing that can be seen" in text.complaint("\u2800\ufeff") for text in texts)
    assert not any(text.complaint("") for text in texts)


def test_a_long_prompt_says_how_much_to_take_out() -> None:
    words = said(replace(TEXT, prompt="a" * 999 + "🎬"))["prompt"]
    assert "has 1,001 of 1,000" in words
    assert "take out 1." in words


def test_a_prompt_that_no_text_can_hold_is_refused() -> None:
    assert "prompt" in said(replace(TEXT, prompt="half an emoji \ud83c"))


def test_every_reason_is_given_at_once() -> None:
    bad = replace(
        TEXT, prompt="", params={"ratio": "16:9", "duration": 11, "audio": True, "seed": -1}
    )
    assert set(said(bad)) == {"prompt", "ratio", "duration", "audio", "seed"}
    assert "Duration is from 2 to 10 seconds." in said(bad).values()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", "5"),
        ("duration", 5.0),
        ("duration", True),
        ("duration", 1),
        ("duration", None),
        ("ratio", "1104:832"),
        ("ratio", 1280),
        ("seed", 2**32),
        ("contentModeration.publicFigureThreshold", "none"),
        ("nonsense", 1),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: Any) -> None:
    assert set(said(replace(TEXT, params=dict(TEXT.params) | {name: value}))) == {name}


def test_a_missing_setting_is_named() -> None:
    assert set(said(replace(TEXT, params={"duration": 5}))) == {"ratio"}


def test_a_ratio_that_follows_a_picture_is_not_asked_for_before_it() -> None:
    bare = replace(IMAGE, params={"duration": 8}, inputs=())
    assert set(said(bare)) == {"first"}
    assert set(said(replace(bare, inputs=IMAGE.inputs))) == {"ratio"}


def test_a_retired_model_names_its_successor() -> None:
    model = CATALOG.find("text_to_video", "gen4.5")
    assert model
    old = model.model_copy(update={"status": "retired", "successor": "plume_2"})
    (problem,) = problems(old, TEXT, lambda _: None)
    assert problem.field == "model"
    assert "plume_2" in problem.message


@pytest.mark.parametrize(
    ("inputs", "fields"),
    [
        ((), {"first"}),
        ((Input("last", sha256="ab"),), {"first", "last"}),
        ((Input("first", sha256="gone"),), {"first"}),
        ((Input("first"),), {"first"}),
        ((Input("first", sha256="ab"), Input("middle", sha256="ab")), {"middle"}),
        ((Input("first", sha256="ab"), Input("first", url="https://x.example/b")), {"first"}),
    ],
)
def test_wrong_pictures_are_named(inputs: tuple[Input, ...], fields: set[str]) -> None:
    assert set(said(replace(IMAGE, inputs=inputs))) == fields


@pytest.mark.parametrize(
    ("size", "word"), [((2001, 1000), "too wide"), ((499, 1000), "too tall"), ((1000, 500), "")]
)
def test_a_picture_of_the_wrong_shape_is_named(size: tuple[int, int], word: str) -> None:
    upload = replace(PICTURE, width=size[0], height=size[1])
    found = said(IMAGE, upload)
    assert (word in found["first"]) if word else found == {}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.example/a.png",
        "http://x.example/a.png",
        "ftp://x.example/a.png",
        "https://localhost/a.png",
        "https://me:secret@pictures.test/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://[bad/a.png",
        "https://localhost./a.png",
        "https://0x7f.0.0.1/a.png",
        "https://127.0.0.0x1/a.png",
        "https://2130706433/a.png",
        "https://127.1/a.png",
        "https://\uff11\uff12\uff17.0.0.1/a.png",
        "https://printer.local/a.png",
        "https://printer.LOCAL./a.png",
        "https://metadata.google.internal/a.png",
        "https://a.localhost/a.png",
        "https://x.example/\u202egnp.exe",
        "https://x.\u202eexample/a.png",
        "https://x.exa\u200bmple/a.png",
        "https://x.example:99999/a.png",
        "https://x.example/a b.png",
        "https://x.example/a.png\n",
        "https://x.example/" + "a" * MAX_URL,
        "data:image/png;base64,AAAA",
        "runway://abc",
    ],
)
def test_an_address_that_runway_cannot_read_is_refused(url: str) -> None:
    assert url_complaint(url).endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a.png",
        "https://x.example./a.png",
        "https://X.EXAMPLE:8443/a.png?b=c#d",
        "https://pictures.x.co/a.png",
        "https://b\u00fccher.example/\u00fc.png",
        "https://xn--bcher-kva.xn--p1ai/a.png",
        "https://my_bucket.s3.amazonaws.com/a.png",
    ],
)
def test_an_address_of_the_internet_is_taken(url: str) -> None:
    assert url_complaint(url) == ""


@given(url=st.text())
def test_any_address_is_judged_without_an_accident(url: str) -> None:
    assert isinstance(url_complaint(url), str)
    assert isinstance(url_complaint("https://" + url), str)
