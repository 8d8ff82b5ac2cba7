"""Real small files of every kind, made for a test."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
CODECS = {
    ".webm": "libvpx",
    ".ogv": "libvpx",
    ".mp3": "libmp3lame",
    ".wav": "pcm_s16le",
    ".flac": "flac",
    ".ogg": "libopus",
    ".m4a": "aac",
    ".aac": "aac",
}


def film(
    path: Path,
    *,
    seconds: int = 2,
    size: tuple[int, int] = (320, 180),
    noise: bool = False,
    codec: str = "",
    colours: str = "yuv420p",
) -> bytes:
    """A real clip that goes from black to white, or is noise; its bytes."""
    encoder = codec or CODECS.get(path.suffix, "libx264")
    content = _film(path.suffix, seconds, size, noise, encoder, colours)
    path.write_bytes(content)
    return content


@cache
def _film(
    suffix: str, seconds: int, size: tuple[int, int], noise: bool, codec: str, colours: str
) -> bytes:
    """The bytes of such a clip, encoded once a process."""
    dice = np.random.default_rng(7)
    options = {"movflags": "+faststart"} if suffix in (".mp4", ".mov") else {}
    with (
        NamedTemporaryFile(suffix=suffix) as file,
        av.open(file.name, "w", options=options) as container,
    ):
        quick = {"preset": "superfast"} if codec == "libx264" else {}
        stream = container.add_stream(codec, rate=24, options=quick)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, colours
        count = seconds * 24
        for index in range(count):
            shade = round(255 * index / (count - 1))
            pixels = np.full((size[1], size[0], 3), shade, np.uint8)
            if noise:
                pixels = dice.integers(0, 256, pixels.shape, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
        container.close()
        return Path(file.name).read_bytes()


Colour = tuple[int, int, int]
RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 180, 60), (30, 60, 200), (220, 180, 40)
CORNERS = (RED, GREEN, BLUE, YELLOW)
"""From left to right, then down: a picture that shows how it was turned or mirrored."""


@dataclass(frozen=True)
class Track:
    """A track of a film, each of its frames the four corners. `ratio` is that of a pixel."""

    size: tuple[int, int] = (160, 96)
    codec: str = "libx264"
    colours: str = "yuv420p"
    ratio: str = ""
    corners: Sequence[Colour] = CORNERS
    cover: bool = False


def tracks(path: Path, *given: Track, count: int = 6) -> bytes:
    """A real clip of several tracks; its bytes. Of a cover there is one frame."""
    with av.open(str(path), "w") as container:
        streams = []
        for track in given:
            stream = container.add_stream(track.codec, rate=24)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = *track.size, track.colours
            if track.ratio:
                stream.codec_context.sample_aspect_ratio = Fraction(track.ratio)
            if track.cover:
                stream.disposition = av.stream.Disposition.attached_pic
            streams.append(stream)
        for index in range(count):
            for stream, track in zip(streams, given, strict=True):
                if not (track.cover and index):
                    shown = av.VideoFrame.from_image(corners(track.size, track.corners))
                    shown.pts, shown.time_base = index, Fraction(1, 24)
                    container.mux(stream.encode(shown))
        for stream in streams:
            container.mux(stream.encode(None))
    return path.read_bytes()


def corners(size: tuple[int, int], colours: Sequence[Colour] = CORNERS) -> Image.Image:
    """A picture of four quarters."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for number, colour in enumerate(colours):
        left, top = width * (number % 2), height * (number // 2)
        image.paste(colour, (left, top, left + width, top + height))
    return image


def displayed(film: bytes, *matrix: float) -> bytes:
    """The film with a note in the head of its first track of how it is to be shown: the four
    numbers that turn, mirror and stretch."""
    place = _head(film, 0) + 40
    a, b, c, d = (round(number * 65536) for number in matrix)
    return film[:place] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + film[place + 36 :]


def enabled(film: bytes, *tracks: bool) -> bytes:
    """The film with each of its tracks switched on or off, as editors do."""
    content = bytearray(film)
    for number, on in enumerate(tracks):
        content[_head(film, number) + 3] = 7 if on else 6
    return bytes(content)


def _head(film: bytes, track: int) -> int:
    """Where the head of a track begins, behind its name."""
    place = -1
    for _ in range(track + 1):
        place = film.index(b"tkhd", place + 1)
    return place + 4


def sound(path: Path, *, seconds: float = 1.0, rate: int = 48000) -> bytes:
    """A real sound of one tone; its bytes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS.get(path.suffix, "aac"), rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        moments = np.arange(round(seconds * rate)) / rate
        tone = (np.sin(moments * 2 * np.pi * 440) * 12000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone[None, :], "s16", "mono")
        frame.sample_rate = rate
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", rate, context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path.read_bytes()


def half(content: bytes) -> bytes:
    """What is left of a file that was cut short."""
    return content[: len(content) // 2]


def prores(path: Path, *, seconds: int = 1, size: tuple[int, int] = (320, 180)) -> bytes:
    """A master that no browser plays; its bytes."""
    return film(path, seconds=seconds, size=size, codec="prores_ks", colours="yuv422p10le")


def still(size: tuple[int, int] = (320, 180), shade: int = 128, form: str = "PNG") -> bytes:
    """A picture of one shade."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(out, form)
    return out.getvalue()


def exr(size: tuple[int, int] = (64, 36), light: float = 0.18) -> bytes:
    """A frame of linear light."""
    writer = av.CodecContext.create("exr", "w")
    assert isinstance(writer, av.VideoCodecContext)
    writer.width, writer.height, writer.pix_fmt = *size, "gbrpf32le"
    writer.time_base = Fraction(1, 24)
    frame = av.VideoFrame(*size, "gbrpf32le")
    for plane in frame.planes:
        plane.update(np.full((size[1], plane.line_size // 4), light, np.float32).tobytes())
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*writer.encode(frame), *writer.encode(None)])


def archive(frames: Mapping[str, bytes]) -> bytes:
    """A zip of files by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in frames.items():
            target.writestr(name, content)
    return out.getvalue()


DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 64 36">'
    b'<rect width="64" height="36" fill="#205080"/><circle cx="32" cy="18" r="9" fill="red"/>'
    b"<script>document.title = 1</script></svg>"
)
"""A drawing that is active, as any SVG may be."""
