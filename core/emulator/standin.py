"""A drawn landscape, in place of a picture that lies on the internet."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.emulator.pictures import Field, dice, rgb

_RIDGES = 6


def draw_landscape(address: str, size: tuple[int, int]) -> Image.Image:
    """Hills at dusk; always the same ones for the same address."""
    random = dice(address, 0)
    width, height = size
    hue = random.random()
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    top, low = rgb(hue + 0.08, 0.55, 0.30), rgb(hue - 0.06, 0.42, 0.96)
    field = top + (low - top) * (np.clip(y / 0.72, 0, 1) ** 1.15)[..., None]
    field = _sun(field, x * width / height, y, (random.uniform(0.3, 0.7) * width / height, 0.42))
    for ridge in range(_RIDGES):
        depth = (ridge + 1) / _RIDGES
        line = 0.48 + 0.42 * depth**1.2 + _profile(x[0], random, 0.075 * (0.6 + depth))
        colour = rgb(hue + 0.02 - 0.05 * depth, 0.34 + 0.3 * depth, 0.72 - 0.62 * depth)
        below = np.clip((y - line) * height, 0, 1)[..., None]
        field += below * (colour - field)
    noise = random.normal(0, 1.6, (height, width, 1)).astype(np.float32)
    return Image.fromarray(np.clip(field + noise, 0, 255).astype(np.uint8))


def _sun(field: Field, x: Field, y: Field, centre: tuple[float, float]) -> Field:
    distance = np.hypot(x - centre[0], y - centre[1])
    disc = np.clip((0.105 - distance) * 260, 0, 1)[..., None]
    halo = np.exp(-((distance / 0.26) ** 2))[..., None] * 46
    warm = np.array([255, 241, 222], np.float32)
    lit: Field = field + halo + disc * (warm - field - halo)
    return lit


def _profile(x: Field, random: np.random.Generator, height: float) -> Field:
    """The line of a ridge: a few waves, each finer and lower."""
    line = np.zeros_like(x)
    for octave in range(5):
        wave = 2.0**octave * random.uniform(0.7, 1.3)
        line += np.sin(2 * np.pi * (wave * x + random.random())) / 1.9**octave
    return line * height * 0.5
