"""Turns the planes of a scene into frames for an encoder."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from core.emulator.drawing.planes import Planes
from core.emulator.footage.encodings import Encoding, brightness

_CHROMA_OF_HDR = 0.6
"""Colour is dimmed as brightness is, or it would glow."""


class FrameMaker:
    """Frames of one size for one encoder. Smaller drawings are enlarged; with hard edges if
    `coarse`, which compresses well."""

    def __init__(self, size: tuple[int, int], how: Encoding, *, coarse: bool = False) -> None:
        self._size = size
        self._pixels = how.pixels
        self._curve = brightness(how.hdr) if how.hdr in ("pq", "hlg") else None
        self._linear = how.hdr == "linear"
        self._coarse = coarse

    def __call__(self, planes: Planes) -> av.VideoFrame:
        if self._coarse:
            planes = _fewer_values(planes)
        if self._curve is not None:
            planes = _told(planes, self._curve)
        frame = _frame(planes)
        how = Interpolation.POINT if self._coarse else Interpolation.BILINEAR
        if self._linear:
            return _light(frame.reformat(*self._size, format="rgb24", interpolation=how))
        if self._pixels == "yuv420p" and (frame.width, frame.height) == self._size:
            return frame
        return frame.reformat(*self._size, format=self._pixels, interpolation=how)


def _frame(planes: Planes) -> av.VideoFrame:
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, data in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        rows[:, : plane.width] = data
    return frame


def _fewer_values(planes: Planes) -> Planes:
    """Sixteen steps, without grain: an archive of frames would be huge otherwise."""
    y, u, v = ((plane & np.uint8(0xF0)) | np.uint8(8) for plane in planes)
    return y, u, v


def _told(planes: Planes, curve: NDArray[np.uint8]) -> Planes:
    y, u, v = planes
    colours = (128 + (plane.astype(np.float32) - 128) * _CHROMA_OF_HDR for plane in (u, v))
    u, v = (colour.astype(np.uint8) for colour in colours)
    return curve[y], u, v


def _light(frame: av.VideoFrame) -> av.VideoFrame:
    table = ((np.arange(256, dtype=np.float32) / 255) ** 2.4).astype(np.float32)
    return av.VideoFrame.from_ndarray(table[frame.to_ndarray()], format="gbrpf32le")
