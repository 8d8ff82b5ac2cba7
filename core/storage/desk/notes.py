"""Notes on generations, with their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.reviews import Note, Outcome, Span, What
from core.storage.database import HistoryFile, moment, moment_or_none, stamp
from core.storage.desk.action import Action
from core.storage.desk.decisions import Decisions
from core.storage.desk.review_values import refusal


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

        note = Note(note_id, generation_id, parent, person, text, span, now)
        return self._decisions.act(person, now, lambda db, action: add_note(db, action, note))

    def change(self, note: Note, what: What, value: str, *, person: str, now: datetime) -> Outcome:
        ids = [note.generation_id]
        return self._decisions.change(ids, what, note.id, value, person=person, now=now)

    def get(self, note_id: str) -> Note | None:
        with self._file.reading() as connection:
            row = connection.execute("select * from notes where id = ?", [note_id]).fetchone()
        return note_of(row) if row else None

    def of(self, generation_id: int) -> list[Note]:
        with self._file.reading() as connection:
            return notes_on(connection, generation_id)


def notes_on(connection: sqlite3.Connection, generation_id: int) -> list[Note]:
    find = "select * from notes where generation_id = ? order by created_at, rowid"
    return [note_of(row) for row in connection.execute(find, [generation_id])]


def add_note(db: Database, action: Action, note: Note) -> None:
    if reason := refusal(db, note.generation_id, What.NOTE, note.text):
        action.refuse(note.generation_id, reason)
    elif not db.execute("select 1 from notes where id = ?", [note.id]).fetchone():
        db.table("notes").insert(cells_of(note))
        action.note(note.generation_id, What.NOTE, note.id, "", note.text)


def cells_of(note: Note) -> dict[str, Any]:
    cells = {k: stamp(v) if isinstance(v, datetime) else v for k, v in vars(note).items()}
    del cells["span"]
    start, stop = (note.span.start, note.span.end) if note.span else (None, None)
    return cells | {"start": start, "stop": stop}


def note_of(row: sqlite3.Row) -> Note:
    return Note(
        id=row["id"],
        generation_id=row["generation_id"],
        parent=row["parent"],
        person=row["person"],
        text=row["text"],
        span=None if row["start"] is None else Span(row["start"], row["stop"]),
        created_at=moment(row["created_at"]),
        edited_at=moment_or_none(row["edited_at"]),
        resolved_at=moment_or_none(row["resolved_at"]),
        resolved_by=row["resolved_by"],
        deleted_at=moment_or_none(row["deleted_at"]),
        guest=row["guest"],
    )
