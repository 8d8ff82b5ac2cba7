"""Prices that an owner corrects: they hold in place of ours, and a fault in them is only said."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalog.catalog import Catalog
from core.catalog.price_overrides import Overrides, read
from core.generations import Request
from core.settings import Settings
from tests.conftest import OpenStudio

CATALOG = Catalog.load(Settings().catalog_dir)
ROW = """
  [[model.price]]
  per_second = 14
  source = "https://prices.example.com"
  checked = 2026-11-20
"""
GOOD = f"""
[[model]]
endpoint = "text_to_video"
id = "gen4.5"
{ROW}
"""


def written(folder: Path, text: str | bytes) -> Overrides:
    path = folder / "prices.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, CATALOG)


def test_without_a_file_nothing_is_corrected(tmp_path: Path) -> None:
    assert read(tmp_path / "prices.toml", CATALOG) == Overrides()


def test_its_rows_hold_for_their_model_alone(tmp_path: Path) -> None:
    overrides = written(tmp_path, GOOD)
    assert overrides.faults == ()
    corrected = CATALOG.with_prices(overrides.prices)
    for model in corrected:
        before = CATALOG.find(model.endpoint, model.id)
        assert before is not None
        if (model.endpoint, model.id) == ("text_to_video", "gen4.5"):
            assert model.quote({"duration": 5}) == 70
            assert [row.source for row in model.price] == ["https://prices.example.com"]
        else:
            assert model == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[model", "prices.toml cannot be read: "),
        (b"\xff\xfe", "prices.toml cannot be read: "),
        ("[[price]]\nflat = 1", "prices.toml: “price” is not known; it holds [[model]] alone."),
        ("model = 3", "prices.toml: model 1: "),
        ("[model]\nid = 'x'", "prices.toml: model 1: endpoint: Field required."),
        (
            GOOD.replace("gen4.5", "gen9"),
            "prices.toml: gen9 on text_to_video: there is no such model on this endpoint.",
        ),
        (
            GOOD.replace(ROW, ""),
            "prices.toml: gen4.5 on text_to_video: it has no [[model.price]].",
        ),
        (
            GOOD.replace("per_second = 14", "per_second = -1"),
            "prices.toml: gen4.5 on text_to_video: price, 0, per_second: ",
        ),
        (
            GOOD.replace("checked = 2026-11-20", ""),
            "prices.toml: gen4.5 on text_to_video: price, 0, checked: Field required.",
        ),
        (
            GOOD.replace("per_second = 14", "per_second = 14\nwhen = { mood = 1 }"),
            "prices.toml: gen4.5 on text_to_video: ",
        ),
    ],
)
def test_a_fault_is_said_and_left_out(tmp_path: Path, text: str | bytes, said: str) -> None:
    overrides = written(tmp_path, text)
    assert overrides.prices == {}
    assert overrides.faults[0].startswith(said)


def test_the_rest_of_a_file_with_a_fault_holds(tmp_path: Path) -> None:
    overrides = written(tmp_path, GOOD + GOOD.replace("gen4.5", "gen9") + GOOD)
    assert list(overrides.prices) == [("text_to_video", "gen4.5")]
    assert [fault.split(": ")[-1] for fault in overrides.faults] == [
        "there is no such model on this endpoint.",
        "it stands twice, and the first holds.",
    ]


@pytest.mark.slow
def test_a_server_quotes_by_the_file_in_its_data_folder(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    (settings.data_dir / "prices.toml").write_text(GOOD)
    assert open_studio(settings).compose.quote(text_request) == 28
