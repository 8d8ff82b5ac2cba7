"""The audit list beside the history, a line of JSON for each entry, only ever added to."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from core.domain.audit import Act, Entry
from core.storage.database import HistoryFile
from core.storage.identity.audit import AuditStore, Marked

log = logging.getLogger(__name__)

NAME = "audit.jsonl"
AT_ONCE = 1000
"""Entries that are read or written together."""
TAIL_BYTES = 64 * 1024
"""More than the longest line."""


class Line(BaseModel):
    uid: str = Field(pattern=r"^[0-9a-f]{16}$")
    at: AwareDatetime
    person: str
    person_id: str
    act: Act
    about: str


class AuditLog:
    """Appends the history's new entries to a file. Only one server at a time writes it."""

    def __init__(self, file: HistoryFile, folder: Path) -> None:
        self._store = AuditStore(file)
        self._path = folder / NAME
        self._last: str | None = None

    def follow(self) -> None:
        """Raises OSError, StoreError."""
        last = self._last if self._last is not None else self._mended()
        while entries := self._store.after(last, AT_ONCE):
            self._add(entries)
            self._last = last = entries[-1][0]

    def adopt(self) -> None:
        lines = self._lines()
        while entries := list(islice(lines, AT_ONCE)):
            self._store.adopt(entries)

    def _add(self, entries: list[Marked]) -> None:
        lines = [Line(uid=uid, **vars(entry)).model_dump_json() for uid, entry in entries]
        self._last = None  # a write that fails halfway is mended the next time
        with self._path.open("ab") as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())

    def _mended(self) -> str:
        """The uid of the last line; a partial line, left by a killed server, is cut off."""
        with self._path.open("a+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            *whole, half = file.read().split(b"\n")
            if half:
                file.truncate(size - len(half))
        return next((uid for uid, _ in _read(reversed(whole))), "")

    def _lines(self) -> Iterator[Marked]:
        try:
            with self._path.open("rb") as file:
                yield from _read(file)
        except FileNotFoundError:
            return


def _read(lines: Iterator[bytes]) -> Iterator[Marked]:
    for line in lines:
        try:
            told = Line.model_validate_json(line)
        except ValidationError:
            if line.strip():
                log.warning("a line of the audit list cannot be read")
        else:
            yield told.uid, Entry(told.at, told.person, told.person_id, told.act, told.about)
