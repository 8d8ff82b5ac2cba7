"""Small videos and sounds to send, made on the spot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

CODECS = {
    ".mp4": ("libx264", "aac"),
    ".mov": ("libx264", "aac"),
    ".mkv": ("libx264", "aac"),
    ".webm": ("libvpx", "libopus"),
    ".mp3": ("", "libmp3lame"),
    ".wav": ("", "pcm_s16le"),
    ".flac": ("", "flac"),
    ".ogg": ("", "libopus"),
}
RATE = 48_000


def record(
    path: Path,
    seconds: float = 3,
    size: tuple[int, int] | None = (320, 180),
    fps: int = 24,
    *,
    sound: bool = False,
    tint: int = 60,
) -> Path:
    """Write a file of the kind that its name says; a `size` of None leaves out the pictures."""
    video_codec, audio_codec = CODECS[path.suffix]
    with av.open(str(path), "w") as container:
        video = container.add_stream(video_codec, rate=fps) if size and video_codec else None
        audio = None
        if sound or video is None:
            audio = container.add_stream(audio_codec, rate=RATE, layout="stereo")
        if size and isinstance(video, av.VideoStream):
            video.width, video.height, video.pix_fmt = *size, "yuv420p"
            for index in range(round(seconds * fps)):
                picture = np.full((size[1], size[0], 3), tint + index % 40, np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, fps)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        if isinstance(audio, av.AudioStream):
            _hum(container, audio, seconds)
    return path


def _hum(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    count = round(seconds * RATE)
    wave = (np.sin(np.arange(count) * 2 * np.pi * 220 / RATE) * 9000).astype(np.int16)
    for start in range(0, count, 960):
        part = np.repeat(wave[start : start + 960], 2)[None]
        frame = av.AudioFrame.from_ndarray(part, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
