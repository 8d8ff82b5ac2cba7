"""How much of the disk each folder takes: looked through once, and not at each question."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

HISTORY = "history"


def folder_sizes(folder: Path, kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Number of files and bytes of each, and of the history itself. A file that has two names, as
    an output that is an input as well, counts where it is met first."""
    met: set[int] = set()
    sizes = {kind: _sum(_files(folder / kind), met) for kind in kinds}
    return sizes | {HISTORY: _sum((path.stat() for path in folder.glob("history.db*")), met)}


def _sum(files: Iterator[os.stat_result], met: set[int]) -> tuple[int, int]:
    count = size = 0
    for facts in files:
        if facts.st_nlink > 1:
            if facts.st_ino in met:
                continue
            met.add(facts.st_ino)
        count, size = count + 1, size + facts.st_size
    return count, size


def _files(folder: Path) -> Iterator[os.stat_result]:
    """Below it, at any depth; one that is deleted meanwhile is passed over."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                else:
                    yield entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
