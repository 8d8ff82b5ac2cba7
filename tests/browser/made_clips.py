"""Clips that lie in a data folder before its server starts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.files import Output
from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.footage import film

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.test/a.png) <a href='//evil.test'>l</a>"
WANTED = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})


def folder_with(folder: Path, clips: Sequence[tuple[str, int]]) -> Path:
    """The folder, with a finished generation for each prompt and length in seconds."""
    for kind in ("videos", "posters"):
        (folder / kind).mkdir(parents=True)
    films = {}
    for prompt, seconds in clips:
        if seconds not in films:
            films[seconds] = film(folder.parent / "film.mp4", seconds=seconds)
        (folder / "videos" / _add(folder, prompt, seconds)).write_bytes(films[seconds])
    return folder


def _add(folder: Path, prompt: str, seconds: int) -> str:
    """A row in the history; what its clip is called."""
    now = datetime.now(UTC)
    wanted = replace(WANTED, prompt=prompt, params={**WANTED.params, "seed": seconds})
    with closing(HistoryFile(folder / "history.db")) as file:
        store = Store(file)
        row, _new = store.add(
            wanted,
            idempotency_key=secrets.token_hex(8),
            kind="text",
            quoted=24,
            demo=True,
            now=now,
        )
        size, sha256 = (320, 180), secrets.token_hex(32)
        name = f"{row.file_stem}-0.mp4"
        output = Output(0, name, "video/mp4", 9, sha256, *size, float(seconds), 24.0, "")
        task_id = secrets.token_hex(16)
        store.move(
            row, Status.SUCCEEDED, now, task_id=task_id, outputs=(output,), credits_charged=24
        )
    return name
