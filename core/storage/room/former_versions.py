"""Removed originals that buckets still have, as former versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils.utils import sqlite3

from core.storage.database import HistoryFile


@dataclass(frozen=True)
class FormerVersion:
    file: str
    bucket: str
    version: str


class FormerVersions:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def is_wanted(self, file: str) -> bool:
        with self._file.reading() as connection:
            find = "select 1 from outputs where file = ? and removed_at is not null"
            return connection.execute(find, [file]).fetchone() is not None

    def note(self, found: FormerVersion) -> None:
        with self._file.tx() as db:
            row = (found.file, found.bucket, found.version)
            db.execute("insert or replace into former_versions values (?, ?, ?)", row)

    def of(self, files: Sequence[str]) -> dict[str, FormerVersion]:
        places = ", ".join("?" * len(files))
        find = f"select * from former_versions where file in ({places})"
        with self._file.reading() as connection:
            rows = connection.execute(find, list(files)).fetchall()
        return {row["file"]: FormerVersion(**dict(row)) for row in rows}

    def keep(self, present: sqlite3.Connection) -> None:
        rows = present.execute("select * from former_versions").fetchall()
        with self._file.tx() as db:
            for row in rows:
                db.execute("insert or replace into former_versions values (?, ?, ?)", tuple(row))
