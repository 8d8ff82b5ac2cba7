"""Sound: a soft, swelling chord, or that of an input video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from core.emulator.drawing.planes import dice
from core.emulator.render_job import Job

RATE = 48_000
_CODECS = {".mp3": "libmp3lame", ".wav": "pcm_s16le", ".flac": "flac"}
_CHORDS = ((0, 7, 12, 16, 23), (0, 7, 14, 15, 22), (0, 5, 12, 17, 21), (0, 7, 10, 14, 17))
_LEVEL = 0.09
_BLOCK = 1024
Samples = NDArray[np.float32]
"""Stereo: two rows."""


def write_sound(job: Job, target: Path) -> None:
    with av.open(str(target), "w", format=job.suffix.removeprefix(".")) as container:
        write(container, stream(container, _CODECS[job.suffix]), pad(job))


def stream(container: Any, codec: str) -> AudioStream:
    added: AudioStream = container.add_stream(codec, rate=RATE, layout="stereo")
    return added


def write(container: Any, stream: AudioStream, samples: Samples) -> None:
    for start in range(0, samples.shape[1], _BLOCK):
        block = np.ascontiguousarray(samples[:, start : start + _BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def samples(job: Job, folder: Path) -> Samples:
    if job.sound != "kept":
        return pad(job)
    return _kept(folder / (job.performance or job.video), job.length)


def pad(job: Job) -> Samples:
    random, seconds = dice(job.prompt, job.seed), job.length
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
    chord: Samples = (both * (_LEVEL / 1.6)).astype(np.float32)
    return chord


def _kept(path: Path, seconds: float) -> Samples:
    heard = np.zeros((2, round(seconds * RATE)), np.float32)
    resampler = av.AudioResampler("fltp", "stereo", RATE)
    start = 0
    with av.open(str(path)) as container:
        for decoded in container.decode(audio=0):
            for frame in resampler.resample(decoded):
                block = frame.to_ndarray()[:, : max(0, heard.shape[1] - start)]
                heard[:, start : start + block.shape[1]] = block
                start += block.shape[1]
            if start >= heard.shape[1]:
                break
    return heard
