"""How a player shows a video: which track, rotated or mirrored how, stretched to which shape.

The rules are Chromium's, so that measurements match what is on the screen.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from core.media_types import PLAYED

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream
    from PIL import Image

ONE = 1 << 16
"""The unit of a display matrix, 16.16 fixed point."""
TURNS = {
    (0, 1, -1, 0): "ROTATE_270",
    (-1, 0, 0, -1): "ROTATE_180",
    (0, -1, 1, 0): "ROTATE_90",
    (-1, 0, 0, 1): "FLIP_LEFT_RIGHT",
    (1, 0, 0, -1): "FLIP_TOP_BOTTOM",
    (0, 1, 1, 0): "TRANSPOSE",
    (0, -1, -1, 0): "TRANSVERSE",
}
"""The rotating part of a matrix; players ignore any other matrix."""
ON_THEIR_SIDE = {"ROTATE_90", "ROTATE_270", "TRANSPOSE", "TRANSVERSE"}
WIDEST = (1 << 15) - 1
MOST_PIXELS = 64_000_000
"""A larger shape comes from a wrong pixel ratio, which no player would follow."""
UNNAMED = 2
"""FFmpeg's number for a colour space that the file does not name."""
HIGH = 720
"""From this many lines on, a video that names no colour space has that of HD television."""


def track(container: InputContainer) -> VideoStream | None:
    """The video stream that is played; None if there are only covers of a sound.

    A track that no browser plays is skipped if there is a choice: a JPEG that a camera wrote beside
    its clip, or a master beside its small copy.
    """
    from av.stream import Disposition

    flagged = container.format.name.startswith("mov")  # players ignore Matroska's flags
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]

    def rank(stream: VideoStream) -> tuple[bool, bool]:
        unplayed = stream.codec_context.codec.canonical_name not in PLAYED
        return unplayed, flagged and not stream.disposition & Disposition.default

    return min(pictures, key=rank, default=None)


def image(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    from PIL import Image

    pixels: Image.Image = frame.to_image(**_colours(frame))  # type: ignore[no-untyped-call]
    if pixels.size != (wanted := stretched(frame, stream)):
        pixels = pixels.resize(wanted)
    turned = turn(frame)
    return pixels.transpose(Image.Transpose[turned]) if turned else pixels


def small(
    frame: VideoFrame, stream: VideoStream, longest: int, by: VideoReformatter
) -> Image.Image:
    """The same, so many pixels at its longer side at most; quicker than in full. One `by` serves
    all frames: each has threads of its own, and their memory counts."""
    from PIL import Image

    wide, high = stretched(frame, stream)
    scale = min(1.0, longest / max(wide, high))
    sides = max(1, round(wide * scale)), max(1, round(high * scale))
    reduced = by.reformat(frame, *sides, "rgb24", threads=1, **_colours(frame))
    pixels: Image.Image = reduced.to_image()  # type: ignore[no-untyped-call]
    turned = turn(frame)
    return pixels.transpose(Image.Transpose[turned]) if turned else pixels


def size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    width, height = stretched(frame, stream)
    return (height, width) if turn(frame) in ON_THEIR_SIDE else (width, height)


def stretched(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """The size before rotation. Players enlarge a picture, never shrink it; for the shape of a
    pixel, the container overrides the codec."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    ratio = ratio if ratio and ratio > 0 else Fraction(1)
    wide = round(frame.width * ratio) if ratio > 1 else frame.width
    high = round(frame.height / ratio) if ratio < 1 else frame.height
    fits = max(wide, high) <= WIDEST and wide * high <= MOST_PIXELS
    return (wide, high) if fits else (frame.width, frame.height)


def turn(frame: VideoFrame) -> str:
    noted: Any = frame.side_data.get("DISPLAYMATRIX")
    if noted is None:
        return ""
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(noted))
    return TURNS.get((a / ONE, b / ONE, c / ONE, d / ONE), "")


def _colours(frame: VideoFrame) -> dict[str, Any]:
    from av.video.reformatter import Colorspace

    unnamed = frame.colorspace == UNNAMED and frame.height >= HIGH
    return {"src_colorspace": Colorspace.ITU709} if unnamed else {}
