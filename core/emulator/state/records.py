"""The emulator's folder: its state as one file, inputs, uploads and clips."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from core.emulator.state.tasks import Task


class Upload(BaseModel):
    """A ticket for a file, and the file once it has come. The upload must repeat `fields`."""

    ticket: str
    filename: str
    fields: dict[str, str]
    created: datetime
    file: str = ""
    spent: bool = False


class Entry(BaseModel):
    """Credits that moved: charges are positive, refunds negative."""

    at: datetime
    model: str
    task: str
    amount: int


class Records(BaseModel):
    """Everything that outlives a restart."""

    balance: int
    secret: str = Field(default_factory=lambda: secrets.token_hex(16))
    tasks: dict[str, Task] = {}
    uploads: dict[str, Upload] = {}
    entries: list[Entry] = []
    arrivals: dict[str, int] = {}


class Folder:
    """Where records and files are kept; a temporary one is deleted when it is closed."""

    def __init__(self, path: Path | None) -> None:
        self._temporary = path is None
        self._seen = 0
        self.path = Path(tempfile.mkdtemp(prefix="emulator-")) if path is None else path
        for name in ("clips", "inputs", "uploads"):
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def load(self, credits: int) -> Records:
        """The records of an earlier run, or new ones; an unreadable file is put aside."""
        if self._state.exists():
            try:
                return self._read()
            except ValidationError:
                self._state.rename(self._state.with_suffix(".unreadable"))
        return Records(balance=credits)

    def newer(self) -> Records | None:
        """The records, if somebody else has saved them since they were last read or saved here."""
        try:
            return self._read() if self._state.stat().st_mtime_ns != self._seen else None
        except (FileNotFoundError, ValidationError):
            return None

    def _read(self) -> Records:
        self._seen = self._state.stat().st_mtime_ns
        return Records.model_validate_json(self._state.read_bytes())

    def save(self, records: Records) -> None:
        """Replace the state file in one step; not for a temporary folder, which nobody reopens."""
        if self._temporary:
            return
        draft = self._state.with_suffix(".part")
        draft.write_text(records.model_dump_json(), encoding="utf-8")
        os.replace(draft, self._state)
        self._seen = self._state.stat().st_mtime_ns

    def keep(self, data: bytes) -> str:
        """Keep an input under its hash; returns its name inside the folder."""
        draft = self.path / "inputs" / f"{secrets.token_hex(8)}.part"
        draft.write_bytes(data)
        name = self.keep_file(draft)
        draft.unlink()
        return name

    def keep_file(self, path: Path) -> str:
        with path.open("rb") as file:
            name = f"inputs/{hashlib.file_digest(file, 'sha256').hexdigest()}"
        # A link, not a copy; two calls at the same time may both be the first.
        with contextlib.suppress(FileExistsError):
            os.link(path, self.path / name)
        return name

    def clip(self, name: str) -> Path:
        return self.path / "clips" / name

    def close(self) -> None:
        if self._temporary:
            shutil.rmtree(self.path, ignore_errors=True)

    @property
    def _state(self) -> Path:
        return self.path / "state.json"
