"""A list out of a table, as spreadsheets write it or as it is pasted: its columns by their names.

Excel, LibreOffice and Google differ in signs between the cells, in encodings and in marks at the
start; all of that is understood or refused in words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.domain.batches import MOST
from core.errors import DailiesError

LARGEST = 20 * 2**20
"""Bytes of a file."""
LONGEST_CELL = 20_000
"""Letters: longer than any model's prompt."""
DIVIDERS = ",;\t|"
BETWEEN = DIVIDERS + " "
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
COLUMNS = ("prompt", "model", "ratio", "duration", "seed", "files", "project", "tags")
ALIASES: Mapping[str, str] = {name: name for name in COLUMNS} | {
    "text": "prompt",
    "prompts": "prompt",
    "description": "prompt",
    "aspect": "ratio",
    "aspect ratio": "ratio",
    "size": "ratio",
    "seconds": "duration",
    "length": "duration",
    "file": "files",
    "image": "files",
    "images": "files",
    "first frame": "files",
    "tag": "tags",
}
EXAMPLE = (
    "prompt,model,ratio,duration,seed,files,project,tags\r\n"
    '"A paper boat drifts down a rainy street, neon in the water",,16:9,5,,,Boats,"night, rain"\r\n'
    "The same street at dawn,,9:16,5,42,,Boats,dawn\r\n"
)
"""The sheet to begin with, as a download."""


class BadSheet(DailiesError):
    """Nothing of it can be read as a list; the message says why, the hint what to do."""


@dataclass(frozen=True)
class Sheet:
    """Rows by the names in COLUMNS; `unknown` are columns with other names."""

    rows: tuple[Mapping[str, str], ...]
    unknown: tuple[str, ...] = ()


def read(content: bytes) -> Sheet:
    """Raises BadSheet."""
    if len(content) > LARGEST:
        raise BadSheet(f"The file is larger than {LARGEST // 2**20} MB.", "Divide it.")
    if content.startswith(WORKBOOK):
        raise BadSheet("This is a workbook, not a table of text.", "Save it as CSV, and drop that.")
    return parse(_decoded(content))


def parse(text: str) -> Sheet:
    """Raises BadSheet."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise BadSheet("This is not a table of text.", "Save it as CSV, and drop that.")
    lines = text.lstrip("\n")
    if lines[:4].lower() == "sep=":  # what Excel writes for itself
        lines = lines.partition("\n")[2]
    rows = [row for row in _rows(lines) if any(cell.strip() for cell in row)]
    if not rows:
        raise BadSheet("There is nothing in it.", "The first row names the columns.")
    return _named(rows, lines.split("\n"))


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSheet("Its letters cannot be read.", "Save it as CSV in UTF-8.")


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    divider = max(DIVIDERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True))
    except csv.Error as error:
        if "limit" in str(error):
            raise BadSheet(f"A cell has more than {LONGEST_CELL:,} letters.") from None
        raise BadSheet(
            "The quotation marks in it do not pair up.",
            "A cell with a quotation mark stands in quotation marks, and the mark is doubled.",
        ) from None
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise BadSheet(f"A cell has more than {LONGEST_CELL:,} letters.")
    return rows


def _named(rows: Sequence[Sequence[str]], lines: Sequence[str]) -> Sheet:
    """By the names in the first row; where that names none, a list of prompts, one a line."""
    head = [" ".join(cell.split()).lower() for cell in rows[0]]
    names = [ALIASES.get(cell, "") for cell in head]
    if not any(names):
        widths = set(map(len, rows))
        if len(rows) > 1 and len(widths) == 1 and widths != {1}:
            raise BadSheet(
                "The first row does not name the columns.",
                f"Name them {', '.join(COLUMNS)}; only prompt is needed.",
            )
        return _limited([{"prompt": line.strip()} for line in lines if line.strip(BETWEEN)], ())
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise BadSheet(f"Two columns are {min(twice)}.", "Keep one of them.")
    if not rows[1:]:
        raise BadSheet("It has columns, and no row below them.")
    unknown = tuple(cell for cell, name in zip(head, names, strict=True) if cell and not name)
    return _limited([dict(_cells(names, row)) for row in rows[1:]], unknown)


def _limited(rows: Sequence[Mapping[str, str]], unknown: tuple[str, ...]) -> Sheet:
    if len(rows) > MOST:
        raise BadSheet(f"It has {len(rows):,} rows.", f"A list has at most {MOST:,}.")
    return Sheet(tuple(rows), unknown)


def _cells(names: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, cell in zip(names, row, strict=False):
        if name and cell.strip():
            yield name, cell.strip()
