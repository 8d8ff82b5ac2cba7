"""A picture's file without the words in it: only what its pixels and colours need is copied."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

from core.decoders.pictures.images import ORIENTATION
from core.decoders.pictures.picture_texts import (
    HAS_XMP,
    JPEG,
    PNG,
    content_of,
    is_webp,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)
from core.errors import Untaggable

IN_PNG = {
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
"""Beside the critical chunks (PNG 3rd ed., 5.6)."""
IN_WEBP = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
HAS_EXIF = 0x08
"""A flag of a WebP's VP8X chunk."""
START_OF_SCAN = b"\xff\xda"
COMMENT, APP0, APP2, APP14, APP15 = 0xFE, 0xE0, 0xE2, 0xEE, 0xEF
ICC_HEAD = b"ICC_PROFILE\0"
DAMAGED = "This picture is damaged."


def without_words(path: Path) -> bytes:
    """Raises Untaggable for a damaged picture and for one that would be shown otherwise."""
    content = content_of(path)
    if _is_turned(path):
        raise Untaggable("This picture is turned by its metadata.")
    if content.startswith(PNG):
        return _png(content)
    return _webp(content) if is_webp(content) else _jpeg(content)


def _is_turned(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            return bool(picture.getexif().get(ORIENTATION, 1) != 1)
    except (OSError, SyntaxError, ValueError) as error:
        raise Untaggable(DAMAGED) from error


def _png(content: bytes) -> bytes:
    kept = [c for c in png_chunks(content) if c.name in IN_PNG or c.name[:1].isupper()]
    if not kept or kept[-1].name != b"IEND":
        raise Untaggable(DAMAGED)
    return PNG + b"".join(content[chunk.start : chunk.end] for chunk in kept)


def _webp(content: bytes) -> bytes:
    pieces = [content[c.start : c.end] for c in webp_chunks(content) if c.name in IN_WEBP]
    if not pieces:
        raise Untaggable(DAMAGED)
    if pieces[0].startswith(b"VP8X"):
        head = bytearray(pieces[0])
        head[8] &= ~(HAS_XMP | HAS_EXIF)
        pieces[0] = bytes(head)
    body = b"WEBP" + b"".join(pieces)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg(content: bytes) -> bytes:
    segments = list(jpeg_segments(content))
    scan = segments[-1].end if segments else 0
    if content[scan : scan + 2] != START_OF_SCAN:
        raise Untaggable(DAMAGED)
    kept = (
        content[one.start : one.end]
        for one in segments
        if _is_seen(one.name[0], content[one.inside : one.inside_end])
    )
    return JPEG + b"".join(kept) + content[scan:]


def _is_seen(name: int, inside: bytes) -> bool:
    if APP0 < name <= APP15:
        return name == APP14 or (name == APP2 and inside.startswith(ICC_HEAD))
    return name != COMMENT
