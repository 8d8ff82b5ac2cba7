"""Copies of outputs that carry their recipe, or no text at all, made when somebody asks for one.

The original is never touched. A copy can be made anew at any time, so only the last ones used stay.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from glob import escape
from pathlib import Path

from core.errors import DailiesError
from core.files import LARGEST_COPY, Output
from core.media import atomic_files
from core.media.disk_space import Disk
from core.sandbox import inspection

log = logging.getLogger(__name__)

FOLDER = "tagged"
MOST_BYTES = 4 * 1024**3
"""Bytes of all copies together."""
MOST_FILES = 2000
Write = Callable[[Path], bool]
"""Writes a copy to a path; False where there can be none."""


class Copies:
    """The folder `tagged`. A name says which output, and which text is in it."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        most_bytes: int = MOST_BYTES,
        bring: Callable[[str], object] = lambda _file: None,
    ) -> None:
        """`bring` is called with the name of an original that may be missing on the disk."""
        self._folder = folder / FOLDER
        self._disk = disk
        self._bring = bring
        self._most = most_bytes
        self._making = threading.Lock()

    def with_text(self, original: Path, output: Output, text: str) -> Path:
        """The file itself where there can be no copy."""
        put = partial(inspection.put_text, original, text)
        return self._copy(original, _digest(output, text), put) or original

    def stripped(self, original: Path, output: Output) -> Path | None:
        """None where there can be no copy."""
        return self._copy(
            original, f"{_digest(output, '')}-stripped", partial(inspection.strip, original)
        )

    def discard(self, original: Path) -> None:
        """Delete every copy of a file. Raises OSError."""
        for path in self._folder.glob(f"{escape(original.stem)}-*"):
            path.unlink(missing_ok=True)

    def _copy(self, original: Path, mark: str, write: Write) -> Path | None:
        path = self._folder / f"{original.stem}-{mark}{original.suffix}"
        try:
            with self._making:
                if not path.exists():
                    self._bring(original.name)
                    self._make(original, write, path)
            return None if _is_refused(path) else _used(path)
        except (DailiesError, OSError) as error:
            log.warning("no copy of a file could be made (%s)", type(error).__name__)
            return None

    def _make(self, original: Path, write: Write, path: Path) -> None:
        """An empty file notes that it was tried in vain."""
        if original.stat().st_size > LARGEST_COPY:
            path.touch()
            return
        self._disk.check()
        with atomic_files.draft(path) as beside:
            done = write(beside)
            if not done:
                beside.write_bytes(b"")
        if done:
            _as_old_as(original, path)
            self._make_room(path)

    def _make_room(self, newest: Path) -> None:
        found = [(path, path.stat()) for path in self._folder.iterdir() if path != newest]
        found.sort(key=lambda pair: pair[1].st_atime_ns, reverse=True)
        room, places = self._most - newest.stat().st_size, MOST_FILES - 1
        for path, facts in found:
            room, places = room - facts.st_size, places - 1
            if room < 0 or places < 0:
                path.unlink(missing_ok=True)


def _digest(output: Output, text: str) -> str:
    return hashlib.sha256(f"{output.sha256}\n{text}".encode("utf-8", "replace")).hexdigest()[:16]


def _is_refused(path: Path) -> bool:
    return path.stat().st_size == 0


def _as_old_as(original: Path, path: Path) -> None:
    """Size and age make up a file's ETag: with the same ones a broken download can continue."""
    age = original.stat().st_mtime_ns
    os.utime(path, ns=(age, age))


def _used(path: Path) -> Path:
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    return path
