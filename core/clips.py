"""Looks into video files with PyAV: real size, length and rate, the frames in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import DownloadError

if TYPE_CHECKING:
    from PIL import Image

Which = Literal["first", "last"]
ONLY_VIDEOS = {"format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"}
"""FFmpeg opens pictures too, and play lists that name other files."""


@dataclass(frozen=True)
class ClipFacts:
    """What the file itself says. Duration in seconds, size in pixels."""

    width: int
    height: int
    duration: float
    frame_rate: float


def inspect(path: Path) -> tuple[ClipFacts, Image.Image]:
    """The clip's facts and its first frame, which is really decoded.

    Raises DownloadError when the file is not a video or cannot be decoded.
    """
    import av  # takes a while to import, and a page that shows no clip needs none of it

    try:
        with av.open(str(path), options=ONLY_VIDEOS) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            rate = float(stream.average_rate or stream.guessed_rate or 0)
            length = container.duration / av.time_base if container.duration else 0.0
            facts = ClipFacts(frame.width, frame.height, round(length, 3), round(rate, 3))
            return facts, frame.to_image()  # type: ignore[no-untyped-call]
    except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise DownloadError("The file that came is not a video that can be played.") from error


def frame(path: Path, which: Which) -> Image.Image:
    """The first or the last frame. Raises DownloadError when there is none."""
    import av

    try:
        with av.open(str(path), options=ONLY_VIDEOS) as container:
            stream = container.streams.video[0]
            if which == "last" and container.duration:
                # From the last key frame on: only the tail is decoded.
                container.seek(container.duration, backward=True, any_frame=False)
            frames = container.decode(stream)
            found = next(frames)
            if which == "last":
                for later in frames:
                    found = later
            image: Image.Image = found.to_image()  # type: ignore[no-untyped-call]
            return image
    except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise DownloadError("The clip cannot be decoded.") from error
