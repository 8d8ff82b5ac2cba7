"""Frame sequences: one file per frame, in a zip archive."""

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
"""For all frames of an archive together; a longer one ends early."""
_HOLD = 4
"""How many frames in a row show the same drawing."""
_CANVAS = 4
"""Frames are drawn with this many times fewer pixels."""


def write_archive(job: Job, folder: Path, target: Path) -> None:
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
    return max(1, min(job.frames, MOST_PIXELS // (job.width * job.height)))


def _file(frame: av.VideoFrame, how: Encoding) -> bytes:
    codec = av.CodecContext.create(how.codec, "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, how.pixels
    codec.time_base, codec.options = Fraction(1, 24), dict(how.options)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
