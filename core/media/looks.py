"""Counts how often the server has ended while it looked into one file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.media import atomic_files

MOST_LOOKS = 10
"""How many times the server may die while inspecting a file before the file gets the blame."""

_one_at_a_time = threading.Lock()


@contextmanager
def looking_into(path: Path) -> Iterator[bool]:
    """Note beside the file that it is being inspected; yields whether that has failed too often.

    Otherwise a file that kills the server would do so at every start. Inspections run one at a
    time, so that no waiting file is blamed.
    """
    mark = path.with_suffix(".looks")
    with _one_at_a_time:
        with atomic_files.disk_trouble(), mark.open("ab") as looks:
            looks.write(b".")
            begun = looks.tell()
        try:
            yield begun > MOST_LOOKS
        finally:
            mark.unlink()
