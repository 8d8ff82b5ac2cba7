"""The emulator's folder, and what of its state outlives a restart."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, Field

from core.emulator.state.state_file import StateFile, StateT
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
    at: datetime
    model: str
    task: str
    amount: int


class Records(BaseModel):
    balance: int
    secret: str = Field(default_factory=lambda: secrets.token_hex(16))
    tasks: dict[str, Task] = {}
    uploads: dict[str, Upload] = {}
    entries: list[Entry] = []
    arrivals: dict[str, int] = {}


class Folder:
    """Where state, inputs, uploads and clips are kept; a temporary one is deleted when it is
    closed."""

    def __init__(self, path: Path | None) -> None:
        self._temporary = path is None
        self.path = Path(tempfile.mkdtemp(prefix="emulator-")) if path is None else path
        for name in ("clips", "inputs", "uploads"):
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def state(self, name: str, kind: type[StateT]) -> StateFile[StateT]:
        """Of a temporary folder, which nobody reopens, it is written nowhere."""
        return StateFile(self.path / name, kind, is_kept=not self._temporary)

    def keep(self, data: bytes) -> str:
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
