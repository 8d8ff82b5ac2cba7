"""The footage process: one job on standard input, one H.264 MP4 on disk."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from core.emulator.clips import FPS, Job
from core.emulator.pictures import Planes, Scene, canvas_size
from core.emulator.scenes import scene_for
from core.emulator.sound import RATE, pad

_NICENESS = 10
_LARGE = 2_500_000
"""Pixels of a frame above which each drawing is shown twice, or 4K would take a minute."""
_SMOOTH = "aq-mode=1:aq-strength=0.6:deblock=0,0"
"""What the quickest preset leaves out, and dark gradients cannot do without."""


def main() -> None:
    """Make what standard input asks for. A file appears under its name only when it is whole."""
    os.nice(_NICENESS)
    order = json.loads(sys.stdin.read())
    for number, target in enumerate(map(Path, order["targets"])):
        draft = target.with_suffix(".part")
        render(Job(**order["job"]), Path(order["folder"]), draft, number)
        os.replace(draft, target)


def render(job: Job, folder: Path, target: Path, number: int = 0) -> None:
    """Write one of the files of a job."""
    job = replace(job, seed=job.seed + number)
    scene = scene_for(job, folder, canvas_size(job.width, job.height))
    options = {"movflags": "+faststart"}
    with av.open(str(target), "w", format="mp4", options=options) as container:
        video = _video_stream(container, job)
        audio = _audio_stream(container) if job.sound else None
        _write_video(container, video, job, scene)
        if audio:
            _write_audio(container, audio, job)


def _video_stream(container: Any, job: Job) -> VideoStream:
    stream: VideoStream = container.add_stream("libx264", rate=FPS)
    stream.width, stream.height, stream.pix_fmt = job.width, job.height, "yuv420p"
    stream.time_base = Fraction(1, FPS)
    large = job.width * job.height > _LARGE
    stream.options = {
        "preset": "ultrafast",
        "crf": "27" if large else "22",
        "g": str(FPS),
        "threads": "2",
        "x264-params": _SMOOTH + ":colorprim=bt709:transfer=bt709:colormatrix=bt709",
    }
    return stream


def _audio_stream(container: Any) -> AudioStream:
    stream: AudioStream = container.add_stream("aac", rate=RATE, layout="stereo")
    return stream


def _write_video(container: Any, stream: VideoStream, job: Job, scene: Scene) -> None:
    count = job.frames
    hold = 2 if job.width * job.height > _LARGE else 1
    for index in range(count):
        if index % hold == 0:
            frame = _frame(scene(index, index / max(1, count - 1)))
            if (frame.width, frame.height) != (job.width, job.height):
                frame = frame.reformat(job.width, job.height, interpolation="BILINEAR")
        frame.pts, frame.time_base = index, Fraction(1, FPS)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _frame(planes: Planes) -> av.VideoFrame:
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, data in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        rows[:, : plane.width] = data
    return frame


def _write_audio(container: Any, stream: AudioStream, job: Job) -> None:
    samples = pad(job.length, job.seed, job.prompt)
    for start in range(0, samples.shape[1], 1024):
        chunk = np.ascontiguousarray(samples[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
