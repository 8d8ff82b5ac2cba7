"""A text as the comment of a clip or sound: its packets are copied, never encoded again.

FFmpeg names the place alike everywhere: the iTunes-style comment of an MP4, ID3 in an MP3, INFO in
a WAV, a Vorbis comment in FLAC and OGG, a tag in Matroska.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.decoders.clips import av_files
from core.errors import Untaggable

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer

COMMENT = "comment"
FORMATS = {
    ".mp4": "mp4", ".mov": "mov", ".m4a": "ipod", ".mp3": "mp3", ".wav": "wav",
    ".flac": "flac", ".ogg": "ogg", ".mkv": "matroska", ".webm": "webm",
}  # fmt: skip
"""FFmpeg's muxer for the suffixes of our outputs."""
EARLY_INDEX = {"movflags": "+faststart", "write_tmcd": "0"}
"""The index of an MP4 at its front, where a browser begins to play at once; and no track that was
not there before."""
COPIED = ("video", "audio", "subtitle")
BELONGS_TO_THE_FILE = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""Metadata that each muxer writes for itself."""


def write(path: Path, text: str, out: Path) -> None:
    """A copy at `out` with the comment in it, in which every packet is as it was.

    Raises Untaggable, also when that cannot be had; Unplayable.
    """
    with av_files.opened(path) as source:
        if any(stream.type not in COPIED for stream in source.streams):
            raise Untaggable("This file has tracks that would be lost.")
        said = {
            name: value
            for name, value in source.metadata.items()
            if name.lower() not in BELONGS_TO_THE_FILE
        }
    _copy(path, {**said, COMMENT: text}, out)
    if read(out, len(text.encode())) != text:
        raise Untaggable("The comment would not be found again.")


def strip(path: Path, out: Path) -> None:
    """A copy of what is seen and heard, in which no comment, title or other word is left.

    Raises Untaggable, Unplayable.
    """
    _copy(path, {}, out)


def read(path: Path, most: int) -> str:
    """The comment, of at most so many bytes; empty if there is none. Raises Unplayable."""
    with av_files.opened(path) as container:
        said = [container.metadata, *(stream.metadata for stream in container.streams)]
    text = next((found for one in said if (found := _comment(one))), "")
    return text if len(text.encode("utf-8", "replace")) <= most else ""


def _comment(metadata: Mapping[str, str]) -> str:
    return next((text for name, text in metadata.items() if name.lower() == COMMENT), "")


def _copy(path: Path, said: Mapping[str, str], out: Path) -> None:
    import av

    kind = FORMATS.get(path.suffix)
    if kind is None:
        raise Untaggable("This kind of file cannot be copied.")
    options = EARLY_INDEX if kind in ("mp4", "mov", "ipod") else {}
    before: dict[int, hashlib._Hash] = {}
    with (
        av_files.opened(path) as source,
        av.open(str(out), "w", format=kind, options=options) as target,
    ):
        target.metadata.update(said)
        streams = {
            stream.index: target.add_stream_from_template(stream)
            for stream in source.streams
            if stream.type in COPIED
        }
        for packet in _packets(source):
            if stream := streams.get(packet.stream_index):
                packet.stream = stream
                _add(before, packet)
                target.mux(packet)
    with av_files.opened(out) as copy:
        if _digests(before) != _digests(_read(copy)):
            raise Untaggable("The copy would not be the same clip.")


def _packets(container: InputContainer) -> Iterator[Packet[Any]]:
    return (packet for packet in container.demux() if packet.size)


def _read(container: InputContainer) -> dict[int, hashlib._Hash]:
    found: dict[int, hashlib._Hash] = {}
    for packet in _packets(container):
        _add(found, packet)
    return found


def _digests(tracks: Mapping[int, hashlib._Hash]) -> dict[int, bytes]:
    return {index: digest.digest() for index, digest in tracks.items()}


def _add(digests: dict[int, hashlib._Hash], packet: Packet[Any]) -> None:
    """Moments are fractions of a second, as a muxer may count in other units."""
    digest = digests.setdefault(packet.stream_index, hashlib.sha256())
    base = packet.time_base or 0
    for ticks in (packet.pts, packet.dts):
        digest.update(f"{None if ticks is None else ticks * base} ".encode())
    digest.update(f"{packet.size} ".encode())
    digest.update(memoryview(packet))
