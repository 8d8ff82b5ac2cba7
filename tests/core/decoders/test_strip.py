"""Files without the words in them: nothing that is seen or heard has changed."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.decoders import carried_text
from core.decoders.pictures.images import ORIENTATION
from core.errors import Untaggable
from tests.core.decoders.test_carried_text import FORMS, ffmpeg, packets
from tests.footage import displayed, film

WORDS = b"Made with a model"
SOFTWARE = 0x0131
"""A text of EXIF."""
COLOURS = b"a profile of colours"


def stripped(path: Path) -> Path:
    out = path.with_name(f"stripped-{path.name}")
    carried_text.strip(path, out)
    assert WORDS not in out.read_bytes()
    return out


def told(path: Path, form: str, mode: str = "RGB") -> None:
    """A picture with words in every place that its kind has."""
    picture = Image.effect_noise((61, 47), 90).convert(mode)
    exif, chunks = Image.Exif(), PngInfo()
    exif[SOFTWARE] = WORDS.decode()
    chunks.add_text("Software", WORDS.decode())
    chunks.add_text("Comment", WORDS.decode(), zip=True)
    chunks.add_itxt("Title", WORDS.decode())
    own: dict[str, dict[str, Any]] = {"PNG": {"pnginfo": chunks}, "JPEG": {"comment": WORDS}}
    places = own.get(form, {}) | ({} if form == "PNG" else {"xmp": WORDS})
    picture.save(path, form, exif=exif, icc_profile=COLOURS, **places)
    path.write_bytes(signed(path.read_bytes(), form))
    assert WORDS in path.read_bytes()


def signed(content: bytes, form: str) -> bytes:
    """With a manifest as C2PA has it: a chunk of its own in PNG, APP11 in JPEG (C2PA 2.1, A.3)."""
    if form == "PNG":
        body = b"caBX" + WORDS
        chunk = struct.pack(">I", len(WORDS)) + body + struct.pack(">I", zlib.crc32(body))
        return content[:33] + chunk + content[33:]
    if form == "JPEG":
        segment = b"\xff\xeb" + struct.pack(">H", len(WORDS) + 2) + WORDS
        return content[:2] + segment + content[2:]
    return content


@pytest.mark.parametrize(
    ("suffix", "mode"), [("png", "RGB"), ("png", "RGBA"), ("jpg", "RGB"), ("webp", "RGBA")]
)
def test_a_picture_keeps_its_pixels_and_colours(tmp_path: Path, suffix: str, mode: str) -> None:
    path = tmp_path / f"a.{suffix}"
    told(path, FORMS[suffix], mode)
    with Image.open(path) as before, Image.open(stripped(path)) as after:
        assert (after.mode, after.size) == (before.mode, before.size)
        assert after.tobytes() == before.tobytes()
        assert after.info["icc_profile"] == COLOURS
        assert not after.getexif()
        assert not {"xmp", "exif", "comment", "Comment", "Software", "Title"} & set(after.info)


def test_a_picture_that_its_metadata_turns_is_left_alone(tmp_path: Path) -> None:
    path, exif = tmp_path / "a.jpg", Image.Exif()
    exif[ORIENTATION] = 6
    Image.new("RGB", (9, 9)).save(path, exif=exif)
    with pytest.raises(Untaggable):
        carried_text.strip(path, tmp_path / "b.jpg")


@pytest.mark.parametrize("form", FORMS.values())
def test_a_picture_cut_anywhere_is_copied_or_refused(tmp_path: Path, form: str) -> None:
    whole, cut, out = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    told(whole, form)
    content = whole.read_bytes()
    for end in range(12, len(content), 97):
        cut.write_bytes(content[:end])
        try:
            carried_text.strip(cut, out)
        except Untaggable:
            continue
        assert WORDS not in out.read_bytes()


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_a_clip_keeps_every_packet(tmp_path: Path, suffix: str) -> None:
    plain, path = tmp_path / "plain.mp4", tmp_path / f"a.{suffix}"
    film(plain, seconds=2)
    names = [f"{name}={WORDS.decode()}" for name in ("comment", "title", "artist")]
    said = [part for name in names for part in ("-metadata", name)]
    track = ["-metadata:s:v", f"handler_name={WORDS.decode()}"]
    sound = ["-f", "lavfi", "-i", "sine=d=2", "-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    timecode = [] if suffix == "mkv" else ["-timecode", "01:00:00:00"]
    ffmpeg("-i", plain, *sound, *said, *track, *timecode, path)
    assert WORDS in path.read_bytes()
    before = [one for one in packets(path) if one[0] < 2]
    assert packets(stripped(path)) == before


def test_a_turned_clip_stays_turned(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(displayed(film(path, size=(64, 36)), 0, 1, -1, 0))
    shapes = []
    for one in (path, stripped(path)):
        with av.open(str(one)) as container:
            shapes.append(next(container.decode(video=0)).rotation)
    assert shapes[0] == shapes[1] != 0
