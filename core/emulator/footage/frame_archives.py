"""Sequences of frames: one file each, in a zip archive."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from pathlib import Path

import av

from core.emulator.drawing.planes import canvas_size
from core.emulator.footage.encodings import Encoding, encoding
from core.emulator.footage.frames import FrameMaker
from core.emulator.footage.scenes import scene_for
from core.emulator.render_job import Job

MOST_PIXELS = 120 * 1280 * 720
"""Of all frames of an archive together: beyond them it ends early."""
_HOLD = 4
"""How often a drawing stands in a sequence."""
_CANVAS = 4
"""How many times smaller in pixels a frame is drawn."""


def write_archive(job: Job, folder: Path, target: Path) -> None:
    """Write the frames of a job."""
    how = encoding(job.encoding, job.suffix, job.profile, large=False)
    width, height = canvas_size(job.width, job.height, _CANVAS)
    scene = scene_for(job, folder, (width, height))
    make = FrameMaker((job.width, job.height), how, coarse=True)
    count = frame_count(job)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for index in range(count):
            if index % _HOLD == 0:
                data = _file(make(scene(index, index / max(1, count - 1))), how)
            archive.writestr(f"frame_{index + 1:05d}.{how.codec}", data)


def frame_count(job: Job) -> int:
    """How many frames the archive of a job has."""
    return max(1, min(job.frames, MOST_PIXELS // (job.width * job.height)))


def _file(frame: av.VideoFrame, how: Encoding) -> bytes:
    """One frame as the file that its codec makes."""
    codec = av.CodecContext.create(how.codec, "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, how.pixels
    codec.time_base, codec.options = Fraction(1, 24), dict(how.options)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
