"""The catalogue: mistakes in its files, prices, bodies, and a model that no Python knows."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.emulator import Emulator
from core.errors import CatalogError
from core.generations import Generation, Input, Request, Status
from core.models import Model, utf16_units
from core.prices import dollars
from core.ratios import pixels
from core.settings import Settings
from core.studio import Studio
from tests.conftest import ROOT, Clock

CATALOG = Catalog.load(ROOT / "data" / "catalog")
GOOD = """
[[model]]
id = "plume_2"
endpoint = "text_to_video"
name = "Plume 2"
vendor = "Nobody"
about = "An invented model."
speed = "Fast"
prompt = { max_units = 60 }

  [[model.param]]
  name = "ratio"
  kind = "choice"
  label = "Ratio"
  choices = ["320:180", "180:320"]
  default = "320:180"
  required = true

  [[model.param]]
  name = "duration"
  kind = "integer"
  label = "Duration"
  unit = "seconds"
  range = [1, 3]
  default = 1

  [[model.param]]
  name = "style.grain"
  kind = "boolean"
  label = "Grain"
  default = false

  [[model.price]]
  when = { "style.grain" = true }
  per_second = 2.5
  minimum = 4
  source = "nowhere"
  checked = 2026-11-01

  [[model.price]]
  flat = 3
  source = "nowhere"
  checked = 2026-11-01
