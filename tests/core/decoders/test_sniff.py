"""What a made file is, by its content: measured, and a note where something is odd."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.decoders import sniff
from core.decoders.findings import Look
from core.decoders.pictures import svg
from core.decoders.sniff import Content, look
from core.errors import DownloadError, Unplayable
from tests.conftest import MakePicture
from tests.footage import DRAWING, archive, exr, film, half, prores, sound, still


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[bytes], Content]:
    """Looks at a file with that content."""

    def one(content: bytes) -> Content:
        path = tmp_path / "output.part"
        path.write_bytes(content)
        return look(path)

    return one


Seen = Callable[[bytes], Content]


def shade(image: Image.Image | None) -> float:
    assert image is not None
    return float(np.asarray(image.convert("L")).mean())


@pytest.mark.parametrize(
    ("form", "kind", "suffix"),
    [
        ("PNG", "image/png", "png"),
        ("JPEG", "image/jpeg", "jpg"),
        ("WEBP", "image/webp", "webp"),
        ("GIF", "image/gif", "gif"),
        ("HEIF", "image/heic", "heic"),
        ("AVIF", "image/avif", "avif"),
    ],
)
def test_a_picture_is_measured_and_seen(seen: Seen, form: str, kind: str, suffix: str) -> None:
    found = seen(still((640, 360), 90, form))
    assert (found.media_type, found.suffix) == (kind, suffix)
    assert (found.width, found.height, found.duration, found.note) == (640, 360, 0.0, "")
    assert shade(found.still) == pytest.approx(90, abs=3)


def test_a_drawing_is_measured_and_drawn_without_its_script(seen: Seen) -> None:
    found = seen(DRAWING)
    assert (found.media_type, found.suffix, found.note) == ("image/svg+xml", "svg", "")
    assert (found.width, found.height) == (640, 360)
    assert found.still is not None
    assert found.still.size == (960, 540)
    assert found.still.convert("RGB").getpixel((480, 270)) == (255, 0, 0)


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="/etc/passwd"/>',
        '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="http://127.0.0.1/a.png"/>',
        "<style>@import 'http://127.0.0.1/a.css';</style>",
        '<rect style="fill: url(http://127.0.0.1/a.svg#b)"/>',
    ],
)
def test_a_drawing_that_points_elsewhere_is_kept_but_not_drawn(seen: Seen, inside: str) -> None:
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    found = seen(f"{start}{inside}</svg>".encode())
    assert (found.media_type, found.still) == ("image/svg+xml", None)
    within = seen(f'{start}<rect fill="url(#a)" width="9" height="9"/></svg>'.encode())
    assert within.still is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "drawing",
    [
        "<svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='100000'/>",
        "<svg xmlns='http://www.w3.org/2000/svg' width='1..' height='2e9'/>",
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + "".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
        ) + "]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>&j;</svg>",
    ],
)  # fmt: skip
def test_a_drawing_that_is_broken_or_vast_has_no_still(seen: Seen, drawing: str) -> None:
    found = seen(drawing.encode())
    assert (found.media_type, found.still) == ("image/svg+xml", None)


def test_a_master_that_no_browser_plays_is_measured_and_seen(seen: Seen, tmp_path: Path) -> None:
    found = seen(prores(tmp_path / "a.mov"))
    assert (found.media_type, found.suffix) == ("video/quicktime", "mov")
    assert (found.codec, found.depth, found.duration) == ("prores", 10, 1.0)
    assert shade(found.still) < 20


def test_a_sound_has_nothing_to_see(seen: Seen, tmp_path: Path) -> None:
    found = seen(sound(tmp_path / "a.wav"))
    assert (found.media_type, found.suffix, found.still) == ("audio/wav", "wav", None)
    assert found.duration == pytest.approx(1.0)


def test_an_archive_of_frames_is_counted_and_its_first_frame_seen(seen: Seen) -> None:
    frames = {f"out/frame_{n}.png": still((320, 180), 20 * n) for n in (10, 2, 3)}
    found = seen(archive(frames | {"readme.txt": b"hello"}))
    assert (found.media_type, found.suffix, found.note) == ("application/zip", "zip", "")
    assert (found.frames, found.codec, found.width, found.height) == (3, "png", 320, 180)
    assert shade(found.still) == 40, "frame 2 comes before frame 10"


def test_frames_of_linear_light_are_seen_as_bright_as_they_are_meant(seen: Seen) -> None:
    found = seen(archive({"a.0001.exr": exr(), "a.0002.exr": exr(light=0.9)}))
    assert (found.frames, found.codec, found.width, found.height) == (2, "exr", 64, 36)
    assert shade(found.still) == pytest.approx(118, abs=2)


def test_frames_of_sixteen_bits_are_seen(seen: Seen, tmp_path: Path) -> None:
    Image.fromarray(np.full((18, 32), 32768, np.uint16)).save(tmp_path / "deep.png")
    found = seen(archive({"a.png": (tmp_path / "deep.png").read_bytes()}))
    assert shade(found.still) == pytest.approx(128, abs=1)


def test_an_archive_of_anything_else_is_kept_without_frames(seen: Seen) -> None:
    found = seen(archive({"a.bin": b"\0" * 99}))
    assert (found.media_type, found.frames, found.still, found.note) == (
        "application/zip", 0, None, "",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["zip", "zip inside", "png", "mp4", "heic"])
def test_a_damaged_file_is_a_content_with_a_note(
    seen: Seen, tmp_path: Path, picture: MakePicture, kind: str
) -> None:
    def frames() -> bytes:
        return archive({f"{n}.png": picture() for n in range(3)})

    def altered(content: bytes) -> bytes:
        return content[:500] + bytes([content[500] ^ 255]) + content[501:]

    made: dict[str, Callable[[], bytes]] = {
        "zip": lambda: half(frames()),
        "zip inside": lambda: altered(frames()),
        "png": lambda: picture()[:6000],
        "mp4": lambda: half(film(tmp_path / "a.mp4", noise=True)),
        "heic": lambda: picture((320, 180), "HEIF")[:5000],
    }
    found = seen(made[kind]())
    assert found.note == sniff.DAMAGED
    assert found.still is None


def test_a_kind_that_nobody_knows_is_a_content_with_a_note(seen: Seen) -> None:
    found = seen(np.random.default_rng(7).bytes(5000))
    assert (found.media_type, found.suffix) == ("application/octet-stream", "bin")
    assert found.note == sniff.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html><h1>502 Bad Gateway</h1></html>",
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        b'{"error": "expired"}',
        b"#EXTM3U\n/etc/passwd\n",
        "nicht gefunden \u2026".encode() * 99,
    ],
)
def test_a_message_of_a_server_on_the_way_is_no_content(seen: Seen, text: bytes) -> None:
    with pytest.raises(DownloadError):
        seen(text)


def test_another_medium_than_was_to_be_made_gets_a_note() -> None:
    clip = Look("video/mp4", "mp4")
    assert clip.unexpected("video") == clip.unexpected("") == ""
    assert clip.unexpected("image") == "A picture was to be made; this is a video."
    frames = Look("application/zip", "zip")
    assert frames.unexpected("video") == "A video was to be made; this is a zip archive."


def test_a_frame_comes_out_of_a_video_or_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive({"1.png": still(shade=200)}))
    film(tmp_path / "a.mp4")
    assert shade(sniff.frame(tmp_path / "a.zip", "application/zip", "first")) == 200
    assert shade(sniff.frame(tmp_path / "a.mp4", "video/mp4", "last")) > 240
    for gone in ("application/zip", "video/mp4"):
        with pytest.raises(Unplayable):
            sniff.frame(tmp_path / "gone", gone, "first")


def test_a_drawing_says_its_size_in_several_ways(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    for said, expected in {
        "width='30px' height='20px'": (30, 20),
        "viewBox='0 0 64 36'": (64, 36),
        "viewBox='0,0,64,36' width='100%' height='100%'": (64, 36),
        "": (0, 0),
        "viewBox='a b c d'": (0, 0),
        f"width='{'9' * 30}' height='{'9' * 400}'": (0, 0),
    }.items():
        path.write_text(f"<svg xmlns='http://www.w3.org/2000/svg' {said}/>")
        assert svg.size(path) == expected
