"""Small files that are made to cost much: memory, time, stack, or all of it.

Each is built when it is asked for; those that took work to find lie beside this module.
"""

from __future__ import annotations

import base64
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

HERE = Path(__file__).parent
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    ' width="90" height="60">'
)
PIECE, ROOM = 1024**2, 64 * 1024**2


# -- drawings -------------------------------------------------------------------------------------


def svg(inside: str, end: str = "</svg>") -> bytes:
    """A drawing of that."""
    return f"{SVG}{inside}{end}".encode()


def nested(count: int, tag: str = "g") -> bytes:
    """Elements inside each other."""
    return svg(f"<{tag}>" * count + "<rect width='9' height='9'/>" + f"</{tag}>" * count)


def chained(count: int, form: str, use: str) -> bytes:
    """Each of `count` definitions points at the next one."""
    defined = "".join(form.format(n=n, m=n + 1) for n in range(count))
    return svg(f"<defs>{defined}</defs>{use}")


def doubled() -> bytes:
    """Thirty groups, each of which shows the next one ten times."""
    shown = "".join("<use x:href='#g{m}'/>" for _ in range(10))
    last = "<g id='g30'><rect width='9' height='9'/></g>"
    return chained(30, f"<g id='g{{n}}'>{shown}</g>", f"{last}<use x:href='#g0'/>")


def entities() -> bytes:
    """A billion laughs."""
    names = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    return f"<!DOCTYPE svg [<!ENTITY a0 'ha'>{names}]>{SVG}<text>&a11;</text></svg>".encode()


def filtered(effect: str, count: int = 40) -> bytes:
    """One shape behind many times the same effect."""
    return svg(
        f"<filter id='f' x='-9' y='-9' width='99' height='99'>{effect * count}</filter>"
        "<rect width='90' height='60' filter='url(#f)'/>"
    )


def pictured(content: bytes) -> bytes:
    """A drawing with a picture in it, in a pattern."""
    data = base64.b64encode(content).decode()
    return svg(
        "<pattern id='p' width='.1' height='.1'>"
        f"<image width='9' height='9' x:href='data:image/png;base64,{data}'/></pattern>"
        "<rect width='90' height='60' fill='url(#p)'/>"
    )


# -- pictures -------------------------------------------------------------------------------------


def zeros(count: int) -> bytes:
    """So many zeros, packed: one piece again and again, so that it is quickly built."""
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(PIECE)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, wbits=-15)
    end = rest.compress(bytes(count % PIECE)) + rest.flush()
    check = struct.pack(">I", count % 65521 << 16 | 1)
    return b"\x78\x9c" + piece * (count // PIECE) + end + check


def png(width: int, height: int, *chunks: bytes, depth: int = 8, kind: int = 6, data: bool = True,
        interlaced: bool = False) -> bytes:  # fmt: skip
    """A PNG of one colour; `kind` 6 has transparency."""
    channels = {0: 1, 2: 3, 6: 4}[kind]
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    rows = height * (2 + width * channels * depth // 8) * (1 + interlaced)
    parts = [chunk(b"IHDR", head), *chunks]
    parts += [chunk(b"IDAT", zeros(rows))] if data else []
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")]) + bytes(512)


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def jpeg(width: int, height: int) -> bytes:
    """The head of a JPEG, and nothing behind it."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\0\3\x11\0"
    start = b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    return b"\xff\xd8" + start + b"\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0" + bytes(4096)


def gif(width: int, height: int) -> bytes:
    """A GIF with one small frame on a vast ground."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return head + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2D\1\0;" + bytes(512)


def webp(width: int, height: int) -> bytes:
    """The head of a lossless WebP."""
    bits = (width - 1) | (height - 1) << 14 | 1 << 28
    body = b"WEBPVP8L" + struct.pack("<I", 4096) + b"\x2f" + struct.pack("<I", bits) + bytes(4091)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(width: int, height: int) -> bytes:
    """A TIFF that says a vast size."""
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4096)


# -- archives -------------------------------------------------------------------------------------


def packed(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def overlapping(entries: int) -> bytes:
    """An archive in which many entries are the same 64 MB of zeros."""
    whole = packed({"1.png": bytes(ROOM)})
    end = whole.index(b"PK\5\6")
    begin = whole.index(b"PK\1\2")
    record = whole[begin:end]
    tail = struct.pack("<HHHHIIH", 0, 0, entries, entries, len(record) * entries, begin, 0)
    return whole[:begin] + record * entries + b"PK\5\6" + tail


def named(count: int) -> bytes:
    """An archive of so many files with nothing in them, built at once: `packed` takes ten seconds
    for 300,000."""
    files, records = bytearray(), bytearray()
    for number in range(count):
        name = f"{number}.png".encode()
        facts = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        records += b"PK\1\2\x14\0" + facts + struct.pack("<3H2I", 0, 0, 0, 0, len(files)) + name
        files += b"PK\3\4" + facts + name
    size, begin = len(records), len(files)
    end = struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, count, count, size, begin)
    place = b"PK\6\7" + struct.pack("<IQI", 0, begin + size, 1)
    last = struct.pack("<4H2IH", 0, 0, *[min(count, 0xFFFF)] * 2, size, begin, 0)
    return bytes(files + records) + b"PK\6\6" + end + place + b"PK\5\6" + last


def exr(width: int, height: int) -> bytes:
    """The head of an EXR frame."""

    def attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value

    channel = b"".join(n + b"\0" + struct.pack("<IIII", 2, 0, 1, 1) for n in (b"B", b"G", b"R"))
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = [
        attribute(b"channels", b"chlist", channel + b"\0"),
        attribute(b"compression", b"compression", b"\3"),
        attribute(b"dataWindow", b"box2i", box),
        attribute(b"displayWindow", b"box2i", box),
        attribute(b"lineOrder", b"lineOrder", b"\0"),
        attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
        attribute(b"screenWindowCenter", b"v2f", bytes(8)),
        attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)),
    ]
    return b"v/1\1\2\0\0\0" + b"".join(head) + b"\0" + bytes(4096)


