"""A made file in words: what it is, how large, how long, what is inside."""

from __future__ import annotations

from collections import Counter

from core.files import Output
from core.generations import Generation
from core.text.quantities import counted
from pages.ui import formatting

NAMES = {
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "video/webm": "WebM",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/heic": "HEIC",
    "image/svg+xml": "SVG",
    "audio/mpeg": "MP3",
    "audio/wav": "WAV",
    "audio/flac": "FLAC",
    "audio/mp4": "M4A",
    "audio/ogg": "OGG",
    "application/zip": "ZIP",
}
CODECS = {"h264": "H.264", "hevc": "HEVC", "prores": "ProRes", "vp9": "VP9", "av1": "AV1"}
MEDIA = {"video": "clip", "image": "picture", "audio": "sound", "application": "file"}
UNPLAYED = "Browsers cannot play this one: download it to watch it."
UNSEEN = "Browsers cannot show this one: download it to open it."
SOME_PLAY = "Many browsers cannot play HEVC: download it to watch it."


def kind(output: Output) -> str:
    """`ProRes MOV, 10 bits`, `PNG`, `ZIP of 48 PNG frames`; empty if unknown."""
    name = NAMES.get(output.media_type, "")
    if output.frames:
        inside = counted(output.frames, f"{output.codec.upper()} frames")
        return f"{name} of {inside}"
    if output.medium != "video":
        return name
    deep = f", {output.depth} bits" if output.depth > 8 else ""
    return f"{CODECS.get(output.codec, output.codec.upper())} {name}{deep}".strip()


def facts(output: Output) -> dict[str, str]:
    rate = f", {counted(output.frame_rate, 'frames')} a second" if output.frame_rate else ""
    length = f"{output.duration:.1f} s" if output.medium == "audio" else f"{output.duration:g} s"
    found = {
        "Kind": kind(output),
        "Picture": f"{output.width} × {output.height}{rate}" if output.width else "",
        "Length": length if output.duration else "",
        "Size": f"{formatting.size(output.bytes)}{', removed' if output.removal else ''}",
        "Note": output.note,
    }
    return {name: value for name, value in found.items() if value}


def line(output: Output) -> str:
    return " · ".join(value for name, value in facts(output).items() if name != "Note")


def made(generation: Generation) -> str:
    """What came out of it: `4 pictures`, `1 sound`, `48 frames`; empty for a single clip."""
    media = Counter(output.medium for output in generation.outputs)
    frames = sum(output.frames for output in generation.outputs)
    if media == {"video": 1}:
        return ""
    said = {medium: f"{count} {MEDIA[medium]}{'s' * (count != 1)}" for medium, count in
            media.items()}  # fmt: skip
    if frames:
        said["application"] = counted(frames, "frames")
    return ", ".join(said.values())


def advice(output: Output) -> str:
    """What to do where a browser may not show it; empty where it does."""
    if output.is_played:
        return ""
    if output.codec == "hevc":
        return SOME_PLAY
    return UNPLAYED if output.medium == "video" else UNSEEN
