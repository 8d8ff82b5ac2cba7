"""Videos: the frames of a scene and their sound, in a container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
from av.video.stream import VideoStream

from core.emulator.drawing.planes import Scene, canvas_size
from core.emulator.footage import sound
from core.emulator.footage.encodings import Encoding, encoding
from core.emulator.footage.frames import FrameMaker
from core.emulator.footage.scenes import scene_for
from core.emulator.render_job import Job

_LARGE = 2_500_000
"""Above this many pixels each drawing is shown twice, or 4K would take a minute."""
_SMOOTH_RATE = 30
"""Above this many frames per second some are shown again."""


def write_recording(job: Job, folder: Path, target: Path) -> None:
    large = job.width * job.height > _LARGE
    how = encoding(job.encoding, job.suffix, job.profile, large=large)
    scene = scene_for(job, folder, canvas_size(job.width, job.height))
    form, options = job.suffix.removeprefix("."), {"movflags": "+faststart"}
    with av.open(str(target), "w", format=form, options=options) as container:
        video = _video_stream(container, job, how)
        audio = sound.stream(container, "aac") if job.sound else None
        hold = (2 if large else 1) * -(-job.fps // _SMOOTH_RATE)
        _write_video(container, video, job, scene, FrameMaker((job.width, job.height), how), hold)
        if audio is not None:
            sound.write(container, audio, sound.samples(job, folder))


def _video_stream(container: Any, job: Job, how: Encoding) -> VideoStream:
    stream: VideoStream = container.add_stream(how.codec, rate=job.fps, options=dict(how.options))
    stream.width, stream.height, stream.pix_fmt = job.width, job.height, how.pixels
    stream.time_base = 1 / job.fps
    stream.codec_context.gop_size = round(job.fps)
    context = stream.codec_context
    context.color_primaries, context.color_trc, context.colorspace = how.colour
    if how.codec == "libx265":
        stream.codec_context.codec_tag = "hvc1"  # the tag that Apple's players expect
    return stream


def _write_video(
    container: Any, stream: VideoStream, job: Job, scene: Scene, make: FrameMaker, hold: int
) -> None:
    for index in range(job.frames):
        if index % hold == 0:
            frame = make(scene(index, index / max(1, job.frames - 1)))
        frame.pts, frame.time_base = index, 1 / job.fps
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
