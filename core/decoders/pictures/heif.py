"""HEIC and AVIF, as phones and messengers send them: recognized by content, upright, in sRGB."""

from __future__ import annotations

import io
import struct
from functools import cache

import pillow_heif
from PIL import Image, ImageCms

FORMATS = ("AVIF", "HEIF")
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
"""Brands that such files name; videos in the same container have others."""
HEAD = 64
"""Bytes within which the brands are."""
NAMED = 4096
"""Bytes within which a file names its colour space."""
DISPLAY_P3 = 12
SRGB_CURVE = {1, 2, 6, 13}
"""Transfer curves that are, or are shown as, that of sRGB; not those of HDR."""
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = {"rXYZ": (0.51512, 0.2412, -0.00105), "gXYZ": (0.29198, 0.69225, 0.04189),
             "bXYZ": (0.1571, 0.06657, 0.78407)}  # fmt: skip
"""The primaries of Display P3, as in its profile."""
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def is_photo(head: bytes) -> bool:
    if head[4:8] != b"ftyp":
        return False
    pillow_heif.register_heif_opener()  # from here on, Pillow can open one
    end = min(len(head), int.from_bytes(head[:4], "big"))
    return any(head[place : place + 4] in BRANDS for place in (8, *range(16, end, 4)))


def in_srgb(image: Image.Image, content: bytes) -> Image.Image:
    profile = image.info.get("icc_profile") or _named(content)
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info = {}
    if not profile:
        return plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(plain, source, target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return plain  # ignored, like a missing profile
    assert turned is not None
    turned.info = {}
    return turned


def _named(content: bytes) -> bytes:
    place = content.find(b"colrnclx", 0, NAMED)
    if place < 0 or len(content) < place + 12:
        return b""
    primaries, curve = struct.unpack(">HH", content[place + 8 : place + 12])
    return display_p3() if primaries == DISPLAY_P3 and curve in SRGB_CURVE else b""


@cache
def display_p3() -> bytes:
    """The ICC profile of Display P3: three primaries and the curve of sRGB."""
    name = "Display P3".encode("utf-16-be")
    text = struct.pack(">4s4xIIHHII", b"mluc", 1, 12, 0x656E, 0x5553, len(name), 28) + name
    curve = struct.pack(">4s4xHH", b"para", 3, 0) + _numbers(*CURVE)
    tags = {"desc": text, "cprt": text, "wtpt": _point(*WHITE)}
    tags |= {tag: _point(*xyz) for tag, xyz in PRIMARIES.items()}
    tags |= dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve)
    body, table = b"", struct.pack(">I", len(tags))
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag.encode(), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s", start + len(body), 0x04000000, b"mntr", b"RGB ",
                       b"XYZ ", b"acsp")  # fmt: skip
    head += bytes(68 - len(head)) + _numbers(*WHITE)
    return head + bytes(128 - len(head)) + table + body


def _point(*xyz: float) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(*xyz)


def _numbers(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))
