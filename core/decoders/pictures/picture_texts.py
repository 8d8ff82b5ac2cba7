"""A text inside a picture, put there and found again without touching a pixel.

PNG has it as iTXt (PNG 3rd ed., 11.3.3.4), WebP and JPEG as XMP (ISO 16684-1, part 3 of Adobe's).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import escape, unescape

from core.errors import Untaggable

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
KEYWORD = b"Comment"
"""One of those that PNG itself defines."""
XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
"""How XMP begins in a JPEG."""
OPENING, CLOSING = "<dailies:recipe>", "</dailies:recipe>"
PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dailies="urn:dailies:recipe">'
    f"{OPENING}%s{CLOSING}"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)
QUOTES = {"&quot;": '"', "&apos;": "'"}
"""As other programs write them when they save the picture anew."""
HAS_XMP, HAS_ALPHA = 0x04, 0x10
"""Flags of a WebP's VP8X chunk."""
MOST_IN_JPEG = 65_533 - len(XMP_HEAD)
MOST_PIECES = 100_000
LARGEST = 64 * 1024**2
"""Bytes of a picture, which is held in memory."""


class Piece(NamedTuple):
    name: bytes
    start: int
    inside: int
    inside_end: int
    end: int


def with_text(path: Path, text: str) -> bytes:
    """The picture's file with the text in it. Raises Untaggable for what can take none."""
    content = content_of(path)
    if content.startswith(PNG):
        return _png_with(content, text)
    if is_webp(content):
        return _webp_with(content, (PACKET % escape(text)).encode())
    if content.startswith(JPEG):
        return _jpeg_with(content, (PACKET % escape(text)).encode())
    raise Untaggable("This kind of picture takes no text.")


def text_of(path: Path, most: int) -> str:
    """The text that `with_text` put in, of at most so many bytes; empty if there is none."""
    content = content_of(path)
    if content.startswith(PNG):
        return _png_text(content, most)
    if is_webp(content):
        found = (
            content[p.inside : p.inside_end] for p in webp_chunks(content) if p.name == b"XMP "
        )
    elif content.startswith(JPEG):
        found = (_xmp(content, p) for p in jpeg_segments(content) if _xmp(content, p))
    else:
        return ""
    return _of_packet(next(found, b""), most)


def is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith((PNG, JPEG)) or is_webp(head)


def content_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return _whole(file)


def _whole(file: BinaryIO) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Untaggable("This picture is too large.")
    return content


def _of_packet(packet: bytes, most: int) -> str:
    text = packet.decode("utf-8", "replace")
    before, found, rest = text.partition(OPENING)
    inside, ended, _after = rest.partition(CLOSING)
    plain = unescape(inside, QUOTES) if before and found and ended else ""
    return plain if len(plain.encode()) <= most else ""


def _within(text: bytes, most: int) -> bytes:
    return text if len(text) <= most else b""


# -- PNG ------------------------------------------------------------------------------------------


def _png_with(content: bytes, text: str) -> bytes:
    first = next(png_chunks(content), None)
    if first is None or first.name != b"IHDR":
        raise Untaggable("This picture is damaged.")
    body = b"iTXt" + KEYWORD + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return content[: first.end] + chunk + content[first.end :]


def _png_text(content: bytes, most: int) -> str:
    for piece in png_chunks(content):
        inside = content[piece.inside : piece.inside_end]
        if piece.name == b"tEXt" and inside.startswith(KEYWORD + b"\0"):
            return _within(inside[len(KEYWORD) + 1 :], most).decode("latin-1")
        if piece.name == b"iTXt" and inside.startswith(KEYWORD + b"\0\0"):
            text = inside[len(KEYWORD) + 3 :].split(b"\0", 2)[-1]
            return _within(text, most).decode("utf-8", "replace")
    return ""


def png_chunks(content: bytes) -> Iterator[Piece]:
    at = len(PNG)
    for _ in range(MOST_PIECES):
        if at + 12 > len(content):
            return
        inside, end = at + 8, at + 12 + int.from_bytes(content[at : at + 4], "big")
        if end > len(content):
            return
        yield Piece(content[at + 4 : inside], at, inside, end - 4, end)
        at = end


# -- WebP -----------------------------------------------------------------------------------------


def is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _webp_with(content: bytes, packet: bytes) -> bytes:
    chunks = list(webp_chunks(content))
    names = [chunk.name for chunk in chunks]
    if not chunks or b"XMP " in names:
        raise Untaggable("This picture has a text of its own.")
    pieces = [content[chunk.start : chunk.end] for chunk in chunks]
    if names[0] == b"VP8X":
        head = bytearray(pieces[0])
        head[8] |= HAS_XMP
        pieces[0] = bytes(head)
    else:
        pieces.insert(0, _extended(content, chunks[0]))
    body = b"WEBP" + b"".join(pieces) + _chunk(b"XMP ", packet)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _extended(content: bytes, first: Piece) -> bytes:
    """The VP8X chunk of a simple file, with the size and the alpha that its pixels say."""
    data = content[first.inside : first.inside + 10]
    if first.name == b"VP8L" and data[:1] == b"\x2f" and len(data) >= 5:
        bits = int.from_bytes(data[1:5], "little")
        width, height = bits & 0x3FFF, bits >> 14 & 0x3FFF  # less one already
        flags = HAS_XMP | (HAS_ALPHA if bits >> 28 & 1 else 0)
    elif first.name == b"VP8 " and data[3:6] == b"\x9d\x01\x2a" and len(data) == 10:
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[6:10]))
        width, height, flags = width - 1, height - 1, HAS_XMP
    else:
        raise Untaggable("This picture is damaged.")
    size = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return _chunk(b"VP8X", bytes((flags, 0, 0, 0)) + size)


def _chunk(name: bytes, inside: bytes) -> bytes:
    return name + struct.pack("<I", len(inside)) + inside + b"\0" * (len(inside) % 2)


def webp_chunks(content: bytes) -> Iterator[Piece]:
    at, whole = 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    for _ in range(MOST_PIECES):
        if at + 8 > whole:
            return
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if end > whole:
            return
        yield Piece(content[at : at + 4], at, at + 8, at + 8 + size, end)
        at = end


# -- JPEG -----------------------------------------------------------------------------------------


def _jpeg_with(content: bytes, packet: bytes) -> bytes:
    segments = list(jpeg_segments(content))
    if len(packet) > MOST_IN_JPEG or any(_xmp(content, one) for one in segments):
        raise Untaggable("This picture has no room for a text.")
    heads = (one.end for one in segments if one.name in (b"\xe0", b"\xe1"))  # JFIF, EXIF
    at = max(heads, default=len(JPEG))
    body = XMP_HEAD + packet
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return content[:at] + segment + content[at:]


def _xmp(content: bytes, piece: Piece) -> bytes:
    inside = content[piece.inside : piece.inside_end]
    of_xmp = piece.name == b"\xe1" and inside.startswith(XMP_HEAD)
    return inside[len(XMP_HEAD) :] if of_xmp else b""


def jpeg_segments(content: bytes) -> Iterator[Piece]:
    at = len(JPEG)
    for _ in range(MOST_PIECES):
        if content[at : at + 1] != b"\xff" or content[at + 1 : at + 2] in (b"\xda", b"\xd9", b""):
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end > len(content) or end < at + 4:
            return
        yield Piece(content[at + 1 : at + 2], at, at + 4, end, end)
        at = end
