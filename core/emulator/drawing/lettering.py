"""Typesetting: which glyphs exist, where lines break, how large they can be."""

from __future__ import annotations

from functools import cache
from typing import cast

from PIL import Image, ImageDraw, ImageFont

MARK = "DAILIES DEMO"
UNTITLED = "Untitled"
_LEADING = 1.26
_ELLIPSIS = "…"
_RULER = 64


def small_size(size: tuple[int, int]) -> int:
    return max(8, round(min(size) * 0.019))


def margin(size: tuple[int, int]) -> int:
    return round(min(size) * 0.065)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))


def drawable(text: str) -> str:
    """The text without what the typeface lacks, which would come out as boxes."""
    kept = "".join(c if c.isspace() or _has(c) else " " for c in text)
    return " ".join(kept.split())


@cache
def _has(character: str) -> bool:
    face = font(32)
    missing = face.getmask("\uffff")
    glyph = face.getmask(character)
    return glyph.size != missing.size or bytes(glyph) != bytes(missing)


def fit(text: str, room: tuple[int, int], largest: int, smallest: int) -> tuple[int, list[str]]:
    width, height = room
    size = largest
    while True:
        lines = wrap(text, size, width)
        if len(lines) * size * _LEADING <= height:
            return size, _balanced(text, size, width, len(lines))
        if size <= smallest:
            last = max(1, int(height / (size * _LEADING))) - 1
            return size, [*lines[:last], f"{lines[last]}{_ELLIPSIS}"]
        size = max(smallest, int(size * 0.94))


def wrap(text: str, size: int, width: int) -> list[str]:
    limit, space = width / size, _length(" ")
    lines: list[str] = []
    line, filled = "", 0.0
    for word in text.split():
        for index, piece in enumerate(_cut(word, limit)):
            gap = space if index == 0 else 0.0
            if line and (index or filled + gap + _length(piece) > limit):
                lines.append(line)
                line, filled = piece, _length(piece)
            else:
                line = f"{line} {piece}" if line else piece
                filled += gap + _length(piece)
    return [*lines, line] if line else lines


def _cut(word: str, limit: float) -> list[str]:
    if _length(word) <= limit:
        return [word]
    pieces, filled = [""], 0.0
    for character in word:
        if pieces[-1] and filled + _length(character) > limit:
            pieces.append("")
            filled = 0.0
        pieces[-1] += character
        filled += _length(character)
    return pieces


@cache
def _length(text: str) -> float:
    """The length of a word at type size 1; adding these up keeps long prompts fast."""
    return font(_RULER).getlength(text) / _RULER


def _balanced(text: str, size: int, width: int, count: int) -> list[str]:
    low, high = width // 3, width
    while high - low > 8:
        middle = (low + high) // 2
        if len(wrap(text, size, middle)) <= count:
            high = middle
        else:
            low = middle
    return wrap(text, size, high)


def poster_lines(text: str, size: tuple[int, int]) -> tuple[int, list[str], list[float]]:
    width, height = size
    unit, edge = min(size), margin(size)
    room = (round(width - 2 * edge), round(height * 0.34))
    words = drawable(text) or UNTITLED
    type_size, lines = fit(words, room, round(unit * 0.06), max(8, round(unit * 0.024)))
    last = height - edge - 2.4 * small_size(size)
    places = [last - (len(lines) - 1 - index) * type_size * 1.22 for index in range(len(lines))]
    return type_size, lines, places


def poster(text: str, size: tuple[int, int]) -> Image.Image:
    type_size, lines, places = poster_lines(text, size)
    sheet = Image.new("L", size)
    draw = ImageDraw.Draw(sheet)
    for line, place in zip(lines, places, strict=True):
        draw.text((margin(size), place), line, fill=255, font=font(type_size), anchor="ls")
    return sheet


def draw_lines(mask: Image.Image, lines: list[str], size: int, centre: tuple[float, float]) -> None:
    draw = ImageDraw.Draw(mask)
    top = centre[1] - (len(lines) - 1) * size * _LEADING / 2
    for index, line in enumerate(lines):
        place = (centre[0], top + index * size * _LEADING)
        draw.text(place, line, fill=255, font=font(size), anchor="mm")


def draw_spaced(
    mask: Image.Image,
    text: str,
    size: int,
    place: tuple[float, float],
    fill: int,
    *,
    from_right: bool = False,
) -> None:
    face, gap = font(size), size * 0.22
    length = sum(face.getlength(c) + gap for c in text) - gap
    x = place[0] - length if from_right else place[0]
    draw = ImageDraw.Draw(mask)
    for character in text:
        draw.text((x, place[1]), character, fill=fill, font=face, anchor="ls")
        x += face.getlength(character) + gap
