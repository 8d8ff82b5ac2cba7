"""The mark that every output carries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.emulator.drawing import lettering
from core.emulator.drawing.planes import Planes

_INK = (225, 128, 128)


class Mark:
    def __init__(self, size: tuple[int, int]) -> None:
        sheet = mask(size)
        self._masks = (sheet, sheet.reduce(2), sheet.reduce(2))

    def on(self, layers: Sequence[Image.Image]) -> Planes:
        for layer, sheet, ink in zip(layers, self._masks, _INK, strict=True):
            layer.paste(ink, (0, 0), sheet)
        y, u, v = (np.asarray(layer) for layer in layers)
        return y, u, v


def mask(size: tuple[int, int]) -> Image.Image:
    edge = lettering.margin(size)
    sheet = Image.new("L", size)
    place = (edge, size[1] - edge)
    lettering.draw_spaced(sheet, lettering.MARK, lettering.small_size(size), place, 190)
    return sheet
