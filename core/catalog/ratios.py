"""Ratios and sizes of a frame, in the various notations of the models."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

SHORT_SIDES = {"1k": 1080, "2k": 1440, "4k": 2160}
"""The shorter side, in pixels, of a named resolution."""
LEAST_PIXELS = 100
"""From this number on, `a:b` is in pixels; below, it is a shape such as 16:9."""
Size = tuple[int, int]


def pixels(ratio: str) -> Size | None:
    """`1280:720` as (1280, 720); None for a shape (`16:9`) and for a word (`auto_720p`)."""
    parts = _numbers(ratio)
    return parts if parts and min(parts) >= LEAST_PIXELS else None


def shape(ratio: str) -> float | None:
    """Width / height; None for a word, which leaves the shape to the input."""
    parts = _numbers(ratio)
    return parts[0] / parts[1] if parts else None


def short_side(word: str) -> int | None:
    """`auto_720p`, `768p` and `2k` as pixels of the shorter side; None where none is named."""
    if found := re.search(r"(\d+)p$", word.lower()):
        return int(found[1])
    return SHORT_SIDES.get(word.lower().removeprefix("auto_"))


def nearest(ratios: Iterable[str], width: int, height: int) -> str | None:
    """The ratio whose shape is closest to width:height; None if none of them has a shape."""
    shapes = {ratio: of for ratio in ratios if (of := shape(ratio))}
    wanted = math.log(width / height)
    return min(shapes, key=lambda ratio: abs(math.log(shapes[ratio]) - wanted), default=None)


def frame(ratio: str, resolution: str, given: Size | None) -> Size:
    """The size of an output in pixels, even on both sides.

    `ratio` and `resolution` are the settings, empty where a model has none; `given` is the size of
    the picture or video it starts from. What nothing says is 1280 x 720.
    """
    if size := pixels(ratio):
        return size
    side = short_side(resolution) or short_side(ratio)
    if given and side is None and shape(ratio) is None:
        return _even(*given)
    of = shape(ratio) or (given[0] / given[1] if given else 16 / 9)
    side = side or 720
    return _even(side * of, side) if of >= 1 else _even(side, side / of)


def _numbers(ratio: str) -> Size | None:
    found = re.fullmatch(r"(\d+):(\d+)", ratio)
    return (int(found[1]), int(found[2])) if found else None


def _even(width: float, height: float) -> Size:
    return max(2, 2 * round(width / 2)), max(2, 2 * round(height / 2))