# -- films ----------------------------------------------------------------------------------------


def film(kind: str, codec: str, content: bytes, width: int, height: int) -> bytes:
    """A film whose only frame is that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=24)
            stream.width, stream.height = width, height  # type: ignore[union-attr]
            stream.pix_fmt = "rgba" if codec == "png" else "yuv420p"  # type: ignore[union-attr]
            for number in range(3):
                packet = av.Packet(content)
                packet.stream, packet.pts, packet.dts = stream, number, number
                packet.time_base, packet.is_keyframe = Fraction(1, 24), True
                container.mux(packet)
        return path.read_bytes()


def forged(name: bytes, at: int, value: int) -> bytes:
    """A real film in one of whose tables another number stands."""
    content = bytearray((HERE / "stsz_u.mp4").read_bytes())
    place = content.rindex(name) + 4 + at
    content[place : place + 4] = struct.pack(">I", value)
    return bytes(content)


def boxes(count: int) -> bytes:
    """Boxes of an MP4 inside each other."""
    inside = b""
    for _ in range(count):
        inside = struct.pack(">I", len(inside) + 8) + b"moov" + inside
    return struct.pack(">I", 16) + b"ftypisom\0\0\0\0" + inside + bytes(512)


def wave(rate: int, channels: int) -> bytes:
    """A sound that says that it has four gigabytes."""
    form = struct.pack("<HHIIHH", 1, channels, rate, rate, channels * 2 % 65536, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + form + b"data\xff\xff\xff\xf0" + bytes(9000)


def matroska(width: int, height: int, codec: bytes) -> bytes:
    """A Matroska file whose only track is vast."""

    def element(name: bytes, content: bytes) -> bytes:
        length = struct.pack(">I", 0x1000_0000 | len(content))
        return name + length + content

    size = element(b"\xb0", struct.pack(">I", width)) + element(b"\xba", struct.pack(">I", height))
    track = (
        element(b"\xd7", b"\1")
        + element(b"\x73\xc5", b"\1")
        + element(b"\x83", b"\1")
        + element(b"\x86", codec)
        + element(b"\xe0", size)
    )
    head = element(b"\x42\x82", b"matroska")
    block = element(b"\xa3", b"\x81\0\0\x80" + bytes(4096))
    cluster = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + block)
    tracks = element(b"\x16\x54\xae\x6b", element(b"\xae", track))
    return element(b"\x1a\x45\xdf\xa3", head) + element(b"\x18\x53\x80\x67", tracks + cluster)


TURBULENCE = "<feTurbulence baseFrequency='9' numOctaves='999999'/>"
BLUR = "<feGaussianBlur stdDeviation='900'/>"
SPREAD = "<feMorphology operator='dilate' radius='9999'/>"
MASK = "<mask id='m{n}'><rect width='9' height='9' mask='url(#m{m})'/></mask>"
CLIP = "<clipPath id='c{n}'><rect width='9' height='9' clip-path='url(#c{m})'/></clipPath>"
PATTERN = (
    "<pattern id='p{n}' width='.5' height='.5'>"
    "<rect width='9' height='9' fill='url(#p{m})'/></pattern>"
)
STOP = "<stop offset='.5'/>"

BOMBS: dict[str, Callable[[], bytes]] = {
    **{p.name: p.read_bytes for p in sorted(HERE.iterdir()) if p.suffix not in (".py", "")},
    "svg, 300 groups": lambda: nested(300),
    "svg, 100,000 groups": lambda: nested(100_000),
    "svg, 3,000 drawings": lambda: nested(3_000, "svg"),
    "svg, not closed": lambda: svg("<g>" * 200_000, ""),
    "svg, 10^30 rectangles": doubled,
    "svg, entities": entities,
    "svg, masks in a row": lambda: chained(2_000, MASK, "<rect width='9' mask='url(#m0)'/>"),
    "svg, clips in a row": lambda: chained(2_000, CLIP, "<rect width='9' clip-path='url(#c0)'/>"),
    "svg, patterns in a row": lambda: chained(
        300, PATTERN, "<rect width='90' height='60' fill='url(#p0)'/>"
    ),
    "svg, uses in a row": lambda: chained(
        5_000, "<g id='u{n}'><use x:href='#u{m}'/></g>", "<use x:href='#u0'/>"
    ),
    "svg, turbulence": lambda: filtered(TURBULENCE),
    "svg, blur": lambda: filtered(BLUR, 400),
    "svg, spread": lambda: filtered(SPREAD, 100),
    "svg, dashes": lambda: svg(
        "<path d='M0 0H1e6' stroke='red' stroke-width='9' stroke-dasharray='.0001'/>"
    ),
    "svg, a long path": lambda: svg(
        f"<path d='M0 0{'L9 9C1 2 3 4 5 6' * 200_000}' stroke='red' stroke-width='3'/>"
    ),
    "svg, a long text": lambda: svg(f"<text>{'W' * 2_000_000}</text>"),
    "svg, many stops": lambda: svg(
        f"<linearGradient id='g'>{STOP * 200_000}</linearGradient>"
        "<rect width='90' height='60' fill='url(#g)'/>"
    ),
    "svg, a vast picture in it": lambda: pictured(png(16_000, 16_000, kind=0)),
    "svg, a drawing in it": lambda: pictured(nested(3_000)),
    "svg, 20 MB": lambda: svg("<rect/>" * 2_800_000),
    "png, 30,000 a side": lambda: png(30_000, 30_000, kind=0),
    "png, 2,000,000,000 a side": lambda: png(2_000_000_000, 2_000_000_000, data=False),
    "png, 8,000 by 4,000 in 16 bits": lambda: png(8_000, 4_000, depth=16),
    "png, 8,000 by 4,000 in passes": lambda: png(8_000, 4_000, interlaced=True),
    "png, a vast text": lambda: png(
        64, 64, *[chunk(b"zTXt", b"a\0\0" + zeros(ROOM)) for _ in range(20)]
    ),
    "png, a vast profile": lambda: png(64, 64, chunk(b"iCCP", b"a\0\0" + zeros(8 * ROOM))),
    "jpeg, 65,500 a side": lambda: jpeg(65_500, 65_500),
    "jpeg, 8,000 by 4,000, empty": lambda: jpeg(8_000, 4_000),
    "gif, 65,535 a side": lambda: gif(65_535, 65_535),
    "webp, 16,383 a side": lambda: webp(16_383, 16_383),
    "zip, a vast png": lambda: packed({"1.png": png(20_000, 20_000)}),
    "zip, vast pngs": lambda: packed({f"{n}.png": png(12_000, 12_000) for n in range(3)}),
    "zip, a vast exr": lambda: packed({"1.exr": exr(30_000, 30_000)}),
    "zip, an exr of 6,000 a side": lambda: packed({"1.exr": exr(6_000, 6_000)}),
    "zip, a vast tiff": lambda: packed({"1.tif": tiff(60_000, 60_000)}),
    "zip, a vast jpeg": lambda: packed({"1.jpg": jpeg(65_500, 65_500)}),
    "zip, 1 GB of zeros": lambda: overlapping(16),
    "zip, 4 TB of zeros": lambda: overlapping(65_000),
    "zip, 10,000 names": lambda: named(10_000),
    "zip, 300,000 names": lambda: named(300_000),
    "zip, names that climb": lambda: packed({"../../../a.png": b"a", "/etc/b.png": b"b"}),
    "zip, a name of digits": lambda: packed({"9" * 60_000 + ".png": b"a", "1.png": b"b"}),
    "zip in zip in zip": lambda: packed({"1.png": packed({"1.png": packed({"a": bytes(ROOM)})})}),
    "mov, a png of 15,000 a side": lambda: film("mov", "png", png(15_000, 15_000), 64, 64),
    "mov, 15,000 a side and so said": lambda: film(
        "mov", "png", png(15_000, 15_000), 15_000, 15_000
    ),
    "mp4, a vast table of times": lambda: forged(b"stts", 4, 0x0FFF_FFFF),
    "mp4, a vast table of chunks": lambda: forged(b"stsc", 4, 0x0FFF_FFFF),
    "mp4, a vast table of places": lambda: forged(b"stco", 4, 0x0FFF_FFFF),
    "mp4, a vast scale": lambda: forged(b"mvhd", 12, 0xFFFF_FFFF),
    "mp4, 5,000 boxes": lambda: boxes(5_000),
    "mkv, 60,000 a side": lambda: matroska(60_000, 60_000, b"V_VP9"),
    "mkv, 16,000 by 9,000": lambda: matroska(16_000, 9_000, b"V_UNCOMPRESSED"),
    "wav, four gigabytes": lambda: wave(48_000, 2),
    "wav, 65,535 channels": lambda: wave(4_000_000_000, 65_535),
    "mp3, a vast tag": lambda: b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(9_000),
    "flac, a vast picture": lambda: b"fLaC\6\xff\xff\xff" + bytes(9_000),
}
