"""Every change of state of every generation, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.generations import Event, Status
from core.storage import private_projects
from core.storage.database import HistoryFile, moment

MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Change:
    """An entry in a generation's timeline, with its number among all entries."""

    number: int
    generation_id: int
    event: Event


class Timeline:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def newest(self) -> int:
        with self._file.reading() as connection:
            row = connection.execute("select max(id) as id from events").fetchone()
        return row["id"] or 0

    def seen(self, changes: Sequence[Change]) -> list[Change]:
        with self._file.reading() as connection:
            ids = set(private_projects.seen(connection, [one.generation_id for one in changes]))
        return [one for one in changes if one.generation_id in ids]

    def after(self, number: int, among: Collection[int] = ()) -> list[Change]:
        """What came after this number, oldest first, for all generations or `among` some; at most
        `MOST_AT_ONCE`."""
        chosen = f"and generation_id in ({', '.join('?' * len(among))})" if among else ""
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from events where id > ? {chosen} order by id limit {MOST_AT_ONCE}",
                [number, *among],
            ).fetchall()
        return [
            Change(
                row["id"],
                row["generation_id"],
                Event(moment(row["at"]), Status(row["status"]), row["detail"]),
            )
            for row in rows
        ]
