"""The camera move: a slow push over a picture, and a dissolve where there are two."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from core.emulator import lettering
from core.emulator.clips import Job
from core.emulator.pictures import Planes, dice, ease, split
from core.emulator.standin import draw_landscape

_PUSH = 0.13
_DRIFT = 0.055
_DISSOLVE = (0.36, 0.72)
_Layers = tuple[Image.Image, Image.Image, Image.Image]


class CameraMove:
    """The scene of one picture or two. It begins on the first as it is, and ends on the last."""

    def __init__(self, job: Job, folder: Path, size: tuple[int, int]) -> None:
        self._size = size
        pictures = job.pictures[:2]
        large = (2 * round(size[0] * (1 + _PUSH) / 2), 2 * round(size[1] * (1 + _PUSH) / 2))
        self._layers = [split(_picture(name, folder, large)) for name in pictures]
        angle = dice(job.prompt, job.seed).uniform(0, 2 * math.pi)
        self._drift = (math.cos(angle) * _DRIFT, math.sin(angle) * _DRIFT)
        self._mark = _mark(size)

    def __call__(self, index: int, at: float) -> Planes:
        """The frame at a point of the clip."""
        mix = ease((at - _DISSOLVE[0]) / (_DISSOLVE[1] - _DISSOLVE[0]))
        two = len(self._layers) > 1
        if not two or mix == 0:
            shown = self._view(self._layers[0], at)
        elif mix == 1:
            shown = self._view(self._layers[1], 1 - at)
        else:
            pair = zip(
                self._view(self._layers[0], at), self._view(self._layers[1], 1 - at), strict=True
            )
            shown = [Image.blend(first, last, mix) for first, last in pair]
        for layer, (mask, ink, place) in zip(shown, self._mark, strict=True):
            layer.paste(ink, place, mask)
        y, u, v = (np.asarray(layer) for layer in shown)
        return y, u, v

    def _view(self, layers: _Layers, along: float) -> list[Image.Image]:
        """What the camera sees of a picture, from the whole of it to a part."""
        moved = 0.35 * along + 0.65 * ease(along)
        side = 1 - (1 - 1 / (1 + _PUSH)) * moved
        left, top = ((1 - side) / 2 + drift * moved for drift in self._drift)
        left, top = (min(max(0.0, edge), 1 - side) for edge in (left, top))
        width, height = self._size
        sizes = ((width, height), (width // 2, height // 2), (width // 2, height // 2))
        return [
            layer.resize(
                size,
                Image.Resampling.BILINEAR,
                box=(
                    left * layer.width,
                    top * layer.height,
                    (left + side) * layer.width,
                    (top + side) * layer.height,
                ),
            )
            for layer, size in zip(layers, sizes, strict=True)
        ]


def _picture(name: str, folder: Path, size: tuple[int, int]) -> Image.Image:
    """A picture cropped to the frame, as Runway crops; a drawing for one that is not here."""
    if name.startswith("https:"):
        return draw_landscape(name, size)
    with Image.open(folder / name) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "P", "PA"):
            flat = Image.new("RGBA", upright.size, "black")
            upright = Image.alpha_composite(flat, upright.convert("RGBA"))
        return ImageOps.fit(upright.convert("RGB"), size, Image.Resampling.LANCZOS)


def _mark(size: tuple[int, int]) -> list[tuple[Image.Image, int, tuple[int, int]]]:
    """The mark as masks to paste: one for each plane."""
    edge = lettering.margin(size)
    place = (edge, size[1] - edge)
    sheet = Image.new("L", size)
    lettering.draw_spaced(sheet, lettering.MARK, lettering.small_size(size), place, 190)
    half = sheet.reduce(2)
    return [(sheet, 225, (0, 0)), (half, 128, (0, 0)), (half, 128, (0, 0))]
