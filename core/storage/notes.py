"""Notes on generations, with their answers."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.reviews import Note, Outcome, Span, What
from core.storage.database import HistoryFile, moment, stamp
from core.storage.decisions import Action, Decisions
from core.storage.review_values import refusal


class NoteStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file
        self._decisions = Decisions(file)

    def add(
        self,
        note_id: str,
        generation_id: int,
        text: str,
        *,
        parent: str,
        span: Span | None,
        person: str,
        now: datetime,
    ) -> Outcome:
        """The same id never makes a second note."""

        def steps(db: Database, action: Action) -> None:
            if reason := refusal(db, generation_id, What.NOTE, text):
                action.refuse(generation_id, reason)
            elif not db.execute("select 1 from notes where id = ?", [note_id]).fetchone():
                db.table("notes").insert(
                    {
                        "id": note_id,
                        "generation_id": generation_id,
                        "parent": parent,
                        "person": person,
                        "text": text,
                        "start": span.start if span else None,
                        "stop": span.end if span else None,
                        "created_at": stamp(now),
                    }
                )
                action.note(generation_id, What.NOTE, note_id, "", text)

        return self._decisions.act(person, now, steps)

    def change(self, note: Note, what: What, value: str, *, person: str, now: datetime) -> Outcome:
        ids = [note.generation_id]
        return self._decisions.change(ids, what, note.id, value, person=person, now=now)

    def get(self, note_id: str) -> Note | None:
        with self._file.reading() as connection:
            row = connection.execute("select * from notes where id = ?", [note_id]).fetchone()
        return note_of(row) if row else None

    def of(self, generation_id: int) -> list[Note]:
        """Oldest first, deleted ones too."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from notes where generation_id = ? order by created_at, rowid",
                [generation_id],
            ).fetchall()
        return [note_of(row) for row in rows]


def note_of(row: sqlite3.Row) -> Note:
    def at(name: str) -> datetime | None:
        return moment(row[name]) if row[name] else None

    return Note(
        id=row["id"],
        generation_id=row["generation_id"],
        parent=row["parent"],
        person=row["person"],
        text=row["text"],
        span=None if row["start"] is None else Span(row["start"], row["stop"]),
        created_at=moment(row["created_at"]),
        edited_at=at("edited_at"),
        resolved_at=at("resolved_at"),
        resolved_by=row["resolved_by"],
        deleted_at=at("deleted_at"),
    )
