"""Differences from a provider's books that somebody has explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.storage.database import HistoryFile, moment, stamp


@dataclass(frozen=True)
class Known:
    """Who explained when why a provider has so many credits `more` and `fewer` on a day."""

    day: date
    more: int
    fewer: int
    why: str
    person: str
    at: datetime


class KnownDifferenceStore:
    def __init__(self, file: HistoryFile, *, demo: bool) -> None:
        self._file = file
        self._demo = demo

    def all(self) -> Mapping[date, Known]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from known_differences where demo = ?", [self._demo]
            ).fetchall()
        found = (
            Known(
                date.fromisoformat(row["day"]),
                row["more"],
                row["fewer"],
                row["why"],
                row["person"],
                moment(row["at"]),
            )
            for row in rows
        )
        return {one.day: one for one in found}

    def put(self, one: Known) -> None:
        values = vars(one) | {"day": one.day.isoformat(), "at": stamp(one.at), "demo": self._demo}
        with self._file.tx() as db:
            db.table("known_differences").upsert(values, pk=("day", "demo"))

    def remove(self, day: date) -> None:
        with self._file.tx() as db:
            db.execute(
                "delete from known_differences where day = ? and demo = ?",
                [day.isoformat(), self._demo],
            )
