"""Looking into videos and sounds: what they are by their content, how long, and their frames."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core import clips
from core.errors import Unplayable
from core.kinds import RECORDINGS
from tests.footage import film, sound


def shade(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L")).mean())


@pytest.mark.parametrize(
    ("name", "kind", "codec"),
    [
        ("a.mp4", "video/mp4", "h264"),
        ("a.mov", "video/quicktime", "h264"),
        ("a.mkv", "video/x-matroska", "h264"),
        ("a.webm", "video/webm", "vp8"),
        ("a.3gp", "video/3gpp", "h264"),
        ("a.ogv", "video/ogg", "vp8"),
    ],
)
def test_a_video_is_known_by_its_content_and_measured(
    tmp_path: Path, name: str, kind: str, codec: str
) -> None:
    film(tmp_path / name)
    path = (tmp_path / name).rename(tmp_path / "renamed.txt")
    facts, first = clips.measure(path)
    assert (facts.media_type, facts.codec) == (kind, codec)
    assert (facts.width, facts.height, facts.frame_rate) == (320, 180, 24.0)
    assert facts.duration == pytest.approx(2.0, abs=0.05)
    assert first is not None
    assert shade(first) < 20
    assert RECORDINGS[kind] == name.partition(".")[2]


@pytest.mark.parametrize(
    ("name", "kind", "codec"),
    [
        ("a.mp3", "audio/mpeg", "mp3"),
        ("a.wav", "audio/wav", "pcm_s16le"),
        ("a.flac", "audio/flac", "flac"),
        ("a.m4a", "audio/mp4", "aac"),
        ("a.ogg", "audio/ogg", "opus"),
        ("a.aac", "audio/aac", "aac"),
    ],
)
def test_a_sound_is_known_by_its_content_and_measured(
    tmp_path: Path, name: str, kind: str, codec: str
) -> None:
    sound(tmp_path / name)
    facts, still = clips.measure(tmp_path / name)
    assert still is None
    assert (facts.media_type, facts.codec, facts.width, facts.frame_rate) == (kind, codec, 0, 0.0)
    assert facts.duration == pytest.approx(1.0, abs=0.06)
    assert RECORDINGS[kind] == name.partition(".")[2]


def test_a_sound_with_a_cover_stays_a_sound(tmp_path: Path) -> None:
    path = tmp_path / "cover.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        tone = container.add_stream("aac", rate=48000, layout="mono")
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(cover.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 64)))))
        container.mux(cover.encode(None))
        container.mux(tone.encode(frame))
        container.mux(tone.encode(None))
    assert clips.measure(path)[0].media_type == "audio/mp4"


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mkv"])
def test_the_first_and_the_last_frame_are_the_first_and_the_last(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    film(path)
    assert shade(clips.frame(path, "first")) < 15
    assert shade(clips.frame(path, "last")) > 240


@pytest.mark.parametrize(("second", "grey"), [(0.0, 0), (0.5, 65), (1.0, 130), (1.5, 195)])
def test_a_frame_is_the_one_that_is_seen_at_that_moment(
    tmp_path: Path, second: float, grey: int
) -> None:
    film(tmp_path / "a.mp4")
    assert shade(clips.frame(tmp_path / "a.mp4", second)) == pytest.approx(grey, abs=5)


def test_a_moment_after_the_end_gives_the_last_frame(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    assert shade(clips.frame(tmp_path / "a.mp4", 99.0)) > 240


def test_a_clip_of_odd_size_and_rate_is_measured_from_the_file(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", seconds=1, size=(198, 312))
    facts, first = clips.measure(tmp_path / "a.mp4")
    assert facts == clips.Facts("video/mp4", 198, 312, 1.0, 24.0, "h264", 8)
    assert first is not None
    assert first.size == (198, 312)


def test_a_video_held_upright_is_measured_and_seen_upright(tmp_path: Path) -> None:
    film(tmp_path / "flat.mp4", seconds=1)
    (tmp_path / "turned.mp4").write_bytes(turned((tmp_path / "flat.mp4").read_bytes()))
    facts, first = clips.measure(tmp_path / "turned.mp4")
    assert (facts.width, facts.height) == (180, 320)
    assert first is not None
    assert first.size == clips.frame(tmp_path / "turned.mp4", "last").size == (180, 320)


def turned(film: bytes) -> bytes:
    """The film with a note in its track's head that it is to be shown turned by a quarter."""
    one = (1 << 16).to_bytes(4, "big")
    none = bytes(4)
    flat = one + none * 3 + one + none * 3 + (1 << 30).to_bytes(4, "big")
    quarter = none + one + none + (-(1 << 16)).to_bytes(4, "big", signed=True) + none * 2
    quarter += (180 << 16).to_bytes(4, "big") + none + (1 << 30).to_bytes(4, "big")
    start = film.index(b"tkhd")
    place = film.index(flat, start)
    return film[:place] + quarter + film[place + len(flat) :]


def test_a_recording_without_a_length_in_its_head_is_counted(tmp_path: Path) -> None:
    film(tmp_path / "a.webm", seconds=2)
    live = io.BytesIO()
    with (
        av.open(str(tmp_path / "a.webm")) as source,
        av.open(live, "w", format="webm", options={"live": "1"}) as target,
    ):
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    (tmp_path / "live.webm").write_bytes(live.getvalue())
    facts, _ = clips.measure(tmp_path / "live.webm")
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_a_video_that_was_cut_short_is_known_and_damaged(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4", seconds=2, noise=True)
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unplayable) as raised:
        clips.measure(tmp_path / "cut.mp4")
    assert raised.value.known


@pytest.mark.parametrize("which", ["first", "last", 0.5])
def test_a_frame_of_no_clip_is_an_error_of_ours(tmp_path: Path, which: clips.Which) -> None:
    sound(tmp_path / "sound.mp3")
    (tmp_path / "text.mp4").write_text("no clip")
    for name in ("missing.mp4", "text.mp4", "sound.mp3"):
        with pytest.raises(Unplayable):
            clips.frame(tmp_path / name, which)


@pytest.mark.parametrize("kind", ["text", "noise", "list", "zeros"])
def test_what_is_neither_video_nor_sound_is_not_known(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.mp4"
    film(secret, seconds=1)
    contents = {
        "text": b"not a video at all\n" * 99,
        "noise": np.random.default_rng(7).bytes(50_000),
        "list": b"#EXTM3U\n#EXTINF:2,\n" + str(secret).encode() + b"\n#EXT-X-ENDLIST\n",
        "zeros": bytes(5000),
    }
    path = tmp_path / "a.mp4"
    path.write_bytes(contents[kind])
    with pytest.raises(Unplayable) as raised:
        clips.measure(path)
    assert not raised.value.known
