"""Answers and files that nobody would think of: real ones with a few things wrong."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image

from tests.footage import film, sound

STATUSES = ["PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "DREAMING"]
LINKS = [
    "http://127.0.0.1:9/a.mp4",
    "http://[bad",
    "https://nowhere.invalid/a",
    "file:///etc/passwd",
]
ODD = [
    "",
    "\0",
    "🎬",
    "\u202e",
    "0",
    "-1",
    "1e999",
    "NaN",
    "null",
    "x" * 70_000,
    "2026-13-45T99:99:99Z",
]
CODES = [*range(200, 209), *range(300, 309), *range(400, 432), 451, *range(500, 512), 520, 599]
ANSWERS: Mapping[str, Any] = {
    "task": {
        "id": "4f8f-1", "status": "RUNNING", "createdAt": "2026-11-22T20:01:05.123Z",
        "progress": 0.5, "output": ["https://a.test/1.mp4"], "failure": "No.", "failureCode": "X.Y",
        "estimatedCost": {"credits": 24}, "cost": {"credits": 24},
    },
    "account": {
        "creditBalance": 10,
        "tier": {
            "maxMonthlyCreditSpend": 5,
            "models": {"gen4.5": {"maxConcurrentGenerations": 1, "maxDailyGenerations": 2}},
        },
        "usage": {"models": {"gen4.5": {"dailyGenerations": 3}}},
    },
    "usage": {
        "results": [{"date": "2026-11-22", "usedCredits": [{"model": "gen4.5", "amount": 24}]}],
        "models": ["gen4.5"],
    },
    "upload": {"uploadUrl": "https://a.test/u", "fields": {"key": "a"}, "runwayUri": "runway://a"},
    "error": {"error": "No.", "issues": [{"message": "Too long", "path": ["promptText", 0]}]},
}  # fmt: skip


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36">
<rect width="9" height="9"/></svg>"""


def _names(value: Any) -> set[str]:
    """Every key of an answer."""
    if not isinstance(value, dict):
        return set()
    return set(value).union(*map(_names, value.values()))


NAMES = sorted(_names(ANSWERS) | {"date", "usedCredits", "model", "amount", "message", "path"})


def values() -> SearchStrategy[Any]:
    """Whatever JSON can say, with words that Runway uses, and what JSON cannot say but Python
    writes: NaN and Infinity."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=10**15, max_value=10**40),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([*STATUSES, *LINKS, *ODD]),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=5),
        ),
        max_leaves=12,
    )


def spoilt(wholes: Mapping[str, Any]) -> SearchStrategy[Any]:
    """One of these JSON objects of which a few places hold something else."""
    return st.composite(lambda draw: _spoil(draw, wholes[draw(st.sampled_from(sorted(wholes)))]))()


def _spoil(draw: st.DrawFn, original: Any) -> Any:
    whole = json.loads(json.dumps(original))
    for _ in range(draw(st.integers(0, 4))):
        place, key = whole, draw(st.sampled_from(sorted(whole)))
        while isinstance(place[key], dict) and place[key] and draw(st.booleans()):
            place, key = place[key], draw(st.sampled_from(sorted(place[key])))
        place[key] = draw(values())
    return whole


def texts(wholes: Mapping[str, Any]) -> SearchStrategy[bytes]:
    """These objects and others, as they are written down."""
    return (spoilt(wholes) | values()).map(lambda value: json.dumps(value).encode())


def bodies() -> SearchStrategy[bytes]:
    """What may come instead of an answer's body."""
    written = texts(ANSWERS)
    cut = st.tuples(written, st.floats(0, 1)).map(lambda b: b[0][: int(len(b[0]) * b[1])])
    strange = st.sampled_from(
        [b"", b"<html>Log in</html>", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"[" * 10_000,
         b"9" * 5_000, b'{"id": "\\ud800", "status": "FAILED"}',
         b'{"creditBalance": ' + b"9" * 4_000 + b"}"]
    )  # fmt: skip
    return st.one_of(written, cut, strange, st.binary(max_size=64))


