"""Makes small what was made: the first seconds of a clip without its sound, and stills."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from core.decoders.clips import av_files, display_matrix
from core.errors import Unplayable

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 360
"""Pixels at the longer side: 360 x 202 of a wide clip."""
SECONDS, RATE = 3, 10
LARGEST_BYTES = 150 * 1024
MOST_DECODING = 6.0
"""Seconds of a processor. A clip that is heavy to decode has a shorter preview."""
X264 = {
    "preset": "veryfast",
    "crf": "27",
    "maxrate": "260k",
    "bufsize": "260k",
    "threads": "1",
    "bf": "0",
}


def moving(path: Path) -> bytes:
    """A muted H.264 MP4, ready to be looped. Raises Unplayable where there is no motion to show."""
    frames = list(_frames(path))
    if len(frames) < 2:
        raise Unplayable("There is no motion in this file.", known=True)
    content = _encoded(frames)
    if len(content) > LARGEST_BYTES:
        raise Unplayable("The preview of this file would be too large.", known=True)
    return content


def still(path: Path, longest: int) -> bytes:
    """A poster as WebP, so many pixels at its longer side at most. Raises Unplayable."""
    from PIL import Image

    out = io.BytesIO()
    try:
        with Image.open(path, formats=["JPEG"]) as picture:
            picture.thumbnail((longest, longest))
            picture.save(out, "WEBP", quality=78, method=4)
    except OSError as error:
        raise Unplayable("The poster cannot be read.") from error
    return out.getvalue()


def storyboard(path: Path, moments: Sequence[float], longest: int) -> bytes:
    """The frames at these seconds side by side, as WebP, each so many pixels at its longer side.

    Raises Unplayable.
    """
    from av.video.reformatter import VideoReformatter
    from PIL import Image

    began, reformatter = time.process_time(), VideoReformatter()
    pictures: list[Image.Image] = []
    with av_files.opened(path) as container:
        stream = display_matrix.track(container)
        if stream is None:
            raise Unplayable("There is no picture in this file.", known=True)
        for frame in av_files.frames_at(container, stream, moments):
            pictures.append(display_matrix.small(frame, stream, longest, reformatter))
            if time.process_time() - began > MOST_DECODING:
                raise Unplayable("This clip is too heavy to be looked through here.", known=True)
    width, height = pictures[0].size
    strip = Image.new("RGB", (width * len(pictures), height))
    for number, picture in enumerate(pictures):
        strip.paste(picture, (number * width, 0))
    out = io.BytesIO()
    strip.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _frames(path: Path) -> Iterator[Image.Image]:
    from av.video.reformatter import VideoReformatter

    began, reformatter = time.process_time(), VideoReformatter()
    with av_files.opened(path) as container:
        stream = display_matrix.track(container)
        if stream is None:
            return
        start: float | None = None
        shown = 0
        for frame in container.decode(stream):
            at = av_files.seconds_of(frame)
            start = at if start is None else start
            if at - start >= SECONDS or time.process_time() - began > MOST_DECODING:
                return
            if at - start >= shown / RATE - 1e-3:
                yield display_matrix.small(frame, stream, LONGEST, reformatter)
                shown += 1


def _encoded(frames: list[Image.Image]) -> bytes:
    import av
    from av.video.reformatter import VideoReformatter

    out, reformatter = io.BytesIO(), VideoReformatter()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options=X264)
        stream.width, stream.height = (max(2, side // 2 * 2) for side in frames[0].size)
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            even = reformatter.reformat(frame, stream.width, stream.height, "yuv420p", threads=1)
            container.mux(stream.encode(even))
        container.mux(stream.encode(None))
    return out.getvalue()
