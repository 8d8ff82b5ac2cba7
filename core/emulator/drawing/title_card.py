"""The title card: a prompt as a film title, with drifting light in the dark, slowly approached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from core.emulator.drawing import lettering
from core.emulator.drawing.planes import (
    Field,
    Plane,
    Planes,
    dice,
    ease,
    enlarge,
    rgb,
    to_plane,
    to_yuv,
)
from core.emulator.render_job import FPS, Job

_GROUND = 6.0
_SMALL_SIDE = 96
_INK = (226, 126, 130)
_APPROACH = 0.04
_LUMA = 44.0
_PALETTES = (
    (0.58, 0.65, 0.52, 0.73),  # night: blue, indigo, teal, violet
    (0.02, 0.95, 0.07, 0.87),  # embers: vermilion, rose, amber, magenta
    (0.47, 0.52, 0.58, 0.43),  # deep water: teal, cyan, blue, green
    (0.76, 0.86, 0.68, 0.93),  # dusk: violet, magenta, indigo, rose
    (0.62, 0.90, 0.70, 0.99),  # afterglow: blue, pink, indigo, red
    (0.06, 0.03, 0.10, 0.98),  # lamplight: orange, vermilion, gold, red
)
_GRAIN = 1.25
_GRAINS = 6
_HOLD = 3


@dataclass(frozen=True)
class _Light:
    x: float
    y: float
    phase: float
    speed: float
    reach: float
    colour: Field


class TitleCard:
    """The scene of a prompt. Light and grain change 8 times a second, letters every frame."""

    def __init__(self, job: Job, size: tuple[int, int]) -> None:
        random = dice(job.prompt, job.seed)
        shape = size[::-1]
        self._size = size
        self._lights = _lights(random)
        self._grain = [random.normal(0, _GRAIN, shape).astype(np.float32) for _ in range(_GRAINS)]
        self._title, self._box = _title(job, size)
        self._still = _captions(job, size)
        self._glow = _glow(self._title, size)
        self._ground: list[Image.Image] = []

    def __call__(self, index: int, at: float) -> Planes:
        if not self._ground or index % _HOLD == 0:
            self._ground = self._light(index / FPS, index // _HOLD)
            _ink_on(self._ground, self._still, (0, 0))
        layers = [layer.copy() for layer in self._ground]
        letters = self._letters(_APPROACH * at)
        shown = 0.7 + 0.3 * ease(index / FPS / 1.2)
        if shown < 1:
            letters = letters.point([round(shown * level) for level in range(256)])
        _ink_on(layers, letters, self._box[:2])
        y, u, v = (np.array(layer) for layer in layers)
        _run(y, self._size, at)
        return y, u, v

    def _letters(self, approach: float) -> Image.Image:
        width, height = self._size
        left, top, right, bottom = self._box
        nearer = 1 - 1 / (1 + approach)
        box = (
            left + (width / 2 - left) * nearer,
            top + (height / 2 - top) * nearer,
            right - (right - width / 2) * nearer,
            bottom - (bottom - height / 2) * nearer,
        )
        return self._title.resize((right - left, bottom - top), Image.Resampling.BICUBIC, box=box)

    def _light(self, seconds: float, turn: int) -> list[Image.Image]:
        """The ground: computed small, enlarged as floats, with grain added before rounding."""
        width, height = self._size
        rows, columns = self._glow.shape[:2]
        y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
        field = np.full((rows, columns, 3), _GROUND, np.float32) + self._glow
        for light in self._lights:
            across = x - light.x - 0.34 * np.sin(seconds * light.speed + light.phase)
            down = y - light.y - 0.26 * np.cos(seconds * light.speed * 0.8 + light.phase * 1.7)
            field += np.exp(-(across**2 + down**2) / light.reach)[..., None] * light.colour
        field *= (1 - 0.7 * np.clip((x * x + y * y) / 2, 0, 1) ** 1.3)[..., None]
        yuv = to_yuv(np.minimum(field, 220))
        grain = self._grain[turn % _GRAINS]
        speckle = self._grain[(turn + 1) % _GRAINS][::2, ::2] * np.float32(0.3)
        planes = (
            enlarge(yuv[..., 0], width, height) + grain,
            enlarge(yuv[..., 1], width // 2, height // 2) + speckle,
            enlarge(yuv[..., 2], width // 2, height // 2) - speckle,
        )
        return [Image.fromarray(to_plane(plane)) for plane in planes]


def _ink_on(layers: list[Image.Image], mask: Image.Image, place: tuple[int, int]) -> None:
    layers[0].paste(_INK[0], place, mask)
    half, beside = mask.reduce(2), (place[0] // 2, place[1] // 2)
    for layer, ink in zip(layers[1:], _INK[1:], strict=True):
        layer.paste(ink, beside, half)


def _lights(random: np.random.Generator) -> list[_Light]:
    hues = _PALETTES[int(random.integers(len(_PALETTES)))]
    shift = random.uniform(-0.025, 0.025)
    places = ((-0.62, -0.45), (0.6, 0.35), (0.15, -0.8), (-0.4, 0.8))
    strength = (0.50, 0.44, 0.34, 0.30)
    order = random.permutation(len(hues))
    return [
        _Light(
            x=place[0] + random.uniform(-0.2, 0.2),
            y=place[1] + random.uniform(-0.2, 0.2),
            phase=random.uniform(0, 6.28),
            speed=random.uniform(0.28, 0.5),
            reach=random.uniform(0.4, 0.8),
            colour=_dimmed(rgb(hues[i] + shift, random.uniform(0.7, 0.88), value)),
        )
        for i, place, value in zip(order, places, strength, strict=True)
    ]


def _dimmed(colour: Field) -> Field:
    """Green and yellow outshine blue at the same value, and white letters need a dark ground."""
    luma = float(colour @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    return colour * np.float32(min(1.0, _LUMA / luma))


def _title(job: Job, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int, int, int]]:
    width, height = size
    unit = min(size)
    text = lettering.drawable(job.prompt) or lettering.UNTITLED
    room = (round(width * (0.72 if width >= height else 0.8)), round(height * 0.58))
    type_size, lines = lettering.fit(text, room, round(unit * 0.092), max(8, round(unit * 0.03)))
    sheet = Image.new("L", size)
    lettering.draw_lines(sheet, lines, type_size, (width / 2, height * 0.485))
    left, top, right, bottom = sheet.getbbox() or (0, 0, width, height)
    edge = round(_APPROACH * max(right - left, bottom - top)) + 8
    return sheet, (
        max(0, left - edge) // 2 * 2,  # even, so that U and V align with Y
        max(0, top - edge) // 2 * 2,
        min(width, right + edge),
        min(height, bottom + edge),
    )


def _captions(job: Job, size: tuple[int, int]) -> Image.Image:
    """What stands still: the mark, the length, and the line that shows the progress of the clip.

    Never what made it: people compare clips without knowing that.
    """
    sheet = Image.new("L", size)
    small, edge = lettering.small_size(size), lettering.margin(size)
    base = size[1] - edge
    lettering.draw_spaced(sheet, lettering.MARK, small, (edge, base), 150)
    place = (size[0] - edge, base)
    lettering.draw_spaced(sheet, f"{job.length:g} s", small, place, 150, from_right=True)
    sheet.paste(44, _line(size, 1))
    return sheet


def _run(y: Plane, size: tuple[int, int], at: float) -> None:
    left, top, right, bottom = _line(size, at)
    y[top:bottom, left:right] = 175


def _line(size: tuple[int, int], at: float) -> tuple[int, int, int, int]:
    small, edge = lettering.small_size(size), lettering.margin(size)
    top = size[1] - edge - round(small * 2.1)
    return edge, top, edge + round((size[0] - 2 * edge) * at), top + max(1, round(min(size) / 540))


def _glow(title: Image.Image, size: tuple[int, int]) -> Field:
    small = (_SMALL_SIDE, min(256, max(24, round(_SMALL_SIDE * size[1] / size[0]))))
    blurred = title.resize(small, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(4))
    return np.asarray(blurred, np.float32)[..., None] * np.float32(0.16)
