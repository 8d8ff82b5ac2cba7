"""A video that came in, shown again: cropped to the frame, from the start when it runs out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from core.emulator.marks import Mark
from core.emulator.pictures import Plane, Planes, dice

_TINT = 14
_SLACK = 1e-4


class Replay:
    """The scene of a video. With a `look`, its colours turn a little, to show that it was edited:
    the same way for the same words."""

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
        """The frame that is seen at an index."""
        moment, frame = float(index / self._fps) + _SLACK, None
        while (self._shown is None and frame is None) or self._next[0] <= moment:
            frame = self._next[1]
            self._next = next(self._coming)
        if frame is not None:
            self._shown = self._prepared(frame)
        assert self._shown is not None
        return self._shown

    def _prepared(self, frame: av.VideoFrame) -> Planes:
        y, u, v = _cropped(frame, self._size)
        u, v = (_shifted(plane, by) for plane, by in zip((u, v), self._tint, strict=True))
        if self._mark is None:
            return y, u, v
        return self._mark.on([Image.fromarray(np.ascontiguousarray(p)) for p in (y, u, v)])


def _timeline(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """Every frame with its moment in seconds, over and over."""
    start = 0.0
    while True:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            gap = 1 / float(stream.average_rate or 24)
            first, last = None, 0.0
            for frame in container.decode(stream):
                moment = float(frame.time or 0)
                first = moment if first is None else first
                last = moment - first
                yield start + last, frame
        start += last + gap


def _cropped(frame: av.VideoFrame, size: tuple[int, int]) -> Planes:
    """Brightness and colour of a frame, enlarged until it covers the size, and cut to it."""
    width, height = size
    turns = round(frame.rotation / 90) % 4
    if turns % 2:
        width, height = height, width
    larger = max(width / frame.width, height / frame.height)
    across, down = (2 * math.ceil(s * larger / 2 - 0.01) for s in (frame.width, frame.height))
    scaled = frame.reformat(across, down, "yuv420p", interpolation="BILINEAR")
    planes = []
    for plane, part in zip(scaled.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        top = (scaled.height - height) // 4 * 2 // part
        left = (scaled.width - width) // 4 * 2 // part
        cut = rows[top : top + height // part, left : left + width // part]
        planes.append(np.rot90(cut, turns))
    return planes[0], planes[1], planes[2]


def _tint(look: str) -> tuple[int, int]:
    angle = dice(look, 0).uniform(0, 2 * math.pi)
    return round(_TINT * math.cos(angle)), round(_TINT * math.sin(angle))


def _shifted(plane: Plane, by: int) -> Plane:
    moved: Plane = np.clip(plane.astype(np.int16) + by, 16, 240).astype(np.uint8)
    return moved if by else plane
