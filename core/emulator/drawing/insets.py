"""Small pictures in a corner of the frame: the references that a model was given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps

from core.emulator.drawing import lettering
from core.emulator.drawing.planes import Planes, Scene, split

_PART = 0.2
"""Height of an inset, relative to the shorter side of the frame."""
_BORDER = 2
_WHITE = (225, 128, 128)


class Insets:
    def __init__(self, scene: Scene, size: tuple[int, int], small: Sequence[Scene]) -> None:
        self._scene = scene
        self._small = small
        self._size = size

    def __call__(self, index: int, at: float) -> Planes:
        y, u, v = (np.array(plane) for plane in self._scene(index, at))
        edge = lettering.margin(self._size) // 2 * 2
        right = self._size[0] - edge
        for scene in self._small:
            planes = scene(index, at)
            height, width = planes[0].shape
            left = (right - width) // 2 * 2
            for whole, part, white, step in zip((y, u, v), planes, _WHITE, (1, 2, 2), strict=True):
                rim = max(1, _BORDER // step)
                top, beside = edge // step, left // step
                across, down = width // step, height // step
                whole[top - rim : top + down + rim, beside - rim : beside + across + rim] = white
                whole[top : top + down, beside : beside + across] = part
            right = left - edge // 2
        return y, u, v


def inset_size(size: tuple[int, int], aspect: float) -> tuple[int, int]:
    height = max(8, 2 * round(min(size) * _PART / 2))
    return 2 * round(height * min(16 / 9, max(9 / 16, aspect)) / 2), height


def still_inset(picture: Image.Image, size: tuple[int, int]) -> Scene:
    sides = inset_size(size, picture.width / picture.height)
    layers = split(ImageOps.fit(picture.convert("RGB"), sides, Image.Resampling.LANCZOS))
    y, u, v = (np.asarray(layer) for layer in layers)
    return lambda index, at: (y, u, v)
