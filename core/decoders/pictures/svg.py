"""SVG drawings: their size, and a still of them. Nothing that they refer to is ever loaded."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import resvg_py
from PIL import Image

MAX_BYTES = 20 * 1024**2
LONGEST = 960
WIDEST = 1_000_000
"""Longer sides are nonsense; some would not even fit into a database."""
STEEPEST = 20
"""A narrower drawing, beyond one to twenty, would make a vast picture."""
DEEPEST = 100
"""Nested elements: some 300 overflow the renderer's stack."""
_NUMBER = re.compile(r"\s*([0-9.]+)\s*(px)?\s*")
_LOADS = re.compile(r"""url\(\s*['"]?(?!#|data:|[\s'"])|@import""")
_POINTER = ("href", "{http://www.w3.org/1999/xlink}href")


def is_drawing(head: bytes) -> bool:
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \r\n\t").lower()
    return text.startswith("<svg") or (
        text.startswith(("<?xml", "<!--", "<!doctype")) and "<svg" in text
    )


def size(path: Path) -> tuple[int, int]:
    root = _root(path)
    if root is None:
        return 0, 0
    return _size(root)


def still(path: Path, longest: int = LONGEST) -> Image.Image | None:
    """The drawing as a picture, `longest` pixels on its longer side; None if it cannot be drawn
    on its own, for example because it refers to other files."""
    root = _root(path)
    if root is None or _is_deep(root) or _points_outside(root):
        return None
    width, height = _size(root)
    if not width or not height or max(width, height) > STEEPEST * min(width, height):
        return None
    wide, tall = (longest, None) if width >= height else (None, longest)
    try:
        png = resvg_py.svg_to_bytes(path.read_text("utf-8-sig"), width=wide, height=tall)
        with Image.open(io.BytesIO(bytes(png)), formats=["PNG"]) as image:
            image.load()
            return image
    except BaseException as error:  # a panic in Rust is not an Exception
        if isinstance(error, (ValueError, OSError)) or type(error).__name__ == "PanicException":
            return None
        raise


def _root(path: Path) -> ElementTree.Element | None:
    if path.stat().st_size > MAX_BYTES:
        return None
    try:
        return ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _is_deep(root: ElementTree.Element) -> bool:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    return bool(level)


def _size(root: ElementTree.Element) -> tuple[int, int]:
    sides = [_number(root.get(name, "")) for name in ("width", "height")]
    if not all(sides):
        box = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
        sides = box[2:] if len(box) == 4 else [0, 0]
    return round(sides[0]), round(sides[1])


def _number(text: str) -> float:
    found = _NUMBER.fullmatch(text)
    try:
        number = float(found[1]) if found else 0.0
    except ValueError:
        return 0.0
    return number if number <= WIDEST else 0.0


def _points_outside(root: ElementTree.Element) -> bool:
    for element in root.iter():
        pointers = (element.get(name, "") for name in _POINTER)
        if any(p and not p.startswith(("#", "data:")) for p in pointers):
            return True
        if any(_LOADS.search(text) for text in (element.text or "", *element.attrib.values())):
            return True
    return False
