"""Guests of links, and what they say: reviews like those of the team, in the same tables."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from core.domain.feedback import Feedback
from core.domain.reviews import Guest, Note, Outcome, What
from core.storage.database import HistoryFile
from core.storage.desk.action import Action
from core.storage.desk.decisions import Decisions
from core.storage.desk.notes import add_note, note_of


class GuestStore:
    """A guest is one browser at one link: two who share a nickname stay apart."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file
        self._decisions = Decisions(file)

    def add(
        self, guest: Guest, generation_id: int, left: Feedback, *, note_id: str, now: datetime
    ) -> Outcome:
        note = Note(
            note_id, generation_id, "", guest.nickname, left.note, None, now, guest=guest.key
        )

        def steps(db: Database, action: Action) -> None:
            db.table("guests").upsert(vars(guest), pk="key")
            if left.stars:
                action.set(generation_id, What.STARS, guest.key, str(left.stars))
            if left.note:
                add_note(db, action, note)

        return self._decisions.act(guest.nickname, now, steps, guest=guest.key)

    def count_notes(self, share: str) -> int:
        count = "select count(*) from guests join notes on notes.guest = guests.key where share = ?"
        with self._file.reading() as connection:
            return int(connection.execute(count, [share]).fetchone()[0])

    def nickname(self, key: str) -> str:
        with self._file.reading() as connection:
            row = connection.execute("select nickname from guests where key = ?", [key]).fetchone()
        return row["nickname"] if row else ""

    def notes(self, share: str) -> list[Note]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select notes.* from guests join notes on notes.guest = guests.key"
                " where share = ? and deleted_at is null order by created_at, notes.rowid",
                [share],
            ).fetchall()
        return [note_of(row) for row in rows]

    def stars(self, key: str) -> dict[int, int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select generation_id, stars from ratings where guest = ? and guest <> ''", [key]
            ).fetchall()
        return {row["generation_id"]: row["stars"] for row in rows}
