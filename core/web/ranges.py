"""Which stretch of a file a request asks for, where we read the file ourselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def wanted(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """The bytes asked for, as start and end (not included); there may be none. None when the whole
    file is asked for, or when it has changed since the browser saw it."""
    asked = RANGE.fullmatch(headers.get("range", ""))
    if asked is None or asked.groups() == ("", ""):
        return None
    if headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size
