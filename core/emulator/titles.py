"""The title card: a prompt as a film title, drifting light in the dark, a slow approach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from core.emulator import lettering
from core.emulator.clips import FPS, Job
from core.emulator.pictures import (
    Field,
    Plane,
    Planes,
    dice,
    ease,
    enlarge,
    rgb,
    to_plane,
    to_yuv,
    weight,
)

_GROUND = 6.0
_SMALL_SIDE = 96
_INK = (226.0, 126.0, 130.5)
_APPROACH = 0.04
_LUMA = 50.0
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


@dataclass(frozen=True)
class _Light:
    """A soft light that wanders: where, how fast, how far it reaches."""

    x: float
    y: float
    phase: float
    speed: float
    reach: float
    colour: Field


class TitleCard:
    """The scene of a prompt. Light and grain change 12 times a second, letters every frame."""

    def __init__(self, job: Job, size: tuple[int, int]) -> None:
        random = dice(job.prompt, job.seed)
        self._size = size
        self._lights = _lights(random)
        self._grain = [
            random.normal(0, _GRAIN, size[::-1]).astype(np.float32) for _ in range(_GRAINS)
        ]
        self._title, self._box = _title(job, size)
        self._still = _frame_lines(job, size)
        self._glow = _glow(self._title, size)
        self._ground: tuple[Field, Field, Field] | None = None

    def __call__(self, index: int, at: float) -> Planes:
        """The frame at an index and a point of the clip."""
        if self._ground is None or index % 2 == 0:
            self._ground = self._light(index / FPS, index // 2)
        ink = self._ink(index, at)
        soft = np.asarray(Image.fromarray(ink).reduce(2))
        y, u, v = self._ground
        return (
            to_plane(y + (_INK[0] - y) * (weight(ink))),
            to_plane(u + (_INK[1] - u) * (weight(soft))),
            to_plane(v + (_INK[2] - v) * (weight(soft))),
        )

    def _ink(self, index: int, at: float) -> Plane:
        """How much ink lies on each pixel: the letters, coming closer, and the lines around."""
        width, height = self._size
        ink = self._still.copy()
        _hairline(ink, at)
        zoom = 1 - 1 / (1 + _APPROACH * at)
        left, top, right, bottom = self._box
        box = (
            left + (width / 2 - left) * zoom,
            top + (height / 2 - top) * zoom,
            right - (right - width / 2) * zoom,
            bottom - (bottom - height / 2) * zoom,
        )
        size = (right - left, bottom - top)
        letters = np.asarray(self._title.resize(size, Image.Resampling.BICUBIC, box=box))
        shown = 0.7 + 0.3 * ease(index / FPS / 1.2)
        area = ink[top:bottom, left:right]
        np.maximum(area, (letters * np.float32(shown)).astype(np.uint8), out=area)
        return ink

    def _light(self, seconds: float, turn: int) -> tuple[Field, Field, Field]:
        """The ground: computed small, enlarged in floats, grain added before it becomes bytes."""
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
        return (
            enlarge(yuv[..., 0], width, height) + grain,
            enlarge(yuv[..., 1], width // 2, height // 2) + speckle,
            enlarge(yuv[..., 2], width // 2, height // 2) - speckle,
        )


def _lights(random: np.random.Generator) -> list[_Light]:
    """Four lights in the hues of one palette."""
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
    """Green and yellow outshine blue at the same value; white letters need a dark ground."""
    luma = float(colour @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    return colour * np.float32(min(1.0, _LUMA / luma))


def _title(job: Job, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """The letters on an empty sheet, and the part of it that they can ever touch."""
    width, height = size
    unit = min(size)
    text = lettering.drawable(job.prompt) or job.label or "Untitled"
    room = (round(width * (0.72 if width >= height else 0.8)), round(height * 0.58))
    type_size, lines = lettering.fit(text, room, round(unit * 0.092), max(8, round(unit * 0.03)))
    sheet = Image.new("L", size)
    lettering.draw_lines(sheet, lines, type_size, (width / 2, height * 0.485))
    left, top, right, bottom = sheet.getbbox() or (0, 0, width, height)
    edge = round(_APPROACH * max(size)) + 8
    box = (max(0, left - edge), max(0, top - edge))
    return sheet, (*box, min(width, right + edge), min(height, bottom + edge))


def _frame_lines(job: Job, size: tuple[int, int]) -> Plane:
    """What stands still: the mark, the model, and the line along which the clip runs."""
    width, height = size
    unit = min(size)
    small, edge = max(8, round(unit * 0.019)), round(unit * 0.065)
    sheet = Image.new("L", size)
    base = height - edge
    lettering.draw_spaced(sheet, lettering.MARK, small, (edge, base), 150)
    caption = f"{lettering.drawable(job.label)}  {job.seconds} s".strip().upper()
    lettering.draw_spaced(sheet, caption, small, (width - edge, base), 150, from_right=True)
    ink = np.array(sheet)
    row = base - round(small * 2.1)
    ink[row : row + _stroke(size), edge : width - edge] = 44
    return ink


def _hairline(ink: Plane, at: float) -> None:
    """The part of the line that the clip has run."""
    height, width = ink.shape
    unit = min(width, height)
    small, edge = max(8, round(unit * 0.019)), round(unit * 0.065)
    row = height - edge - round(small * 2.1)
    ink[row : row + _stroke((width, height)), edge : edge + round((width - 2 * edge) * at)] = 190


def _stroke(size: tuple[int, int]) -> int:
    return max(1, round(min(size) / 540))


def _glow(title: Image.Image, size: tuple[int, int]) -> Field:
    """A breath of light behind the letters, small like the ground it is added to."""
    small = (
        _SMALL_SIDE,
        max(24, round(_SMALL_SIDE * size[1] / size[0])),
    )
    blurred = title.resize(small, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(4))
    return np.asarray(blurred, np.float32)[..., None] * np.float32(0.16)
