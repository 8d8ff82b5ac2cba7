"""What guests left by links: their stars, of which the last ones count, and their notes."""

from __future__ import annotations

from datetime import datetime

from core.feedback import Feedback, GuestNote, GuestRating
from core.storage.database import HistoryFile, moment, stamp


class GuestStore:
    """`guest` is the mark of one browser at one link: who shares a nickname stays apart."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(
        self, share_id: int, generation_id: int, guest: str, left: Feedback, now: datetime
    ) -> None:
        row = {
            "share_id": share_id,
            "generation_id": generation_id,
            "guest": guest,
            "nickname": left.nickname,
            "at": stamp(now),
        }
        with self._file.tx() as db:
            if left.stars:
                db.table("guest_ratings").upsert(
                    row | {"stars": left.stars}, pk=("share_id", "generation_id", "guest")
                )
            if left.note:
                db.table("guest_notes").insert(row | {"text": left.note})

    def count_notes(self, share_id: int) -> int:
        with self._file.reading() as connection:
            count = "select count(*) from guest_notes where share_id = ?"
            return int(connection.execute(count, [share_id]).fetchone()[0])

    def nickname(self, share_id: int, guest: str) -> str:
        """The last one of a guest; empty for a new one."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select nickname, at from guest_ratings where share_id = :share and guest = :guest"
                " union all"
                " select nickname, at from guest_notes where share_id = :share and guest = :guest"
                " order by at desc limit 1",
                {"share": share_id, "guest": guest},
            ).fetchone()
        return row["nickname"] if row else ""

    def notes(self, share_id: int) -> list[GuestNote]:
        return self._notes("share_id = ?", share_id)

    def ratings_by(self, share_id: int, guest: str) -> list[GuestRating]:
        return self._ratings("share_id = ? and guest = ?", share_id, guest)

    def of(self, generation_id: int) -> tuple[list[GuestRating], list[GuestNote]]:
        """Everything that guests left on a generation, by whichever link."""
        condition = "generation_id = ?"
        return self._ratings(condition, generation_id), self._notes(condition, generation_id)

    def _notes(self, condition: str, *values: object) -> list[GuestNote]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from guest_notes where {condition} order by at, id", values
            ).fetchall()
        return [
            GuestNote(row["generation_id"], row["nickname"], row["text"], moment(row["at"]))
            for row in rows
        ]

    def _ratings(self, condition: str, *values: object) -> list[GuestRating]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from guest_ratings where {condition} order by at", values
            ).fetchall()
        return [
            GuestRating(row["generation_id"], row["nickname"], row["stars"], moment(row["at"]))
            for row in rows
        ]
