"""The camera move: a slow push over a picture, and a dissolve between several."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageOps

from core.emulator.drawing.planes import Planes, dice, ease, split
from core.emulator.drawing.sources import flat, picture
from core.emulator.drawing.watermark import Mark
from core.emulator.render_job import Job

_PUSH = 0.13
_DRIFT = 0.055
_DISSOLVE = (0.36, 0.72)
_Layers = tuple[Image.Image, Image.Image, Image.Image]


class CameraMove:
    """The scene of pictures. It begins on the whole first one, and ends on the last."""

    def __init__(self, job: Job, folder: Path, size: tuple[int, int]) -> None:
        self._size = size
        large = (2 * round(size[0] * (1 + _PUSH) / 2), 2 * round(size[1] * (1 + _PUSH) / 2))
        self._layers = [split(_cropped(name, folder, large)) for name in job.pictures]
        angle = dice(job.prompt, job.seed).uniform(0, 2 * math.pi)
        self._drift = (math.cos(angle) * _DRIFT, math.sin(angle) * _DRIFT)
        self._mark = Mark(size)

    def __call__(self, index: int, at: float) -> Planes:
        if len(self._layers) == 1:
            return self._mark.on(self._view(self._layers[0], at))
        place = at * (len(self._layers) - 1)
        before = min(int(place), len(self._layers) - 2)
        along = place - before
        mix = ease((along - _DISSOLVE[0]) / (_DISSOLVE[1] - _DISSOLVE[0]))
        if mix == 0:
            shown = self._view(self._layers[before], along)
        elif mix == 1:
            shown = self._view(self._layers[before + 1], 1 - along)
        else:
            first = self._view(self._layers[before], along)
            last = self._view(self._layers[before + 1], 1 - along)
            shown = [Image.blend(one, other, mix) for one, other in zip(first, last, strict=True)]
        return self._mark.on(shown)

    def _view(self, layers: _Layers, along: float) -> list[Image.Image]:
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


def _cropped(name: str, folder: Path, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(flat(picture(name, folder, size)), size, Image.Resampling.LANCZOS)
