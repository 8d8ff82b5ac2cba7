"""The catalogue: mistakes in its files, prices, bodies, and a model that no Python knows."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.catalog import Catalog
from core.catalog.model import Model, utf16_units
from core.catalog.prices import Given
from core.catalog.ratios import pixels
from core.compose.checks import problems
from core.emulator import Emulator
from core.errors import CatalogError
from core.generations import Generation, Input, Request, Status
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
  role = "ratio"
  kind = "choice"
  label = "Ratio"
  choices = ["320:180", "180:320"]
  default = "320:180"
  required = true

  [[model.param]]
  name = "duration"
  role = "duration"
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
SECOND_RATIO = """
  [[model.param]]
  name = "aspect"
  role = "ratio"
  kind = "choice"
  label = "Aspect"
  choices = ["1:1"]

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
        ('role = "ratio"', 'role = "seed"', "param, 0: the role seed is none for the kind choice"),
        ('role = "ratio"', 'role = "raito"', "param, 0, role"),
        ("  [[model.param]]\n", SECOND_RATIO + "  [[model.param]]\n", "role ratio stands twice"),
        ('  role = "duration"\n', "", "price: per_second needs a setting in the role duration"),
        ('name = "duration"', 'name = "length"', "in the role duration is length, not duration"),
        ("per_second = 2.5\n", "per_frame = 2.5\n", "per_frame needs seconds_of"),
        ("flat = 3\n", 'flat = 3\n  seconds_of = "clip"\n', "price speaks of clip"),
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


def test_a_name_has_the_same_role_in_all_models(write: Callable[[str], Path]) -> None:
    other = GOOD.replace("plume_2", "plume_3").replace('  role = "ratio"\n', "")
    with pytest.raises(CatalogError) as caught:
        Catalog.load(write(GOOD + other))
    said = "ratio has no role in plume_3 on text_to_video, and ratio in plume_2 on text_to_video"
    assert said in caught.value.message


def test_a_folder_without_models_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="No model in"):
        Catalog.load(tmp_path)


# -- what a setting means -------------------------------------------------------------------------


def test_a_setting_is_known_by_its_role_whatever_its_name(write: Callable[[str], Path]) -> None:
    text = GOOD.replace('name = "ratio"', 'name = "output.aspect"')
    [plume] = Catalog.load(write(text))
    assert plume.ratios == ("320:180", "180:320")
    assert plume.frame({"output.aspect": "180:320"}) == (180, 320)
    assert plume.value_of("ratio", {"output.aspect": "180:320", "ratio": "320:180"}) == "180:320"
    assert plume.value_of("seed", {"seed": 1}) is None


def test_a_request_whose_model_is_gone_is_read_by_the_names_of_the_others() -> None:
    gone = Request("image_to_video", "gone_1", params={"seed": 7, "ratio": "16:9"})
    assert CATALOG.find(gone.endpoint, gone.model) is None
    assert CATALOG.name_in(gone, "seed") == "seed"
    assert CATALOG.name_in(gone, "ratio") == "ratio"
    assert CATALOG.name_in(gone, "draft") == ""
    assert CATALOG.names_of("tag") == ("tag",)


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


HD: dict[str, Any] = {"width": 1280, "height": 720, "frame_rate": 24.0}
CLIP = Given("video", "video", seconds=10.0, **HD)
PICTURES = [Given("reference"), Given("reference")]


