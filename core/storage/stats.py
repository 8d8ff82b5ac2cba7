"""Counts the whole history for a monitor: from the sums by day, at a million rows as at ten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.errors import StoreError
from core.storage.database import HistoryFile, stamp

PATIENCE_SECONDS = 1.0
"""A monitor would rather hear nothing than wait for a file that is locked."""
MODE = "iif(demo, 'demo', 'live') as mode"


class HistoryStats:
    """Counts and credits of a history file. A file that cannot be read counts nothing."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def generations(self) -> Iterator[tuple[tuple[str, str], int]]:
        """(status, mode) and how many."""
        for row in self._rows(
            f"select status, {MODE}, sum(generations) as found from spend group by status, demo"
        ):
            yield (row["status"], row["mode"]), row["found"]

    def credits(self) -> Iterator[tuple[tuple[str, str], int]]:
        """(kind, mode) and credits: quoted, estimated and charged of all generations, and pending,
        which is what those without a charge may still cost."""
        for row in self._rows(
            f"select {MODE}, sum(credits_quoted) as quoted, sum(credits_estimated) as estimated,"
            " sum(credits_charged) as charged,"
            " sum(iif(credits_charged is null, coalesce(credits_estimated, credits_quoted), 0))"
            " as pending from generations indexed by generations_sums group by demo"
        ):
            for kind in ("quoted", "estimated", "charged", "pending"):
                yield (kind, row["mode"]), row[kind] or 0

    def overdue(self, before: datetime, *, demo: bool) -> int:
        """Clips that were sent for before then and are not on our disk: they are made, or nobody
        knows whether they are, since Runway's answers about them cannot be used."""
        (row,) = self._rows(
            "select count(*) as found from generations"
            " where status in ('downloading', 'pending', 'throttled', 'running')"
            " and (status = 'downloading' or reason <> '') and demo = ?"
            " and coalesce(submitted_at, created_at) < ?",
            demo,
            stamp(before),
        ) or [{"found": 0}]
        return int(row["found"])

    def _rows(self, question: str, *values: Any) -> list[dict[str, Any]]:
        try:
            with self._file.reading(PATIENCE_SECONDS) as connection:
                return [dict(row) for row in connection.execute(question, values)]
        except StoreError:
            return []
