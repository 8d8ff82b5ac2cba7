"""A table of figures as CSV, as spreadsheets open it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from core.export.lists import BOM, cell


def as_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """With a line of the names of the columns, which are those of the first row. Texts are never
    calculated, and what is None is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rows[0] if rows else ())
    for row in rows:
        writer.writerow(cell(one) if isinstance(one, str) else one for one in row.values())
    return BOM + out.getvalue().encode("utf-8", "replace")