@pytest.mark.parametrize(
    ("endpoint", "model_id", "params", "inputs", "credits"),
    [
        # Runway: 12 + 5 for editing files, 12 + 20 for ten bits and more
        ("image_to_video", "gen4.5", {"outputFormat": "prores"}, [], 85),
        ("text_to_video", "gen4.5", {"outputFormat": "hdr_exr_sequence", "duration": 10}, [], 320),
        ("character_performance", "act_two", {}, [Given("performance", "video", seconds=4.2)], 21),
        ("character_performance", "act_two", {}, [Given("performance", "video", seconds=1.0)], 15),
        ("video_to_video", "aleph2", {}, [CLIP], 280),
        ("video_to_video", "aleph2", {}, [replace(CLIP, seconds=1.5)], 56),
        ("video_to_video", "aleph2", {"outputFormat": "png_sequence"}, [CLIP], 330),
        ("video_to_video", "aleph2", {"outputFormat": "sdr_rec709_10bit"}, [CLIP], 480),
        ("video_to_hdr", "ruby", {}, [CLIP], 200),
        ("video_to_hdr", "ruby", {}, [replace(CLIP, width=2560, height=1440)], 200),
        ("video_to_hdr", "ruby", {}, [replace(CLIP, width=3840, height=2160)], 400),
        ("video_upscale", "enhance_frame_rate", {}, [replace(CLIP, seconds=9.2)], 5),
        # Magnific counts frames: 240 of them, rounded up, and 63 and 81 as a user saw them
        ("video_upscale", "magnific_video_upscaler_creative", {}, [CLIP], 216),
        ("video_upscale", "magnific_video_upscaler_creative", {"resolution": "4k"}, [CLIP], 288),
        (
            "video_upscale",
            "magnific_video_upscaler_creative",
            {"resolution": "720p"},
            [replace(CLIP, seconds=3.75)],
            63,
        ),
        (
            "video_upscale",
            "magnific_video_upscaler_creative",
            {},
            [replace(CLIP, seconds=3.75)],
            81,
        ),
        # by size, with what references add
        ("text_to_video", "seedance2", {}, PICTURES, 180),
        ("text_to_video", "seedance2", {"ratio": "1920:1080"}, [], 200),
        ("video_to_video", "seedance2", {"ratio": "3840:2160", "duration": "auto"}, [CLIP], 2250),
        ("image_to_video", "seedance2_fast", {"duration": 4}, [], 116),
        ("image_to_video", "seedance2_mini", {"duration": 4}, [], 64),
        ("image_to_video", "seedance2_mini", {"duration": 5}, [], 80),
        ("image_to_video", "seedance2_5", {"ratio": "640:640", "duration": 4}, [], 80),
        ("image_to_video", "seedance2_5", {"ratio": "1920:1080"}, [], 340),
        ("video_to_video", "seedance2_5", {}, [CLIP], 300),
        ("image_to_video", "wan3", {"ratio": "auto_480p"}, [], 25),
        ("text_to_video", "wan3", {"ratio": "1920:1080"}, [], 100),
        ("text_to_video", "wan3_prime", {"ratio": "832:480", "duration": 4}, [], 28),
        ("text_to_video", "hailuo3", {}, PICTURES, 54),
        ("image_to_video", "hailuo3", {"resolution": "2k"}, [Given("first")], 75),
        ("text_to_video", "h3_max", {"resolution": "768p"}, [], 40),
        ("text_to_video", "h3_max", {}, [], 25),
        ("image_to_video", "grok_imagine_1_5", {}, [Given("first")], 81),
        ("text_to_video", "grok_imagine_1_5", {"resolution": "1080p"}, [], 145),
        ("image_to_video", "grok_imagine_1_5_lite", {}, [Given("first")], 16),
        ("text_to_video", "grok_imagine_1_5_lite", {"ratio": "480:480"}, [], 10),
        ("text_to_video", "grok_imagine_1_5_lite", {"ratio": "1424:1424"}, [], 70),
        ("image_to_video", "happyhorse_1_0", {}, [], 75),
        ("text_to_video", "happyhorse_1_0", {"ratio": "1662:1248"}, [], 150),
        ("image_to_video", "gemini_omni_flash", {}, [Given("first")], 51),
        ("video_to_video", "gemini_omni_flash", {}, [CLIP, *PICTURES], 102),
        ("text_to_video", "gemini_omni_flash_1.1", {"ratio": "360:640", "duration": 3}, [], 11),
        ("text_to_video", "gemini_omni_flash_1.1", {"ratio": "3840:2160", "duration": 3}, [], 90),
        ("text_to_video", "kling3.0_standard", {}, [], 65),
        ("image_to_video", "kling3.0_standard", {"audio": False}, [], 45),
        ("text_to_video", "kling3.0_pro", {}, [], 85),
        ("image_to_video", "kling3.0_pro", {"audio": False}, [], 60),
        ("text_to_video", "kling2.5_turbo_pro", {}, [], 60),
        ("text_to_video", "kling2.5_turbo_pro", {"ratio": "1920:1080"}, [], 75),
        ("image_to_video", "kling2.5_turbo_pro", {}, [], 75),
        ("text_to_image", "gpt_image_2", {}, [], 41),
        ("text_to_image", "gpt_image_2", {"outputCount": 3}, [], 123),
        # pictures, each of several at the price
        ("text_to_image", "gen4_image", {}, [], 5),
        ("text_to_image", "gen4_image", {"ratio": "1920:1080"}, [], 8),
        ("text_to_image", "gen4_image_turbo", {"ratio": "1920:1080"}, PICTURES, 2),
        ("text_to_image", "gemini_2.5_flash", {}, [], 5),
        ("text_to_image", "gemini_image3_pro", {"ratio": "2048:2048", "outputCount": 4}, [], 80),
        ("text_to_image", "gemini_image3_pro", {"ratio": "4096:4096"}, [], 40),
        ("text_to_image", "muse_image", {"outputCount": 3}, [], 3),
        ("text_to_image", "bria_fibo_1_5", {}, [], 5),
        ("text_to_image", "bria_fibo_1_5", {"ratio": "2048:1152"}, [], 10),
        ("text_to_image", "ideogram_4_0", {"quality": "high", "outputCount": 2}, [], 22),
        ("text_to_image", "ideogram_4_5", {"quality": "very_low"}, PICTURES, 1),
        ("text_to_image", "ideogram_4_5", {"quality": "high"}, [], 25),
        # retired
        ("image_to_video", "gen3a_turbo", {}, [], 25),
        ("text_to_video", "veo3", {}, [], 320),
        ("video_to_video", "gen4_aleph", {}, [CLIP], 150),
    ],
)
def test_known_prices_with_their_conditions(
    endpoint: str,
    model_id: str,
    params: dict[str, int | str],
    inputs: list[Given],
    credits: int,
) -> None:
    entry = model(endpoint, model_id)
    assert entry.quote(entry.defaults | params, inputs) == credits


