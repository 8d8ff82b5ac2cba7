"""The types of uploads and outputs: their media types, and file name suffixes."""

from __future__ import annotations

UNKNOWN_TYPE = "application/octet-stream"
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""Those that Runway accepts."""
PHOTOS = {"image/avif": "avif", "image/heic": "heic"}
"""Those that phones make."""
RECORDINGS = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/3gpp": "3gp",
    "video/ogg": "ogv",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "audio/x-matroska": "mka",
}
STRIPPABLE = frozenset(
    {
        *PICTURES,
        *("video/mp4", "video/quicktime", "video/webm", "video/x-matroska"),
        *("audio/mpeg", "audio/wav", "audio/flac", "audio/mp4", "audio/ogg"),
    }
)
"""Those of which a copy without any words can be made, with not a pixel or sound changed."""
PLAYED = frozenset({"h264", "vp8", "vp9", "av1"})
"""Codecs that every browser plays; HEVC plays only in some, on some machines."""
SUFFIXES = {
    **PICTURES,
    **PHOTOS,
    **RECORDINGS,
    "image/gif": "gif",
    "image/svg+xml": "svg",
    "application/zip": "zip",
    UNKNOWN_TYPE: "bin",
}
"""Every suffix that a file of ours can have."""
