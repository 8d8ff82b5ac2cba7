"""A text that travels in a file: found again, and nothing that is seen or heard has changed."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import av
import pytest
from PIL import Image

from core.decoders import carried_text
from core.decoders.clips import av_comments
from core.decoders.pictures import picture_texts
from core.errors import Untaggable
from tests.footage import displayed, film, prores, still

TEXT = '{"dailies":1,"prompt":"<fog> & „Nebel“ 🎬 \\u0000 ]]> --> \'x\'"}'
FORMS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


def packets(path: Path) -> list[tuple[int, bytes, float, float]]:
    """Stream, content and moments in seconds of everything in a clip."""
    with av.open(str(path)) as container:
        return [
            (p.stream_index, bytes(p), float(p.pts * p.time_base), float(p.dts * p.time_base))
            for p in container.demux()
            if p.size and p.pts is not None and p.dts is not None and p.time_base
        ]


def ffmpeg(*given: str | Path) -> None:
    order = ["ffmpeg", "-v", "error", "-y", *map(str, given)]
    subprocess.run(order, check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.parametrize("early", [True, False])
def test_a_clip_carries_it_through_a_copy_by_ffmpeg(tmp_path: Path, early: bool) -> None:
    source, tagged, again = (tmp_path / f"{name}.mp4" for name in ("source", "tagged", "again"))
    plain = tmp_path / "plain.mp4"
    film(plain, seconds=2)
    beside = ["-f", "lavfi", "-i", "sine=d=2", "-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    ffmpeg("-i", plain, *beside, *(["-movflags", "+faststart"] if early else []), source)
    before, kept = packets(source), source.read_bytes()

    carried_text.put(source, TEXT, tagged)

    assert source.read_bytes() == kept
    assert packets(tagged) == before
    content = tagged.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "a browser plays it while it comes"
    assert carried_text.find(tagged) == TEXT
    ffmpeg("-i", tagged, "-c", "copy", again)
    assert carried_text.find(again) == TEXT
    assert packets(again) == before


def test_a_turned_clip_stays_turned(tmp_path: Path) -> None:
    turned, tagged = tmp_path / "a.mp4", tmp_path / "b.mp4"
    turned.write_bytes(displayed(film(turned, size=(64, 36)), 0, 1, -1, 0))
    carried_text.put(turned, TEXT, tagged)
    with av.open(str(turned)) as before, av.open(str(tagged)) as after:
        shapes = [next(one.decode(video=0)).rotation for one in (before, after)]
    assert shapes[0] == shapes[1] != 0


def test_a_mov_of_prores_carries_it(tmp_path: Path) -> None:
    source, tagged = tmp_path / "a.mov", tmp_path / "b.mov"
    prores(source)
    carried_text.put(source, TEXT, tagged)
    assert packets(tagged) == packets(source)
    assert carried_text.find(tagged) == TEXT


def test_a_clip_with_a_track_that_a_copy_would_lose_is_left_alone(tmp_path: Path) -> None:
    plain, source, tagged = (tmp_path / f"{name}.mov" for name in "abc")
    film(plain, seconds=1)
    ffmpeg("-i", plain, "-c", "copy", "-timecode", "01:00:00:00", source)
    with pytest.raises(Untaggable):
        carried_text.put(source, TEXT, tagged)


def test_a_copy_that_is_not_the_same_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, tagged = tmp_path / "a.mp4", tmp_path / "b.mp4"
    film(source, seconds=1)
    monkeypatch.setitem(av_comments.FORMATS, ".mp4", "matroska")  # which counts in milliseconds
    with pytest.raises(Untaggable):
        carried_text.put(source, TEXT, tagged)


@pytest.mark.parametrize("suffix", ["mp3", "wav", "flac", "m4a", "ogg", "mkv", "webm"])
def test_sounds_and_other_clips_carry_it(tmp_path: Path, suffix: str) -> None:
    source, tagged = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1:r=48000", *_codec(suffix), source)
    carried_text.put(source, TEXT, tagged)
    assert packets(tagged) == packets(source)
    assert carried_text.find(tagged) == TEXT


def _codec(suffix: str) -> list[str]:
    return ["-c:a", "libopus"] if suffix in ("ogg", "webm") else []


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [("png", "RGB"), ("png", "RGBA"), ("jpg", "RGB")]
    + [("webp", mode) for mode in ("RGB", "RGBA", "lossless")],
)
def test_a_picture_carries_it_and_its_pixels_stay(tmp_path: Path, suffix: str, mode: str) -> None:
    path, tagged = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    picture = Image.effect_noise((61, 47), 90).convert("RGBA" if mode == "RGBA" else "RGB")
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(path, FORMS[suffix], lossless=mode == "lossless")
    carried_text.put(path, TEXT, tagged)
    assert carried_text.find(tagged) == TEXT
    with Image.open(path) as before, Image.open(tagged) as after:
        assert (after.mode, after.size) == (before.mode, before.size)
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("form", FORMS.values())
def test_other_programs_see_it_where_they_look(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(still(form=form))
    with Image.open(io.BytesIO(picture_texts.with_text(path, TEXT))) as picture:
        if form == "PNG":
            found = picture.info["Comment"]
        else:
            packet = ElementTree.fromstring(picture.info["xmp"])
            found = packet.findtext(".//{urn:dailies:recipe}recipe")
    assert found == TEXT


@pytest.mark.parametrize("form", ["WEBP", "JPEG"])
def test_a_picture_with_words_of_its_own_is_left_alone(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a"
    Image.new("RGB", (9, 9)).save(path, form, xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    with pytest.raises(Untaggable):
        picture_texts.with_text(path, TEXT)


def test_a_jpeg_takes_no_more_than_a_segment_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(still(form="JPEG"))
    with pytest.raises(Untaggable):
        picture_texts.with_text(path, "x" * 65_400)


def test_too_much_is_not_read(tmp_path: Path) -> None:
    source, tagged = tmp_path / "a.png", tmp_path / "b.png"
    source.write_bytes(still())
    tagged.write_bytes(picture_texts.with_text(source, "x" * (carried_text.MOST + 1)))
    assert carried_text.find(tagged) == ""
    clip, film_of_it = tmp_path / "a.mp4", tmp_path / "b.mp4"
    film(clip)
    with pytest.raises(Untaggable):
        carried_text.put(clip, "x" * (carried_text.MOST + 1), film_of_it)


@pytest.mark.parametrize("form", FORMS.values())
def test_a_picture_cut_anywhere_is_read_or_refused(tmp_path: Path, form: str) -> None:
    whole, cut = tmp_path / "a", tmp_path / "b"
    whole.write_bytes(still(form=form))
    content = picture_texts.with_text(whole, TEXT)
    for end in range(12, len(content), 7):
        cut.write_bytes(content[:end])
        assert picture_texts.text_of(cut, 1000) in ("", TEXT)