@pytest.mark.parametrize(
    ("endpoint", "model_id", "params", "inputs"),
    [
        ("text_to_video", "kling_4", {}, []),
        ("image_to_video", "klingO3_pro", {}, []),
        ("text_to_video", "kling3.0_4k", {"audio": False}, []),
        ("text_to_image", "gpt_image_2_5_flare", {}, []),
        ("text_to_video", "gemini_omni_flash_1.1", {"ratio": "1280:720"}, []),
        ("video_upscale", "magnific_video_upscaler_creative", {"fpsBoost": True}, [CLIP]),
        ("video_to_hdr", "ruby", {}, [Given("video", "video")]),
        ("video_upscale", "upscale_v1", {}, [CLIP]),
        ("video_upscale", "enhance_frame_rate", {}, []),
        ("video_to_video", "aleph2", {}, []),
    ],
)
def test_what_no_source_prices_is_not_known(
    endpoint: str, model_id: str, params: dict[str, bool | str], inputs: list[Given]
) -> None:
    entry = model(endpoint, model_id)
    assert entry.quote(entry.defaults | params, inputs) is None


def test_a_draft_that_is_finished_has_no_known_price() -> None:
    assert model("text_to_video", "seedance2_5").quote({"draftTaskId": "an id"}) is None


def test_money_is_written_in_dollars() -> None:
    dollars = CATALOG.suppliers["runway"].dollars
    assert [dollars(n) for n in (0, 1, 25, 123_456)] == ["$0.00", "$0.01", "$0.25", "$1,234.56"]
    half_a_cent = CATALOG.suppliers["runway"].model_copy(update={"credit_usd": Decimal("0.005")})
    assert [half_a_cent.dollars(n) for n in (1, 12, 427)] == ["$0.005", "$0.06", "$2.14"]


