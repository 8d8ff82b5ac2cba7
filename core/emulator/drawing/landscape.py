"""A drawn landscape: the ground of a still, and the stand-in for a picture on the internet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

from core.emulator.drawing.planes import Field, dice, rgb

RIDGES = 6
_MOST_PIXELS = 700_000
"""Drawn no larger than this and then enlarged: hills have soft edges anyway."""


@dataclass(frozen=True)
class Look:
    words: str
    seed: int = 0
    colours: Sequence[str] = ()
    ground: str = ""


class Landscape:
    """Hills at dusk; the same look always gives the same hills. Measures are fractions of the
    frame."""

    def __init__(self, look: Look, aspect: float) -> None:
        random = dice(look.words, look.seed)
        hue = random.random()
        self.top, self.low = rgb(hue + 0.08, 0.55, 0.30), rgb(hue - 0.06, 0.42, 0.96)
        if look.ground:
            self.top = self.low = _colour(look.ground)
        self.sun = (random.uniform(0.3, 0.7) * aspect, 0.42)
        self.hills: list[Field] = []
        self._profiles = [_waves(random) for _ in range(RIDGES)]
        for ridge in range(RIDGES):
            depth = (ridge + 1) / RIDGES
            hill = rgb(hue + 0.02 - 0.05 * depth, 0.34 + 0.3 * depth, 0.72 - 0.62 * depth)
            if look.colours:
                hill = _colour(look.colours[ridge % len(look.colours)]) * (1 - 0.45 * depth)
            self.hills.append(hill.astype(np.float32))
        self._random = random

    def line(self, ridge: int, x: Field) -> Field:
        depth = (ridge + 1) / RIDGES
        height = np.zeros_like(x)
        for octave, (wave, phase) in enumerate(self._profiles[ridge]):
            height += np.sin(2 * np.pi * (wave * x + phase)) / 1.9**octave
        begins: Field = 0.48 + 0.42 * depth**1.2 + height * 0.0375 * (0.6 + depth)
        return begins

    def paint(self, size: tuple[int, int], *, clear: bool = False) -> Image.Image:
        width, height = size
        fit = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
        across, down = max(2, round(width * fit)), max(2, round(height * fit))
        y, x = np.mgrid[0 : 1 : down * 1j, 0 : 1 : across * 1j].astype(np.float32)
        field = self.top + (self.low - self.top) * (np.clip(y / 0.72, 0, 1) ** 1.15)[..., None]
        field, shown = self._sun(field, x * width / height, y)
        for ridge, hill in enumerate(self.hills):
            below = np.clip((y - self.line(ridge, x[0])) * down, 0, 1)[..., None]
            field += below * (hill - field)
            shown = np.maximum(shown, below)
        field += self._random.normal(0, 1.6, (down, across, 1)).astype(np.float32)
        if clear:
            field = np.concatenate([field, shown * 255], axis=2)
        image = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
        return image if fit == 1 else image.resize(size, Image.Resampling.BICUBIC)

    def _sun(self, field: Field, x: Field, y: Field) -> tuple[Field, Field]:
        distance = np.hypot(x - self.sun[0], y - self.sun[1])
        disc = np.clip((0.105 - distance) * 260, 0, 1)[..., None]
        halo = np.exp(-((distance / 0.26) ** 2))[..., None] * 46
        warm = np.array([255, 241, 222], np.float32)
        lit: Field = field + halo + disc * (warm - field - halo)
        return lit, disc


def draw_landscape(address: str, size: tuple[int, int]) -> Image.Image:
    return Landscape(Look(address), size[0] / size[1]).paint(size)


def _colour(name: str) -> Field:
    return np.array(ImageColor.getrgb(name)[:3], np.float32)


def _waves(random: np.random.Generator) -> list[tuple[float, float]]:
    return [(2.0**octave * random.uniform(0.7, 1.3), random.random()) for octave in range(5)]
