"""Planes of brightness and colour, from which a frame is composed."""

from __future__ import annotations

import colorsys
import hashlib
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]
Field = NDArray[np.float32]
Planes = tuple[Plane, Plane, Plane]
"""Y, U and V of a 4:2:0 frame; U and V have half its width and height."""

Scene = Callable[[int, float], Planes]
"""Returns the frame at an index, which is at a point from 0 to 1 of the clip."""

_CANVAS_PIXELS = 2_100_000
_TO_YUV = np.array(  # BT.709, limited range
    [[0.1826, 0.6142, 0.0620], [-0.1006, -0.3386, 0.4392], [0.4392, -0.3989, -0.0403]], np.float32
)
_OFFSET = np.array([16, 128, 128], np.float32)


def canvas_size(width: int, height: int, part: int = 1) -> tuple[int, int]:
    """The size to draw at: beyond 1080p a frame is drawn smaller and enlarged, to stay cheap.

    With `part`, one pixel in so many is drawn.
    """
    shrink = min(1.0, math.sqrt(_CANVAS_PIXELS / (width * height))) / math.sqrt(part)
    return 2 * round(width * shrink / 2), 2 * round(height * shrink / 2)


def dice(text: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed} {text}".encode("utf-8", "replace")).digest()
    return np.random.default_rng(list(digest[:16]))


def ease(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * x * (x * (6 * x - 15) + 10)


def rgb(hue: float, saturation: float, value: float) -> Field:
    """Channels are 0 to 255."""
    channels = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return np.array(channels, np.float32) * 255


def to_yuv(field: Field) -> Field:
    return field @ _TO_YUV.T + _OFFSET


def split(picture: Image.Image) -> tuple[Image.Image, Image.Image, Image.Image]:
    yuv = to_yuv(np.asarray(picture.convert("RGB"), np.float32))
    layers = np.clip(yuv + 0.5, 0, 255).astype(np.uint8)
    y, u, v = (Image.fromarray(np.ascontiguousarray(layers[..., i])) for i in range(3))
    return y, u.reduce(2), v.reduce(2)


def enlarge(field: Field, width: int, height: int) -> Field:
    """A small field, smoothly enlarged; in floats, so that grain can hide the steps."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def to_plane(field: Field) -> Plane:
    return np.clip(field, 0, 255).astype(np.uint8)