@given(st.text())
@pytest.mark.slow
def test_prompts_are_counted_in_utf16_units(text: str) -> None:
    assert utf16_units(text) == sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def test_an_emoji_is_two_units() -> None:
    assert utf16_units("a🎬é") == 4


# -- what the form opens with ---------------------------------------------------------------------


def test_the_app_opens_with_the_quick_cheap_model() -> None:
    assert next(iter(CATALOG)).id == "gen4_turbo"


def test_every_retired_model_has_its_date_and_a_successor_that_can_be_chosen() -> None:
    retired = [entry for entry in CATALOG if entry.status == "retired"]
    assert {entry.id for entry in retired} == {"gen3a_turbo", "gen4_aleph", "veo3", "upscale_v1"}
    for entry in retired:
        assert entry.retired_on, entry.id
        successor = model(entry.endpoint, entry.successor)
        assert successor.status == "current"


def test_a_guess_of_ours_never_stands_as_a_fact() -> None:
    """Lengths and numbers of files that Runway does not state say so."""
    for entry in CATALOG:
        if entry.status == "retired":
            continue
        length = entry.setting("duration")
        stated = entry.id in STATES_ITS_LENGTH
        if length and length.kind != "choice" and not stated:
            assert length.assumed, f"{entry.id} on {entry.endpoint}"
        for slot in entry.input:
            if slot.role in ("reference_video", "reference_audio") and not stated:
                assert slot.assumed, f"{entry.id} on {entry.endpoint}"


def test_a_model_that_speaks_of_sound_has_it_always_or_by_a_setting() -> None:
    for entry in CATALOG:
        speaks = re.search(r"(?<!without )\bsound\b", entry.about) is not None
        if entry.makes == "video" and speaks and not entry.setting("audio"):
            assert entry.sound, f"{entry.id} on {entry.endpoint}"
    assert all(entry.sound for entry in CATALOG if entry.id == "kling_4")


STATES_ITS_LENGTH = {
    "gen4.5", "gemini_omni_flash", "gemini_omni_flash_1.1",  # in the SDK
    "happyhorse_1_0", "hailuo3", "wan3", "grok_imagine_1_5",  # in runwayml/openapi
}  # fmt: skip


@pytest.mark.parametrize(
    ("model_id", "least", "most"),
    [
        ("hailuo3", 1, 6000),
        ("wan3", 1, 20000),
        ("grok_imagine_1_5", 1, 2500),
        ("kling3.0_standard", 2, 2500),
        ("happyhorse_1_0", 2, 2500),
    ],
)
def test_a_prompt_is_as_long_as_runway_takes_it(model_id: str, least: int, most: int) -> None:
    entries = [entry for entry in CATALOG if entry.id == model_id and entry.prompt.offered]
    assert entries
    for entry in entries:
        assert (entry.prompt.min_units, entry.prompt.max_units) == (least, most), entry.endpoint
        for text, good in (("x" * least, True), ("x" * (least - 1), least == 1)):
            request = Request(entry.endpoint, entry.id, text, entry.defaults)
            found = [p.message for p in problems(entry, request, lambda _sha: None)]
            assert ("too short" in " ".join(found)) is not good


def test_what_veo_keeps_out_has_an_end() -> None:
    for entry in CATALOG:
        if entry.id.startswith("veo"):
            setting = entry.setting("negativePrompt")
            assert setting
            assert setting.range == (0, 1000)


def test_the_dearest_value_is_never_the_default() -> None:
    for entry in CATALOG:
        if entry.status == "retired" or len(entry.rates) < 2:
            continue
        row = entry.price_row(entry.defaults)
        if row and row.per_second is not None and "audio" not in row.when:
            assert row.per_second < entry.rates[-1], f"{entry.id} on {entry.endpoint}"


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


@pytest.mark.slow
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


@pytest.mark.slow
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
        assert studio.compose.problems(request) == []
        generation, _ = studio.compose.submit(request, "one")
        done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED
    assert done.credits_quoted == done.credits_charged == 3
    assert done.main
    assert (done.main.width, done.main.height, done.main.duration) == (320, 180, 1.0)
