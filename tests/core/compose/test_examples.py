"""What the demo offers to try can be sent as it is, at the price of the catalogue."""

from __future__ import annotations

import pytest

from core.compose.examples import SAMPLES, Planned, examples, week
from core.studio import Studio

WEEK = week()


@pytest.mark.parametrize("planned", WEEK, ids=lambda planned: planned.request.prompt[:30])
def test_nothing_speaks_against_any_of_the_week_and_its_price_is_that_of_the_catalogue(
    studio: Studio, planned: Planned
) -> None:
    model = studio.compose.model(planned.request)
    assert model is not None
    assert model.status != "retired"
    kept = {f: studio.uploads.add(f.name, f.read_bytes())[0].sha256 for f in planned.files.values()}
    request = planned.complete(model, kept)
    assert studio.compose.problems(request) == []
    priced = bool(model.price)  # the one model for sound has no price in the catalogue
    assert (studio.compose.quote(request) is not None) == priced


def test_the_week_shows_what_there_is_to_see() -> None:
    ratios = {planned.request.params.get("ratio") for planned in WEEK}
    assert {"720:1280", "960:960", "832:1104"} <= ratios
    assert len({planned.request.model for planned in WEEK}) >= 8
    assert len({planned.request.endpoint for planned in WEEK}) >= 5
    assert [planned.cancelled for planned in WEEK].count(True) == 1
    assert ["#fail-" in planned.request.prompt for planned in WEEK].count(True) == 1
    assert len({planned.request.prompt for planned in WEEK}) == len(WEEK) == 16


def test_every_sample_file_is_used() -> None:
    used = {file for planned in WEEK for file in planned.files.values()}
    used |= {file for one in examples() for file in (one.picture, one.still) if file}
    there = {f for f in SAMPLES.iterdir() if f.suffix in {".jpg", ".mp4"}}
    assert there == used
