"""Inspects video and sound files with PyAV: type, real size, length and frames."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.decoders.clips import display_matrix, mp4_boxes
from core.errors import Unplayable

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL import Image

Which = Literal["first", "last"] | float
"""A frame of a clip: the first, the last, or the one shown at that second."""
CUT_SHORT = "The file was cut short: it ends before its index, which stands at its end."
MICRO = 1_000_000
"""FFmpeg counts a file's length in microseconds."""
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,flac,aac"
"""FFmpeg would also open pictures, and playlists that name other files."""
MAX_PIXELS = 36_000_000
"""Of one frame, 8K. Larger ones are not decoded."""
LIMITS = {"max_pixels": str(MAX_PIXELS)}
SIMPLE = {"mp3": "mpeg", "wav": "wav", "flac": "flac", "aac": "aac", "ogg": "ogg"}
"""FFmpeg's container names that alone determine the media type."""


@dataclass(frozen=True)
class Facts:
    """What the file itself says. Size in pixels as shown, 0 for a sound; duration in seconds;
    frames per second, 0 for a sound; `codec` is FFmpeg's name; `depth` in bits per colour."""

    media_type: str
    width: int
    height: int
    duration: float
    frame_rate: float
    codec: str
    depth: int = 0


def measure(path: Path) -> tuple[Facts, Image.Image | None]:
    """The facts of a video or sound, and a video's first frame. Its end is decoded too.

    Raises Unplayable; `known` is set if the file is of a known type but damaged.
    """
    with opened(path) as container:
        kind, length = _kind(container, path), _length(container)
        if stream := display_matrix.track(container):
            still = next(container.decode(stream))
            rate = float(stream.average_rate or stream.guessed_rate or 0)
            _check_end(container)
            image = display_matrix.image(still, stream)
            facts = Facts(
                f"video/{kind}",
                image.width,
                image.height,
                length,
                round(rate, 3),
                stream.codec_context.codec.canonical_name,
                still.format.components[0].bits,
            )
            return facts, image
        if container.streams.audio:
            sound = container.streams.audio[0]
            next(container.decode(sound))
            codec = sound.codec_context.codec.canonical_name
            return Facts(f"audio/{kind}", 0, 0, length, 0.0, codec), None
    raise Unplayable("The file has neither a picture nor a sound in it.", known=True)


def exr(content: bytes) -> Image.Image | None:
    """An EXR frame as it should be seen, since its light is linear. None if it is unreadable."""
    import av

    try:
        reader = av.CodecContext.create("exr", "r")
        reader.options = LIMITS | {"apply_trc": "iec61966_2_1"}
        found = next(iter(reader.decode(av.Packet(content))), None)
        return found.to_image() if found else None  # type: ignore[no-untyped-call]
    except (av.FFmpegError, ValueError):
        return None


def frame(path: Path, which: Which) -> Image.Image:
    """Raises Unplayable if there is none."""
    with opened(path) as container:
        stream = display_matrix.track(container)
        if stream is None:
            raise Unplayable("There is no picture in this file.", known=True)
        if which == "first":
            return display_matrix.image(next(container.decode(stream)), stream)
        if which == "last":
            return display_matrix.image(_last(container, stream), stream)
        return display_matrix.image(_at(container, stream, which), stream)


def beside(path: Path, wanted: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Position and length of the samples that match, in data and subtitle tracks: some cameras
    record their route there."""
    with opened(path) as container:
        notes = [s for s in container.streams if s.type in ("data", "subtitle")]
        for packet in container.demux(notes) if notes else ():
            if packet.pos is not None and packet.size and wanted.search(bytes(packet)):
                yield packet.pos, packet.size


def frames_at(
    container: InputContainer, stream: VideoStream, seconds: Iterable[float]
) -> Iterator[VideoFrame]:
    """The frames on screen at these seconds, which run forwards; after the end, the last one.

    What no frame needs is skipped from key frame to key frame.
    """
    start = (container.start_time or 0) / MICRO
    keys = [
        float(packet.pts * packet.time_base)
        for packet in container.demux(stream)
        if packet.is_keyframe and packet.pts is not None and packet.time_base
    ]
    frames: Iterator[VideoFrame] = iter(())
    found: VideoFrame | None = None
    ahead: VideoFrame | None = None
    for second in seconds:
        wanted = start + second + 1e-6
        key = max((key for key in keys if key <= wanted), default=start)
        if found is None or (ahead is not None and key > seconds_of(ahead)):
            container.seek(math.ceil(key * MICRO), backward=True, any_frame=False)
            frames = container.decode(stream)
            found, ahead = next(frames), next(frames, None)
        while ahead is not None and seconds_of(ahead) <= wanted:
            found, ahead = ahead, next(frames, None)
        yield found


def seconds_of(frame: VideoFrame) -> float:
    return frame.time or 0.0


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    import av  # slow to import, and not needed for pictures

    known = False
    try:
        options = LIMITS | {"format_whitelist": CONTAINERS}
        with av.open(str(path), options=options) as container:
            known = bool(container.streams)
            for stream in container.streams.video:
                if stream.codec_context is None:  # a codec unknown here
                    raise ValueError("a stream without a decoder")
                stream.codec_context.options = LIMITS  # some files say it only in the first frame
            yield container
    except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
        if path.is_file() and mp4_boxes.lacks_index(path):
            raise Unplayable(CUT_SHORT, "Copy or export it again.", known=True) from error
        raise Unplayable("The file cannot be played.", known=known) from error


def _kind(container: InputContainer, path: Path) -> str:
    name = container.format.name
    if name in SIMPLE:
        return SIMPLE[name]
    if name.startswith("matroska"):
        with path.open("rb") as file:
            return "webm" if b"webm" in file.read(64) else "x-matroska"
    brand = container.metadata.get("major_brand", "")
    if brand.startswith("qt"):
        return "quicktime" if display_matrix.track(container) else "mp4"
    return "3gpp" if brand.startswith("3g") and display_matrix.track(container) else "mp4"


def _length(container: InputContainer) -> float:
    """Seconds, counted frame by frame if the header does not say, as in a browser's recording."""
    if container.duration:
        return round(container.duration / MICRO, 3)
    last = Fraction(0)
    for packet in container.demux():
        if packet.pts is not None and packet.time_base is not None:
            last = max(last, (packet.pts + (packet.duration or 0)) * packet.time_base)
    container.seek(0)
    return round(float(last), 3)


def _check_end(container: InputContainer) -> None:
    if not container.duration:
        return
    length = container.duration / MICRO
    container.seek(container.duration, backward=True, any_frame=False)
    ends = (
        float((packet.pts + (packet.duration or 0)) * packet.time_base)
        for packet in container.demux()
        if packet.pts is not None and not packet.is_corrupt
    )
    if max(ends, default=0.0) < length - max(0.5, length / 20):
        raise ValueError("cut short")


def _last(container: InputContainer, stream: VideoStream) -> VideoFrame:
    if container.duration:
        # Start at the last key frame, so that only the tail is decoded.
        container.seek(container.duration, backward=True, any_frame=False)
    frames = container.decode(stream)
    found = next(frames)
    for later in frames:
        found = later
    return found


def _at(container: InputContainer, stream: VideoStream, second: float) -> VideoFrame:
    start = (container.start_time or 0) / MICRO
    container.seek(max(0, round((start + second) * MICRO)), backward=True, any_frame=False)
    frames = container.decode(stream)
    found = next(frames)
    for later in frames:
        if later.time is not None and later.time > start + second + 1e-6:
            break
        found = later
    return found
