"""Looking into videos and sounds: what they are by their content, how long, and their frames."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core.decoders.clips import av_files
from core.errors import Unplayable
from core.media_types import RECORDINGS
from tests.footage import Track, corners, displayed, enabled, film, half, sound, tracks


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
@pytest.mark.slow
def test_a_video_is_known_by_its_content_and_measured(
    tmp_path: Path, name: str, kind: str, codec: str
) -> None:
    film(tmp_path / name)
    path = (tmp_path / name).rename(tmp_path / "renamed.txt")
    facts, first = av_files.measure(path)
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
    facts, still = av_files.measure(tmp_path / name)
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
    assert av_files.measure(path)[0].media_type == "audio/mp4"


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mkv"])
def test_the_first_and_the_last_frame_are_the_first_and_the_last(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    film(path)
    assert shade(av_files.frame(path, "first")) < 15
    assert shade(av_files.frame(path, "last")) > 240


@pytest.mark.parametrize(("second", "grey"), [(0.0, 0), (0.5, 65), (1.0, 130), (1.5, 195)])
def test_a_frame_is_the_one_that_is_seen_at_that_moment(
    tmp_path: Path, second: float, grey: int
) -> None:
    film(tmp_path / "a.mp4")
    assert shade(av_files.frame(tmp_path / "a.mp4", second)) == pytest.approx(grey, abs=5)


def test_a_moment_after_the_end_gives_the_last_frame(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    assert shade(av_files.frame(tmp_path / "a.mp4", 99.0)) > 240


def test_a_clip_of_odd_size_and_rate_is_measured_from_the_file(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", seconds=1, size=(198, 312))
    facts, first = av_files.measure(tmp_path / "a.mp4")
    assert facts == av_files.Facts("video/mp4", 198, 312, 1.0, 24.0, "h264", 8)
    assert first is not None
    assert first.size == (198, 312)


@pytest.mark.parametrize(
    ("matrix", "seen"),
    [
        ((0, 1, -1, 0), Image.Transpose.ROTATE_270),
        ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
        ((0, -1, 1, 0), Image.Transpose.ROTATE_90),
        ((-1, 0, 0, 1), Image.Transpose.FLIP_LEFT_RIGHT),
        ((1, 0, 0, -1), Image.Transpose.FLIP_TOP_BOTTOM),
        ((0, 1, 1, 0), Image.Transpose.TRANSPOSE),
        ((0, -1, -1, 0), Image.Transpose.TRANSVERSE),
    ],
)
def test_a_video_that_was_turned_or_mirrored_is_measured_and_seen_as_players_show_it(
    tmp_path: Path, matrix: tuple[float, ...], seen: Image.Transpose
) -> None:
    path = tmp_path / "turned.mp4"
    path.write_bytes(displayed(tracks(tmp_path / "flat.mp4", Track()), *matrix))
    expected = corners((160, 96)).transpose(seen)
    facts, first = av_files.measure(path)
    assert (facts.width, facts.height) == expected.size
    assert first is not None
    for image in (first, av_files.frame(path, "last"), av_files.frame(path, 0.1)):
        assert image.size == expected.size
        assert np.abs(at_the_corners(image) - at_the_corners(expected)).max() < 12


def at_the_corners(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), np.int16)[[4, 4, -5, -5], [4, -5, 4, -5]]


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("64/45", (256, 144)), ("1/2", (180, 288)), ("1000000", (180, 144)), ("1", (180, 144))],
)
def test_pixels_that_are_no_squares_count_as_wide_as_they_are_shown(
    tmp_path: Path, ratio: str, size: tuple[int, int]
) -> None:
    path = tmp_path / "a.mp4"
    tracks(path, Track((180, 144), ratio=ratio))
    facts, first = av_files.measure(path)
    assert (facts.width, facts.height) == size
    assert first is not None
    assert first.size == av_files.frame(path, "last").size == size


def test_the_track_that_is_played_is_the_one_that_is_measured(tmp_path: Path) -> None:
    cover = Track((64, 48), "mjpeg", "yuvj420p")
    tracks(tmp_path / "jpeg.mov", cover, Track())
    tracks(tmp_path / "cover.mp4", replace(cover, cover=True), Track())
    both = tracks(tmp_path / "both.mp4", Track((96, 160)), Track())
    (tmp_path / "second.mp4").write_bytes(enabled(both, False, True))
    for name in ("jpeg.mov", "cover.mp4", "second.mp4"):
        facts, _ = av_files.measure(tmp_path / name)
        assert (facts.width, facts.height, facts.codec) == (160, 96, "h264"), name
    facts, _ = av_files.measure(tmp_path / "both.mp4")
    assert (facts.width, facts.height) == (96, 160)
    tracks(tmp_path / "old camera.mov", cover)
    assert av_files.measure(tmp_path / "old camera.mov")[0].codec == "mjpeg"


@pytest.mark.parametrize(("size", "space"), [((160, 96), "ITU601"), ((1280, 720), "ITU709")])
def test_colours_that_a_video_does_not_name_are_those_of_its_size(
    tmp_path: Path, size: tuple[int, int], space: str
) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        shown = av.VideoFrame.from_image(Image.new("RGB", size, (200, 40, 40)))
        written = shown.reformat(format="yuv420p", dst_colorspace=space)
        container.mux([*stream.encode(written), *stream.encode(None)])
    colour = np.asarray(av_files.frame(path, "first"))[0, 0]
    assert np.abs(colour.astype(int) - (200, 40, 40)).max() < 5


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
    facts, _ = av_files.measure(tmp_path / "live.webm")
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_a_video_that_was_cut_short_is_known_and_damaged(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4", seconds=2, noise=True)
    (tmp_path / "cut.mp4").write_bytes(half(whole))
    with pytest.raises(Unplayable) as raised:
        av_files.measure(tmp_path / "cut.mp4")
    assert raised.value.known


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_video_that_ends_before_its_index_says_that_it_was_cut_short(
    tmp_path: Path, name: str
) -> None:
    whole = tracks(tmp_path / name, Track())
    (tmp_path / "cut.mp4").write_bytes(whole[: whole.rindex(b"moov") - 40])
    with pytest.raises(Unplayable, match="cut short") as raised:
        av_files.measure(tmp_path / "cut.mp4")
    assert raised.value.known


@pytest.mark.parametrize("which", ["first", "last", 0.5])
def test_a_frame_of_no_clip_is_an_error_of_ours(tmp_path: Path, which: av_files.Which) -> None:
    sound(tmp_path / "sound.mp3")
    (tmp_path / "text.mp4").write_text("no clip")
    for name in ("missing.mp4", "text.mp4", "sound.mp3"):
        with pytest.raises(Unplayable):
            av_files.frame(tmp_path / name, which)


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
        av_files.measure(path)
    assert not raised.value.known


def test_a_codec_that_nobody_knows_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(film(path).replace(b"avc1", b"zzzz"))
    with pytest.raises(Unplayable):
        av_files.measure(path)
