"""Everything of KIE's account that outlives a restart: credits, tasks, uploads."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from core.emulator.kie.orders import Aleph, Extend, Generate
from core.emulator.render_job import Job


class Task(BaseModel):
    id: str
    order: Generate | Aleph | Extend
    job: Job
    price: int
    made_at: datetime
    parent: str = ""
    looks: int = 0
    state: str = "wait"
    ended_at: datetime | None = None
    failure: str = ""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Records(BaseModel):
    balance: int
    tasks: dict[str, Task] = {}
    uploads: dict[str, datetime] = {}


class RecordsFile:
    """The records in one file, which several servers of a demo may share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = 0

    def newer(self) -> Records | None:
        """The records, if they are others than those last read or saved here."""
        try:
            stamp = self._path.stat().st_mtime_ns
            if stamp == self._seen:
                return None
            found = Records.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        self._seen = stamp
        return found

    def save(self, records: Records) -> None:
        """Replace the file in one step."""
        draft = self._path.with_suffix(".part")
        draft.write_text(records.model_dump_json(), encoding="utf-8")
        os.replace(draft, self._path)
        self._seen = self._path.stat().st_mtime_ns
