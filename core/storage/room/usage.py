"""How many bytes originals and inputs take, by their rows: by project, person and week."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from core.domain.usage import Held, mondays
from core.storage.database import HistoryFile

BY = {"project": "project_id", "person": "nullif(author, '')"}


class UsageStore:
    """Counts live and demo together: they share one disk."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def held(self, by: str) -> tuple[Held, ...]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select {BY[by]} as name, count(*) as originals, sum(bytes) as bytes"
                " from outputs join generations on generations.id = generation_id"
                " where removed_at is null group by 1 order by 3 desc"
            ).fetchall()
        return tuple(Held(*row) for row in rows)

    def ever(self) -> int:
        """Bytes of all originals, also of those that were removed."""
        with self._file.reading() as connection:
            (size,) = connection.execute("select coalesce(sum(bytes), 0) from outputs").fetchone()
        return int(size)

    def in_bucket(self) -> int:
        with self._file.reading() as connection:
            (size,) = connection.execute(
                "select coalesce(sum(bytes), 0) from clip_copies where state = 'stored'"
            ).fetchone()
        return int(size)

    def weekly(self, today: date) -> dict[date, int]:
        """Bytes of originals and inputs by the Monday of their week. A file that is both counts
        once."""
        weeks = Counter(dict.fromkeys(mondays(today), 0))
        since = min(weeks).isoformat()
        with self._file.reading() as connection:
            rows = connection.execute(
                "select substr(coalesce(finished_at, created_at), 1, 10) as day, sum(bytes)"
                " from outputs join generations on generations.id = generation_id"
                " where coalesce(finished_at, created_at) >= :since group by 1"
                " union all select substr(created_at, 1, 10), sum(bytes) from uploads"
                " where created_at >= :since and sha256 not in (select sha256 from outputs)"
                " group by 1",
                {"since": since},
            ).fetchall()
        for day, size in rows:
            made = date.fromisoformat(day)
            weeks[made - timedelta(days=made.weekday())] += size
        return dict(weeks)
