"""Every kind of file that a request can make, rendered small and looked into."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image

from core.emulator.footage.frame_archives import frame_count
from core.emulator.footage.process import render
from core.emulator.render_job import Job
from tests.emulator.media import record

SMALL: dict[str, Any] = {"width": 320, "height": 180, "seconds": 1, "prompt": "Rain on neon"}
STILL: dict[str, Any] = SMALL | {"makes": "image", "suffix": ".png"}
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Renders a job, small unless told otherwise."""

    def render_one(number: int = 0, **job: Any) -> Path:
        made = Job(**(SMALL | job))
        target = tmp_path / f"{number}-{made.key}{made.suffix}"
        render(made, tmp_path, target, number)
        return target

    return render_one


def pictures(path: Path) -> list[np.ndarray]:
    """Every frame as RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


# -- videos ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "suffix", "profile", "codec", "pixels", "transfer"),
    [
        ("mp4", ".mp4", "", "h264", "yuv420p", 1),
        ("mov", ".mov", "", "h264", "yuv420p", 1),
        ("new_one", ".mp4", "", "h264", "yuv420p", 1),
        ("hdr10", ".mp4", "", "h264", "yuv420p10le", 16),
        ("hlg", ".mp4", "", "h264", "yuv420p10le", 18),
        ("sdr_rec709_10bit", ".mp4", "", "h264", "yuv420p10le", 1),
        ("hdr_pq_12bit_master", ".mov", "", "hevc", "yuv422p12le", 16),
        ("prores", ".mov", "422 LT", "prores", "yuv422p10le", 1),
        ("prores", ".mov", "", "prores", "yuv444p12le", 1),  # how FFmpeg reads any 4444
        ("hdr_prores", ".mov", "", "prores", "yuv422p10le", 16),
    ],
)
def test_a_video_has_its_codec_depth_and_light(
    make: Make, name: str, suffix: str, profile: str, codec: str, pixels: str, transfer: int
) -> None:
    path = make(encoding=name, suffix=suffix, profile=profile)
    with av.open(str(path)) as container:
        assert suffix.removeprefix(".") in container.format.name.split(",")
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.color_trc) == (codec, pixels, transfer)
        assert sum(1 for _ in container.decode(video=0)) == 24


@pytest.mark.parametrize(
    ("profile", "tag"), [("422 Proxy", "apco"), ("422 HQ", "apch"), ("4444 XQ", "ap4x")]
)
def test_prores_is_of_the_profile_that_was_asked_for(make: Make, profile: str, tag: str) -> None:
    with av.open(str(make(encoding="prores", suffix=".mov", profile=profile))) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


def test_white_in_hdr_is_darker_than_the_brightest_there_is(make: Make) -> None:
    plain, told = (pictures(make(encoding=name))[-1].max() for name in ("mp4", "hdr10"))
    assert 100 < told < 200 < plain


@pytest.mark.parametrize(("rate", "count"), [("60", 60), ("24000/1001", 24), ("120", 120)])
def test_a_video_has_the_rate_that_was_asked_for(make: Make, rate: str, count: int) -> None:
    with av.open(str(make(rate=rate))) as container:
        stream = container.streams.video[0]
        assert str(stream.average_rate) == rate
        assert sum(1 for _ in container.decode(video=0)) == count


# -- archives of frames ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "pixels"),
    [
        ("png_sequence", "png", "rgb24"),
        ("hdr_png_sequence", "png", "rgb48be"),
        ("hdr_exr_sequence", "exr", "gbrpf16le"),
        ("hdr_exr_acescg_sequence_2_0", "exr", "gbrpf16le"),
    ],
)
def test_an_archive_has_a_file_for_each_frame(
    make: Make, name: str, kind: str, pixels: str
) -> None:
    path = make(encoding=name, suffix=".zip", media_type="application/zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == f"frame_00001.{kind}"
        assert len(names) == 24
        with av.open(io.BytesIO(archive.read(names[-1])), format=f"{kind}_pipe") as container:
            frame = next(container.decode(video=0))
            assert (frame.width, frame.height, frame.format.name) == (320, 180, pixels)


def test_an_archive_of_large_frames_ends_early() -> None:
    size: dict[str, Any] = {"suffix": ".zip", "encoding": "png_sequence"}
    assert frame_count(Job(1280, 720, 60, **size)) == 120
    assert frame_count(Job(3840, 2160, 60, **size)) == 13


# -- stills ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "form"), [(".png", "PNG"), (".jpg", "JPEG"), (".webp", "WEBP")])
def test_a_still_has_its_format_and_size(make: Make, suffix: str, form: str) -> None:
    with Image.open(make(**(STILL | {"suffix": suffix, "width": 301}))) as image:
        assert (image.format, image.size, image.mode) == (form, (301, 180), "RGB")
        shades = np.asarray(image.convert("L"))
        assert shades.min() < 60 < 200 < shades.max()


def test_a_vector_is_svg_with_the_words_as_words(make: Make) -> None:
    path = make(**(STILL | {"suffix": ".svg", "prompt": "Rain & <neon>", "colours": ("#ff0000",)}))
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert (root.get("width"), root.get("height")) == ("320", "180")
    assert "Rain & <neon>" in "".join(root.itertext())
    assert len(root.findall("{*}polygon")) == 6


def test_a_still_without_ground_is_clear_where_the_sky_would_be(make: Make) -> None:
    with Image.open(make(**STILL, transparent=True)) as image:
        assert image.mode == "RGBA"
        assert np.asarray(image)[2, 2, 3] == 0
        assert np.asarray(image)[178, 2, 3] == 255


def test_colours_that_were_asked_for_are_in_the_still(make: Make) -> None:
    with Image.open(make(**STILL, colours=("#ff0000",), ground="#00ff00")) as image:
        sky, ground = (np.asarray(image)[y, 310] for y in (2, 160))
    assert sky[1] > 200 > 80 > max(sky[0], sky[2])
    assert ground[0] > 2 * max(ground[1], ground[2])


def test_each_of_several_outputs_differs(make: Make) -> None:
    one, other = (np.asarray(Image.open(make(number, **STILL))).astype(int) for number in (0, 1))
    assert np.abs(one - other).mean() > 4
    assert Job(**(STILL | {"count": 3})).names[2].endswith("-3.png")


def test_what_a_still_was_to_look_like_stands_in_its_corner(make: Make, tmp_path: Path) -> None:
    Image.new("RGB", (640, 360), "red").save(tmp_path / "red", "PNG")
    with Image.open(make(**(STILL | {"width": 640, "height": 360}), insets=("red",))) as image:
        corner = np.asarray(image)[:90, 480:].reshape(-1, 3)
    assert (corner == (255, 0, 0)).all(axis=1).sum() > 3000


def test_an_enlarged_picture_is_that_picture(make: Make, tmp_path: Path) -> None:
    Image.new("RGBA", (100, 60), (255, 0, 0, 128)).save(tmp_path / "red", "PNG")
    job = STILL | {"width": 400, "height": 240, "pictures": ("red",)}
    with Image.open(make(**job)) as image:
        assert (image.mode, image.size) == ("RGBA", (400, 240))
        assert image.getpixel((200, 100)) == (255, 0, 0, 128)


# -- sounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp3", "mp3float"), (".wav", "pcm_s16le"), (".flac", "flac")]
)
def test_a_sound_has_its_format_and_length(make: Make, suffix: str, codec: str) -> None:
    with av.open(str(make(makes="audio", suffix=suffix, seconds=2.5))) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == codec
        assert not container.streams.video
        assert container.duration
        assert container.duration / 1e6 == pytest.approx(2.5, abs=0.06)
        loudest = max(np.abs(f.to_ndarray().astype(float)).max() for f in container.decode(stream))
        assert loudest > 0.01


# -- videos that came in --------------------------------------------------------------------------


def test_a_video_comes_back_marked_at_the_new_size(make: Make, tmp_path: Path) -> None:
    record(tmp_path / "in.mp4", seconds=1, size=(160, 90), fps=30, tint=60)
    seen = pictures(make(video="in.mp4", width=640, height=360, rate="30", plain=True))
    assert len(seen) == 30
    assert seen[0].shape == (360, 640, 3)
    assert abs(int(seen[5][50, 300].mean()) - 65) < 12
    assert seen[5][300:, :200].max() > 150


def test_a_video_is_cropped_not_squeezed(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "in.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(24):
            picture = np.zeros((180, 320, 3), np.uint8)
            picture[:, :60] = picture[:, 260:] = 255
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    shown = pictures(make(video="in.mp4", width=180, height=180, plain=True))[0]
    assert shown[20:120].max() < 60


def test_a_video_starts_again_when_it_runs_out(make: Make, tmp_path: Path) -> None:
    record(tmp_path / "in.mp4", seconds=1, tint=40)
    seen = pictures(make(video="in.mp4", seconds=2, plain=True))
    assert len(seen) == 48
    assert seen[20][80, 80].mean() > seen[0][80, 80].mean() + 10
    assert abs(int(seen[24][80, 80].mean()) - int(seen[0][80, 80].mean())) < 6


def test_an_edited_video_looks_edited_the_same_way_for_the_same_words(
    make: Make, tmp_path: Path
) -> None:
    record(tmp_path / "in.mp4", seconds=1)
    plain, edited, again = (
        pictures(make(number, video="in.mp4", plain=not number, prompt="Snow"))[0].astype(int)
        for number in (0, 1, 1)
    )
    assert np.abs(plain - edited)[80, 80].max() > 4
    assert np.array_equal(edited, again)


def test_the_sound_of_a_video_is_kept(make: Make, tmp_path: Path) -> None:
    record(tmp_path / "in.mp4", seconds=1, sound=True)
    with av.open(str(make(video="in.mp4", sound="kept", seconds=2))) as container:
        heard = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)[0]
    half = len(heard) // 2
    assert np.abs(heard[:half]).max() > 0.1
    assert np.abs(heard[half + 4000 :]).max() < 0.02


def test_a_performance_moves_small_beside_its_character(make: Make, tmp_path: Path) -> None:
    record(tmp_path / "in.mp4", seconds=1, tint=180)
    Image.new("RGB", (320, 180), "black").save(tmp_path / "black", "PNG")
    seen = pictures(make(pictures=("black",), performance="in.mp4"))
    corner = [frame[16:40, 260:300].mean() for frame in (seen[0], seen[-1])]
    assert corner[1] > corner[0] + 10 > 150
    assert seen[0][100:150, 20:200].mean() < 20


def test_several_pictures_follow_one_another(make: Make, tmp_path: Path) -> None:
    for colour in ("red", "lime", "blue"):
        Image.new("RGB", (320, 180), colour).save(tmp_path / colour, "PNG")
    seen = pictures(make(pictures=("red", "lime", "blue")))
    strongest = [int(frame[20:140].mean(axis=(0, 1)).argmax()) for frame in seen]
    assert (strongest[0], strongest[12], strongest[-1]) == (0, 1, 2)
