"""The trash of the history: what lies in it, for how long, and what is left of it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyroaring import BitMap

from core.generations import Generation
from core.storage.database import HistoryFile, stamp
from core.storage.rows import with_outputs

AT_ONCE = 500
"""Rows per query, so that others get their turn."""
SEEN = "exists (select 1 from generations as seen where seen.id = generations.id)"
"""An index can be named only for the table, not for a limited reader's view of it."""


class TrashStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def count(self) -> int:
        return len(self._ids(""))

    def ids(self) -> list[int]:
        return self._ids("")

    def holds_all(self, generation_ids: Sequence[int]) -> bool:
        with self._file.indexed() as (_, facets):
            places = BitMap(facets.places.find(generation_ids)) & facets.everything
            return places <= facets.with_any("trashed", [1])

    def newest(self, limit: int) -> list[Generation]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from main.generations indexed by generations_trashed"
                f" where trashed_at is not null and emptied_at is null and {SEEN}"
                " order by trashed_at desc limit ?",
                [limit],
            ).fetchall()
            return with_outputs(connection, rows)

    def due(self, before: datetime) -> list[int]:
        return self._ids("and trashed_at < :before", before=stamp(before))

    def half_emptied(self) -> list[Generation]:
        """Some of those marked as emptied whose files may still be there."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from generations indexed by generations_emptied"
                " where emptied_at is not null"
                " and exists (select 1 from outputs where generation_id = generations.id)"
                " limit ?",
                [AT_ONCE],
            ).fetchall()
            return with_outputs(connection, rows)

    def forget_files(self, generation: Generation) -> None:
        with self._file.tx() as db:
            db.execute("delete from outputs where generation_id = ?", [generation.id])

    def _ids(self, condition: str, **values: str) -> list[int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id from main.generations indexed by generations_trashed"
                f" where trashed_at is not null and emptied_at is null and {SEEN} {condition}"
                " order by trashed_at",
                values,
            ).fetchall()
        return [row["id"] for row in rows]
