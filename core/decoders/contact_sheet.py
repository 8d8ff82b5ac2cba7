"""Draws posters with their captions as a contact sheet: pages of a PDF, and one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

from PIL import Image, ImageDraw, ImageFont

RESOLUTION = 150.0
A4 = 1240, 1754
"""In pixels, at that resolution."""
COLUMNS, ROWS = 4, 6
MARGIN, GAP, HEAD, FOOT = 70, 24, 110, 60
WIDE = (A4[0] - 2 * MARGIN - (COLUMNS - 1) * GAP) // COLUMNS
HIGH = WIDE * 9 // 16
LINES = 62
"""Pixels below a poster, for two lines of type."""
STEP = (A4[1] - HEAD - FOOT - MARGIN) // ROWS
IN_PICTURE = 120
PAPER, INK, GREY, FRAME = "#ffffff", "#16151a", "#6b6871", "#ececef"
TYPEFACE = Path(__file__).resolve().parents[2] / (
    "pages/frontend/fonts/hanken-grotesk-5.3.0-latin.woff2"
)


class Cell(TypedDict):
    """A poster's path, empty if there is none, and two lines of text."""

    poster: str
    caption: str
    words: str


def pages(title: str, cells: Sequence[Cell]) -> Iterator[Image.Image]:
    each = COLUMNS * ROWS
    count = max(1, -(-len(cells) // each))
    for number in range(count):
        shown = cells[number * each : (number + 1) * each]
        foot = f"{number + 1} of {count}" if count > 1 else ""
        yield _page(title, shown, A4[1], foot)


def picture(title: str, cells: Sequence[Cell]) -> Image.Image:
    shown = cells[:IN_PICTURE]
    rows = max(1, -(-len(shown) // COLUMNS))
    foot = f"The first {len(shown)} of {len(cells)}" if len(shown) < len(cells) else ""
    return _page(title, shown, HEAD + rows * STEP + FOOT + MARGIN, foot)


def _page(title: str, cells: Sequence[Cell], height: int, foot: str) -> Image.Image:
    page = Image.new("RGB", (A4[0], height), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, MARGIN - 10), _fit(title, 40, A4[0] - 2 * MARGIN), INK, _font(40))
    for number, cell in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        left, top = MARGIN + column * (WIDE + GAP), HEAD + MARGIN // 2 + row * STEP
        _poster(page, draw, cell["poster"], left, top)
        draw.text((left, top + HIGH + 8), _fit(cell["caption"], 19, WIDE), INK, _font(19))
        draw.text((left, top + HIGH + 34), _fit(cell["words"], 17, WIDE), GREY, _font(17))
    draw.text((MARGIN, height - FOOT), foot, GREY, _font(19))
    return page


def _poster(page: Image.Image, draw: ImageDraw.ImageDraw, path: str, left: int, top: int) -> None:
    draw.rectangle((left, top, left + WIDE - 1, top + HIGH - 1), FRAME)
    if not path:
        return
    try:
        with Image.open(path, formats=["JPEG"]) as poster:
            poster.draft("RGB", (WIDE, HIGH))
            poster.thumbnail((WIDE, HIGH))
            at = left + (WIDE - poster.width) // 2, top + (HIGH - poster.height) // 2
            page.paste(poster.convert("RGB"), at)
    except (OSError, ValueError, SyntaxError):
        return


def _fit(text: str, size: int, width: int) -> str:
    kept = " ".join("".join(c if _has(c) else " " for c in text[:200]).split())
    font = _font(size)
    if font.getlength(kept) <= width:
        return kept
    while kept and font.getlength(f"{kept}…") > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else ""


@cache
def _has(letter: str) -> bool:
    font = _font(32)
    missing, glyph = font.getmask("\uffff"), font.getmask(letter)
    return glyph.size != missing.size or bytes(glyph) != bytes(missing)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(TYPEFACE, size)
