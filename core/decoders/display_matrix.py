"""How a player shows a video: which track, turned or mirrored how, stretched to which shape.

The rules are Chromium's, so that what is measured is what stands on the screen.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from core.media_types import PLAYED

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL import Image

ONE = 1 << 16
"""A display matrix counts in these."""
TURNS = {
    (0, 1, -1, 0): "ROTATE_270",
    (-1, 0, 0, -1): "ROTATE_180",
    (0, -1, 1, 0): "ROTATE_90",
    (-1, 0, 0, 1): "FLIP_LEFT_RIGHT",
    (1, 0, 0, -1): "FLIP_TOP_BOTTOM",
    (0, 1, 1, 0): "TRANSPOSE",
    (0, -1, -1, 0): "TRANSVERSE",
}
"""Of a matrix the corner that turns; players take any other matrix as none."""
ON_THEIR_SIDE = {"ROTATE_90", "ROTATE_270", "TRANSPOSE", "TRANSVERSE"}
WIDEST = (1 << 15) - 1
MOST_PIXELS = 64_000_000
"""A shape beyond these comes from a false pixel ratio, and is shown as no player would."""
UNNAMED = 2
"""FFmpeg's number for colours that the file does not name."""
HIGH = 720
"""Lines. From here on a video that does not name its colours has those of HD television."""


def track(container: InputContainer) -> VideoStream | None:
    """The stream of pictures that is played; None where there are only covers of a sound.

    A track that no browser plays is passed over where there is a choice: a JPEG that a camera wrote
    beside its clip, a master beside its small copy.
    """
    from av.stream import Disposition

    flagged = container.format.name.startswith("mov")  # of Matroska's flags players take no notice
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]

    def rank(stream: VideoStream) -> tuple[bool, bool]:
        unplayed = stream.codec_context.codec.canonical_name not in PLAYED
        return unplayed, flagged and not stream.disposition & Disposition.default

    return min(pictures, key=rank, default=None)


def image(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    """The frame as it is seen."""
    from PIL import Image

    pixels: Image.Image = frame.to_image(**_colours(frame))  # type: ignore[no-untyped-call]
    if pixels.size != (wanted := stretched(frame, stream)):
        pixels = pixels.resize(wanted)
    turned = turn(frame)
    return pixels.transpose(Image.Transpose[turned]) if turned else pixels


def size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height of the frame as it is seen."""
    width, height = stretched(frame, stream)
    return (height, width) if turn(frame) in ON_THEIR_SIDE else (width, height)


def stretched(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """The size before the frame is turned. Players make a picture wider or higher, never smaller;
    of the width of a pixel the container's word goes before the codec's."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    ratio = ratio if ratio and ratio > 0 else Fraction(1)
    wide = round(frame.width * ratio) if ratio > 1 else frame.width
    high = round(frame.height / ratio) if ratio < 1 else frame.height
    fits = max(wide, high) <= WIDEST and wide * high <= MOST_PIXELS
    return (wide, high) if fits else (frame.width, frame.height)


def turn(frame: VideoFrame) -> str:
    """How the frame is turned or mirrored, as Pillow calls it; empty where it is not."""
    noted: Any = frame.side_data.get("DISPLAYMATRIX")
    if noted is None:
        return ""
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(noted))
    return TURNS.get((a / ONE, b / ONE, c / ONE, d / ONE), "")


def _colours(frame: VideoFrame) -> dict[str, Any]:
    from av.video.reformatter import Colorspace

    unnamed = frame.colorspace == UNNAMED and frame.height >= HIGH
    return {"src_colorspace": Colorspace.ITU709} if unnamed else {}
