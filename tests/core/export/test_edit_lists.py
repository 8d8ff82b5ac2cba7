"""Edit lists, read back by the library that editing programs use."""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import unquote

import opentimelineio
import pytest

from core.export.edit_lists import Clip, edl, otio

CLIPS = [
    Clip("clips/a_00012.mp4", 12, 5.0, 24.0),
    Clip("clips/雨 b.mp4", 7, 10.04, 25.0),
    Clip("clips/c.mp4", 100_007, 4.2, 23.976),
    Clip("clips/d.mp4", 3, 3.0, 24.0),
]


def test_otio_has_the_clips_in_their_order_with_their_own_rates() -> None:
    read = opentimelineio.adapters.read_from_string(otio("Nordlicht", CLIPS).decode(), "otio_json")
    shots = list(read.find_clips())
    assert read.name == "Nordlicht"
    assert [unquote(shot.media_reference.target_url) for shot in shots] == [c.path for c in CLIPS]
    assert [shot.source_range.duration.value for shot in shots] == [120, 251, 101, 72]
    assert shots[2].source_range.duration.rate == pytest.approx(float(Fraction(24000, 1001)))
    assert [shot.metadata["dailies"]["generation"] for shot in shots] == [12, 7, 100_007, 3]


def test_edl_counts_in_the_rate_of_most_and_names_the_files() -> None:
    text = edl("Nørdlicht\nTITLE: evil", CLIPS).decode()
    assert text.startswith("TITLE: N rdlicht TITLE: evil\n")
    for clip in CLIPS:
        assert f"* FROM CLIP NAME:  {clip.path.partition('/')[2]}\n" in text
    read = opentimelineio.adapters.read_from_string(text, "cmx_3600", rate=24)
    lengths = [shot.source_range.duration.value for shot in read.find_clips()]
    assert lengths[0] == 120
    assert sum(lengths) == read.duration().value


@pytest.mark.parametrize("rate", [0.0, 0.5, 12.0, 29.97, 60.0, 120.0, 1000.0])
def test_any_rate_gives_a_list(rate: float) -> None:
    clips = [Clip("clips/a.mp4", 1, 2.0, rate)]
    assert b"a.mp4" in edl("x", clips)
    read = opentimelineio.adapters.read_from_string(otio("x", clips).decode(), "otio_json")
    assert read.duration().to_seconds() == pytest.approx(2.0, abs=0.05)
