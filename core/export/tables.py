"""Tables as CSV, as spreadsheets open them: no text of a person is ever calculated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters of cells that spreadsheets calculate."""
BOM = b"\xef\xbb\xbf"
"""The mark by which spreadsheets know UTF-8."""


def as_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """The columns are those of the first row."""
    return BOM + b"".join(map(line, (rows[0] if rows else (), *(row.values() for row in rows))))


def line(cells: Iterable[object]) -> bytes:
    """None is an empty cell."""
    out = io.StringIO()
    csv.writer(out).writerow(_cell(one) if isinstance(one, str) else one for one in cells)
    return out.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
