"""An input video shown again: cropped to the frame, and repeated when it runs out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from core.decoders.clips import display_matrix
from core.emulator.drawing.planes import Plane, Planes, dice
from core.emulator.drawing.watermark import Mark

_TINT = 14
_SLACK = 1e-4
_TURNS: dict[str, Callable[[Plane], Plane]] = {
    "": lambda plane: plane,
    "ROTATE_90": np.rot90,
    "ROTATE_180": lambda plane: plane[::-1, ::-1],
    "ROTATE_270": lambda plane: np.rot90(plane, 3),
    "FLIP_LEFT_RIGHT": np.fliplr,
    "FLIP_TOP_BOTTOM": np.flipud,
    "TRANSPOSE": np.transpose,
    "TRANSVERSE": lambda plane: plane[::-1, ::-1].T,
}
"""What Pillow's names do to an array."""


class Replay:
    """The scene of a video. With a `look`, the colours shift a little to show that it was
    edited, always the same way for the same words."""

    def __init__(
        self, path: Path, size: tuple[int, int], fps: Fraction, look: str = "", mark: bool = True
    ) -> None:
        self._size = size
        self._fps = fps
        self._tint = _tint(look) if look else (0, 0)
        self._mark = Mark(size) if mark else None
        self._coming = _timeline(path)
        self._next = next(self._coming)
        self._shown: Planes | None = None

    def __call__(self, index: int, at: float) -> Planes:
        moment, found = float(index / self._fps) + _SLACK, None
        while (self._shown is None and found is None) or self._next[0] <= moment:
            found = self._next
            self._next = next(self._coming)
        if found is not None:
            self._shown = self._prepared(*found[1:])
        assert self._shown is not None
        return self._shown

    def _prepared(self, frame: av.VideoFrame, seen: tuple[int, int]) -> Planes:
        y, u, v = _cropped(frame, seen, self._size)
        u, v = (_shifted(plane, by) for plane, by in zip((u, v), self._tint, strict=True))
        if self._mark is None:
            return y, u, v
        return self._mark.on([Image.fromarray(np.ascontiguousarray(p)) for p in (y, u, v)])


def _timeline(path: Path) -> Iterator[tuple[float, av.VideoFrame, tuple[int, int]]]:
    """Every frame with its time in seconds and its size before rotation, over and over."""
    start = 0.0
    while True:
        with av.open(str(path)) as container:
            stream = display_matrix.track(container)
            assert stream is not None, "it was measured as a video"
            gap = 1 / float(stream.average_rate or 24)
            first, last = None, 0.0
            for frame in container.decode(stream):
                moment = float(frame.time or 0)
                first = moment if first is None else first
                last = moment - first
                yield start + last, frame, display_matrix.stretched(frame, stream)
        start += last + gap


def _cropped(frame: av.VideoFrame, seen: tuple[int, int], size: tuple[int, int]) -> Planes:
    width, height = size
    turn = display_matrix.turn(frame)
    if turn in display_matrix.ON_THEIR_SIDE:
        width, height = height, width
    larger = max(width / seen[0], height / seen[1])
    across, down = (2 * math.ceil(side * larger / 2 - 0.01) for side in seen)
    scaled = frame.reformat(across, down, "yuv420p", interpolation="BILINEAR")
    planes = []
    for plane, part in zip(scaled.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        top = (scaled.height - height) // 4 * 2 // part
        left = (scaled.width - width) // 4 * 2 // part
        cut = rows[top : top + height // part, left : left + width // part]
        planes.append(_TURNS[turn](cut))
    return planes[0], planes[1], planes[2]


def _tint(look: str) -> tuple[int, int]:
    angle = dice(look, 0).uniform(0, 2 * math.pi)
    return round(_TINT * math.cos(angle)), round(_TINT * math.sin(angle))


def _shifted(plane: Plane, by: int) -> Plane:
    moved: Plane = np.clip(plane.astype(np.int16) + by, 16, 240).astype(np.uint8)
    return moved if by else plane