"""
PICTURE = """
  [[model.input]]
  role = "first"
  field = "promptImage"
  label = "First frame"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the one file of a catalogue; its folder."""

    def write_file(text: str) -> Path:
        folder = tmp_path / "catalog"
        folder.mkdir(exist_ok=True)
        (folder / "plume.toml").write_text(text)
        for name in ("endpoints.toml", "shared.toml"):
            shutil.copy(ROOT / "data" / "catalog" / name, folder)
        return folder

    return write_file


def model(endpoint: str, model_id: str) -> Model:
    found = CATALOG.find(endpoint, model_id)
    assert found
    return found


# -- mistakes in a file ---------------------------------------------------------------------------


def test_the_example_has_no_mistake(write: Callable[[str], Path]) -> None:
    assert [m.id for m in Catalog.load(write(GOOD + PICTURE))] == ["plume_2"]


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ("range = [1, 3]", "range = [3, 1]", "param, 1: range runs backwards"),
        ("range = [1, 3]", "range = [1]", "range"),
        ("range = [1, 3]", "rnage = [1, 3]", "rnage"),
        ('vendor = "Nobody"', "", "vendor"),
        ('default = "320:180"', 'default = "16:9"', "param, 0: default"),
        ("default = 1\n", "default = 9\n", "param, 1: default"),
        ('"180:320"', '"320:180"', "choices repeat"),
        ('choices = ["320:180", "180:320"]', "", "a choice needs choices"),
        ('default = "320:180"', "", "a required setting needs a default"),
        ('kind = "boolean"', 'kind = "switch"', "kind"),
        ('name = "style.grain"', 'name = "ratio"', "setting ratio stands twice"),
        ('"style.grain" = true', '"style.grian" = true', "price: style.grian = True can never"),
        ('"style.grain" = true', '"style.grain" = 1', "price: style.grain = 1 can never"),
        ('"style.grain" = true', "duration = 4", "price: duration = 4 can never"),
        ('  when = { "style.grain" = true }\n', "", "no input can reach"),
        ("flat = 3\n", "flat = 3\n  per_second = 1\n", "per_second, per_frame or flat"),
        ("flat = 3\n", "", "per_second, per_frame or flat"),
        ("flat = 3\n", "flat = -3\n", "flat"),
        ("per_second = 2.5\n", "per_second = -2.5\n", "per_second"),
        ("minimum = 4\n", "minimum = -4\n", "minimum"),
        ('source = "nowhere"\n  checked = 2026-11-01\n\n', 'source = "nowhere"\n\n', "checked"),
        ("max_units = 60", "max_units = 0", "max_units"),
        (
            'label = "First frame"',
            'label = "First"\n  aspect = [2.0, 0.5]',
            "aspect runs backwards",
        ),
        ('label = "First frame"', 'label = "First"\n  needs = "frist"', "input first needs frist"),
        ('label = "First frame"', 'label = "F"\n' + PICTURE, "input first stands twice"),
        ('id = "plume_2"', "id = 2", "id"),
    ],
)
def test_a_mistake_is_named_with_its_file_model_and_field(
    write: Callable[[str], Path], good: str, bad: str, field: str
) -> None:
    text = GOOD + PICTURE
    assert good in text
    with pytest.raises(CatalogError) as caught:
        Catalog.load(write(text.replace(good, bad, 1)))
    message = caught.value.message
    assert message.startswith("plume.toml: ")
    assert " on text_to_video" in message
    assert field in message


@pytest.mark.parametrize(
    "text", ["", "model = 1", "model = [1]", "[[model]", "[model]\nid = 'x'", "x = 1\xff"]
)
def test_a_file_that_is_no_catalogue_is_named(write: Callable[[str], Path], text: str) -> None:
    with pytest.raises(CatalogError, match=r"plume\.toml"):
        Catalog.load(write(text))


def test_a_model_that_stands_twice_is_named(write: Callable[[str], Path]) -> None:
    with pytest.raises(CatalogError, match="plume_2 on text_to_video stands twice"):
        Catalog.load(write(GOOD + GOOD))


def test_a_folder_without_models_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="No model in"):
        Catalog.load(tmp_path)


# -- prices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "model_id", "params", "credits"),
    [
        ("image_to_video", "gen4_turbo", {"duration": 5}, 25),
        ("image_to_video", "gen4_turbo", {"duration": 10}, 50),
        ("text_to_video", "gen4.5", {"duration": 2}, 24),
        ("image_to_video", "gen4.5", {"duration": 10}, 120),
        ("text_to_video", "veo3.1", {"duration": 8, "audio": True}, 320),
        ("text_to_video", "veo3.1", {"duration": 8, "audio": False}, 160),
        ("image_to_video", "veo3.1", {"duration": 4, "audio": True}, 160),
        ("image_to_video", "veo3.1_fast", {"duration": 8, "audio": True}, 120),
        ("text_to_video", "veo3.1_fast", {"duration": 6, "audio": False}, 60),
    ],
)
def test_known_prices(
    endpoint: str, model_id: str, params: dict[str, int | bool], credits: int
) -> None:
    entry = model(endpoint, model_id)
    assert entry.quote(entry.defaults | params) == credits


def test_a_price_that_nobody_knows_is_none_and_never_a_guess() -> None:
    veo = model("text_to_video", "veo3.1")
    assert veo.quote({"duration": 8}) is None
    assert veo.quote({"audio": True}) is None
    assert veo.quote({"audio": True, "duration": "8"}) is None
    assert veo.model_copy(update={"price": ()}).quote(veo.defaults) is None


def test_prices_round_up_and_keep_their_minimum(write: Callable[[str], Path]) -> None:
    (plume,) = Catalog.load(write(GOOD))
    assert plume.quote({"style.grain": True, "duration": 1}) == 4
    assert plume.quote({"style.grain": True, "duration": 3}) == 8
    assert plume.quote({"style.grain": False, "duration": 3}) == 3


def test_every_current_model_has_a_price_with_source_and_date_for_its_defaults() -> None:
    for entry in CATALOG:
        row = entry.price_row(entry.defaults)
        assert row, entry.id
        assert row.source, entry.id
        assert row.checked, entry.id


def test_money_is_written_in_dollars() -> None:
    assert [dollars(n) for n in (0, 1, 25, 123_456)] == ["$0.00", "$0.01", "$0.25", "$1,234.56"]


@given(st.text())
def test_prompts_are_counted_in_utf16_units(text: str) -> None:
    assert utf16_units(text) == sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def test_an_emoji_is_two_units() -> None:
    assert utf16_units("a🎬é") == 4


# -- bodies ---------------------------------------------------------------------------------------


def test_a_body_nests_dotted_names_and_places_its_frames() -> None:
    veo = model("image_to_video", "veo3.1")
    request = Request(
        "image_to_video",
        "veo3.1",
        "",
        {"ratio": "1280:720", "contentModeration.publicFigureThreshold": "low"},
        (Input("last", url="https://x.example/b.png"), Input("first", sha256="ab")),
    )
    uris = ["https://x.example/b.png", "runway://a"]
    assert veo.body(request, uris) == {
        "model": "veo3.1",
        "promptImage": [
            {"uri": "runway://a", "position": "first"},
            {"uri": "https://x.example/b.png", "position": "last"},
        ],
        "ratio": "1280:720",
        "contentModeration": {"publicFigureThreshold": "low"},
    }


def test_sizes_are_pixels() -> None:
    assert pixels("1280:720") == (1280, 720)
    assert model("text_to_video", "gen4.5").ratios == ("1280:720", "720:1280")


def test_no_model_id_stands_in_the_program() -> None:
    ids = sorted({entry.id for entry in CATALOG}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.])" for name in ids))
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value[:60]!r}"
        for folder in ("core", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and pattern.search(node.value)
    ]
    assert found == []


# -- a model is a data change ---------------------------------------------------------------------


def test_an_invented_model_goes_from_a_request_to_a_video_without_any_python(
    write: Callable[[str], Path],
    open_studio: Callable[[Settings], Studio],
    settle: Callable[..., Generation],
    clock: Clock,
    tmp_path: Path,
    key: str,
) -> None:
    folder = write(GOOD)
    with Emulator(clock=clock.now, catalog_dir=folder) as emulator:
        studio = open_studio(
            Settings(tmp_path / "data", folder, key, emulator.url, poll_seconds=0.05)
        )
        (plume,) = studio.catalog.of_kind("text")
        request = Request(plume.endpoint, plume.id, "A feather falls", plume.defaults)
        assert studio.problems(request) == []
        generation, _ = studio.submit(request, "one")
        done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED
    assert done.credits_quoted == done.credits_charged == 3
    assert done.main
    assert (done.main.width, done.main.height, done.main.duration) == (320, 180, 1.0)
