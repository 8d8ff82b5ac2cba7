"""Real small files of every kind, made for a test."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

CODECS = {
    ".webm": "libvpx",
    ".ogv": "libvpx",
    ".mp3": "libmp3lame",
    ".wav": "pcm_s16le",
    ".flac": "flac",
    ".ogg": "libopus",
    ".m4a": "aac",
    ".aac": "aac",
}


def film(
    path: Path, *, seconds: int = 2, size: tuple[int, int] = (320, 180), noise: bool = False
) -> bytes:
    """A real clip that goes from black to white, or is noise; its bytes."""
    dice = np.random.default_rng(7)
    options = {"movflags": "+faststart"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(CODECS.get(path.suffix, "libx264"), rate=24)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        count = seconds * 24
        for index in range(count):
            shade = round(255 * index / (count - 1))
            pixels = np.full((size[1], size[0], 3), shade, np.uint8)
            if noise:
                pixels = dice.integers(0, 256, pixels.shape, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


def sound(path: Path, *, seconds: float = 1.0, rate: int = 48000) -> bytes:
    """A real sound of one tone; its bytes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS.get(path.suffix, "aac"), rate=rate, layout="mono")
        moments = np.arange(round(seconds * rate)) / rate
        tone = (np.sin(moments * 2 * np.pi * 440) * 12000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone[None, :], "s16", "mono")
        frame.sample_rate = rate
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", rate, context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path.read_bytes()