def headers() -> SearchStrategy[dict[str, str]]:
    """Headers that we read."""
    name = st.sampled_from(["Retry-After", "Content-Type", "ETag", "Content-Range", "X-Odd"])
    value = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=12)
    known = st.sampled_from(["0", "-1", "1e9", "99999999999", "bytes 0-9/10", "bytes */x", "²"])
    return st.dictionaries(name, value | known, max_size=3)


def pictures() -> list[bytes]:
    """Small real pictures of every kind that is taken, and of some that are not."""
    found = []
    noise = Image.effect_noise((96, 64), 80)
    for kind, mode in (
        ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "RGB"),
        ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("GIF", "P"), ("BMP", "RGB"), ("TIFF", "RGB"),
    ):  # fmt: skip
        out = io.BytesIO()
        noise.convert(mode).save(out, kind)
        found.append(out.getvalue())
    turned = Image.Exif()
    turned[0x0112], turned[0x010E] = 6, "words"
    out = io.BytesIO()
    noise.convert("RGB").save(out, "JPEG", exif=turned)
    return [*found, out.getvalue()]


def films(folder: Path) -> list[bytes]:
    """Small real films and sounds."""
    size = (64, 36)
    made = [
        film(folder / f"film{kind}", seconds=1, size=size) for kind in (".mp4", ".webm", ".mov")
    ]
    return [*made, *(sound(folder / f"s{kind}", seconds=0.1) for kind in (".mp3", ".wav", ".ogg"))]


def made_files(folder: Path) -> list[bytes]:
    """Small real files of every kind that a task may make."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"frames/{number:03}.png", pictures()[0])
    return [*pictures(), *films(folder), out.getvalue(), DRAWING.encode()]


def drawings() -> SearchStrategy[bytes]:
    """Drawings whose measures, pointers and text are anything."""
    sides = st.sampled_from(["9" * 400, "0", "1.2.3", "-4", "", "100%", "12px", "1e9", "64"])
    inside = st.sampled_from(["", "<rect/>", "<image href='http://127.0.0.1:9/a'/>", "<g>" * 2_000])
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}">{}'
    text = st.tuples(sides, sides, sides, sides, inside | st.text(max_size=9)).map(
        lambda parts: drawn.format(*parts)
    )
    return st.tuples(text, st.sampled_from(["</svg>", ""])).map(lambda p: "".join(p).encode())


def damaged(whole: list[bytes]) -> SearchStrategy[bytes]:
    """One of the files with some bytes changed, cut out, put in twice, or missing at the end."""
    # Drawn by number: hypothesis likes to show what it draws from.
    return st.composite(lambda draw: _damage(draw, whole[draw(st.integers(0, len(whole) - 1))]))()


def _damage(draw: st.DrawFn, file: bytes) -> bytes:
    content = bytearray(file)
    for _ in range(draw(st.integers(0, 6))):
        # Near the head more often: that is where a file says what it is.
        reach = draw(st.sampled_from([64, 512, len(content)]))
        at = draw(st.integers(0, max(0, min(reach, len(content)) - 1)))
        spoil = draw(st.sampled_from(SPOILS))
        spoil(content, at, draw(st.binary(min_size=1, max_size=8)))
    return bytes(content)


def _change(content: bytearray, at: int, put: bytes) -> None:
    content[at : at + len(put)] = put


def _insert(content: bytearray, at: int, put: bytes) -> None:
    content[at:at] = put


def _remove(content: bytearray, at: int, put: bytes) -> None:
    del content[at : at + len(put)]


def _end(content: bytearray, at: int, put: bytes) -> None:
    del content[at:]


SPOILS: tuple[Callable[[bytearray, int, bytes], None], ...] = (
    _change,
    _change,
    _insert,
    _remove,
    _end,
)
