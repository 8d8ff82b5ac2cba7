"""Everything of an emulator that outlives a restart, in one file that several servers of a demo may
share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

StateT = TypeVar("StateT", bound=BaseModel)


class StateFile(Generic[StateT]):
    def __init__(self, path: Path, kind: type[StateT], *, is_kept: bool) -> None:
        self._path = path
        self._kind = kind
        self._is_kept = is_kept
        self._seen = 0

    def load(self) -> StateT | None:
        """An unreadable file is put aside."""
        if not self._path.exists():
            return None
        try:
            return self._read()
        except ValidationError:
            self._path.rename(self._path.with_suffix(".unreadable"))
            return None

    def newer(self) -> StateT | None:
        try:
            return self._read() if self._path.stat().st_mtime_ns != self._seen else None
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, state: StateT) -> None:
        if not self._is_kept:
            return
        draft = self._path.with_suffix(".part")
        draft.write_text(state.model_dump_json(), encoding="utf-8")
        os.replace(draft, self._path)
        self._seen = self._path.stat().st_mtime_ns

    def _read(self) -> StateT:
        self._seen = self._path.stat().st_mtime_ns
        return self._kind.model_validate_json(self._path.read_bytes())
