"""The sound of a clip that was asked to have one: a soft chord that breathes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.emulator.pictures import dice

RATE = 48_000
_CHORDS = ((0, 7, 12, 16, 23), (0, 7, 14, 15, 22), (0, 5, 12, 17, 21), (0, 7, 10, 14, 17))
_LEVEL = 0.09


def pad(seconds: float, seed: int, prompt: str) -> NDArray[np.float32]:
    """Stereo samples, two rows, faded at both ends."""
    random = dice(prompt, seed)
    time = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    root = 110 * 2 ** (int(random.integers(-3, 4)) / 12)
    sides = [np.zeros_like(time), np.zeros_like(time)]
    for step in _CHORDS[int(random.integers(len(_CHORDS)))]:
        pitch = root * 2 ** (step / 12)
        breath = 0.6 + 0.4 * np.sin(2 * np.pi * random.uniform(0.05, 0.16) * time + step)
        for side, detune in zip(sides, (0.9985, 1.0015), strict=True):
            wave = np.sin(2 * np.pi * pitch * detune * time)
            soft = wave + 0.25 * np.sin(4 * np.pi * pitch * detune * time)
            side += (soft * breath / (1 + step / 12)).astype(np.float32)
    edge = np.clip(np.minimum(time / 0.8, (seconds - time) / 1.2), 0, 1)
    both = np.stack(sides) * (edge * edge * (3 - 2 * edge))
    samples: NDArray[np.float32] = (both * (_LEVEL / 1.6)).astype(np.float32)
    return samples
