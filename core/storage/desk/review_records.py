"""Everything that people have said of a generation, as one record to keep beside the history."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.reviews import Decision, Guest, Project, Record, What
from core.generations import Review
from core.storage.database import HistoryFile, moment_or_none, stamp
from core.storage.desk.decisions import decisions, told
from core.storage.desk.notes import cells_of, notes_on
from core.storage.desk.projects import PROJECTS, enter_project, project_of
from core.storage.desk.reviews import rating_of, tags_on
from core.storage.rows import add_new, number_of
from core.text.names import key

AT_ONCE = 500
"""Decisions to follow up in one step."""
SPOKEN_OF = """
    select id, idempotency_key from generations
    where id in (select generation_id from decisions where guest <> '') order by id
"""
"""The generations that guests have said anything about."""
GUESTS = """
    select key, share, nickname from guests where key in (
        select guest from ratings where generation_id = ?1
        union select guest from notes where generation_id = ?1
    ) order by key
"""


class ReviewRecords:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def of(self, generation_id: int) -> Record:
        with self._file.reading() as connection:
            return record_of(connection, generation_id)

    def unrecorded(self) -> tuple[list[int], int]:
        """Generations decided on since the last `mark`, and what to mark next."""
        with self._file.reading() as connection:
            (seen,) = connection.execute("select decision from recorded").fetchone()
            rows = connection.execute(
                "select id, generation_id from decisions where id > ? order by id limit ?",
                [seen, AT_ONCE],
            ).fetchall()
        ids = list(dict.fromkeys(row["generation_id"] for row in rows))
        return ids, rows[-1]["id"] if rows else seen

    def mark(self, decision: int) -> None:
        with self._file.tx() as db:
            db.execute("update recorded set decision = ?", [decision])

    def newest(self) -> datetime | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "select max((select max(at) from decisions), (select max(updated_at)"
                " from generations))"
            ).fetchone()
        return moment_or_none(row[0])

    def bring_up_to_date(self, idempotency_key: str, record: Record) -> bool:
        """Replace an older record. Returns whether `record` was newer."""
        with self._file.tx() as db:
            number = number_of(db.conn, idempotency_key)
            if number is None or len(record.decisions) <= _count(db, number):
                return False
            for table in ("ratings", "generation_tags", "notes", "decisions"):
                db.execute(f"delete from {table} where generation_id = ?", [number])
            db.execute(
                "update generations set review = ?, trashed_at = ?, trashed_by = ?,"
                " emptied_at = ?, project_id = null where id = ?",
                [
                    record.review,
                    stamp(record.trashed_at) if record.trashed_at else None,
                    record.trashed_by,
                    stamp(record.emptied_at) if record.emptied_at else None,
                    number,
                ],
            )
            put(db, number, record)
        return True

    def keep_guests(self, present: sqlite3.Connection) -> None:
        """Take over all that guests have said into a restored history, since they cannot be asked
        to say it again.

        Generations are matched by their idempotency keys, as numbers may differ.
        """
        rows = present.execute(SPOKEN_OF).fetchall()
        guests = present.execute("select key, share, nickname from guests").fetchall()
        with self._file.tx() as db:
            for row in rows:
                if number := number_of(db.conn, row["idempotency_key"]):
                    put(db, number, _missing(db, number, record_of(present, row["id"])))
            db.table("guests").upsert_all(map(dict, guests), pk="key")


def _missing(db: Database, generation_id: int, there: Record) -> Record:
    here = decisions(db.conn, "generation_id = ? and guest <> ''", generation_id)
    known = {(one.at, one.guest, one.what, one.subject) for one in here}
    return Record(
        ratings=tuple(one for one in there.ratings if one.guest),
        notes=tuple(one for one in there.notes if one.guest),
        decisions=tuple(
            one
            for one in there.decisions
            if one.guest and (one.at, one.guest, one.what, one.subject) not in known
        ),
    )


def record_of(connection: sqlite3.Connection, generation_id: int) -> Record:
    def rows(question: str) -> list[sqlite3.Row]:
        return connection.execute(question, [generation_id]).fetchall()

    (one,) = rows("select * from generations where id = ?")
    projects = rows(f"{PROJECTS} where id = (select project_id from generations where id = ?)")
    found = list(decisions(connection, "generation_id = ?", generation_id))
    return Record(
        project=project_of(projects[0]) if projects else None,
        review=Review(one["review"]),
        trashed_at=moment_or_none(one["trashed_at"]),
        trashed_by=one["trashed_by"],
        emptied_at=moment_or_none(one["emptied_at"]),
        ratings=tuple(
            rating_of(row)
            for row in rows("select * from ratings where generation_id = ? order by at")
        ),
        tags=tuple(tags_on(connection, generation_id)),
        notes=tuple(notes_on(connection, generation_id)),
        decisions=tuple(told(connection, each) for each in found),
        guests=tuple(Guest(**dict(row)) for row in rows(GUESTS)),
    )


def put(db: Database, generation_id: int, record: Record) -> None:
    if record.project:
        db.execute(
            "update generations set project_id = ? where id = ?",
            [_project_id(db, record.project), generation_id],
        )
    for rating in record.ratings:
        db.execute(
            "insert or replace into ratings (generation_id, person_key, person, stars, at, guest)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                generation_id,
                rating.guest or key(rating.person),
                rating.person,
                rating.stars,
                stamp(rating.at),
                rating.guest,
            ],
        )
    for tag in record.tags:
        db.execute("insert or ignore into tags values (?, ?)", [key(tag.name), tag.name])
        db.execute(
            "insert or replace into generation_tags values (?, ?, ?, ?)",
            [generation_id, key(tag.name), tag.person, stamp(tag.at)],
        )
    for note in record.notes:
        cells = cells_of(note) | {"generation_id": generation_id}
        db.table("notes").insert(cells, ignore=True)
    for guest in record.guests:
        add_new(db, "guests", vars(guest))
    for decision in record.decisions:
        _add(db, generation_id, decision)


def _add(db: Database, generation_id: int, one: Decision) -> None:
    before, after = one.before, one.after
    if one.what is What.PROJECT:
        before, after = (
            str(_named(db, name, one)) if name else "" for name in (one.before, one.after)
        )
    db.execute(
        "insert into decisions (action, generation_id, at, person, guest, what, subject, before,"
        " after) values ((select coalesce(max(id), 0) + 1 from decisions), ?, ?, ?, ?, ?, ?, ?, ?)",
        [generation_id, stamp(one.at), one.person, one.guest, one.what, one.subject, before, after],
    )


def _project_id(db: Database, project: Project) -> int:
    find = "select id from projects where uid = ? or key = ? order by uid = ? desc"
    known = db.execute(find, [project.uid, key(project.name), project.uid]).fetchone()
    if known:
        return int(known["id"])
    enter_project(db, project)
    return int(db.execute(find, [project.uid, "", project.uid]).fetchone()["id"])


def _named(db: Database, name: str, told_by: Decision) -> int:
    """A project that was once named; if nothing else is known of it, it is taken as archived."""
    once = Project(0, secrets.token_hex(8), name, told_by.at, told_by.person, told_by.at)
    return _project_id(db, once)


def _count(db: Database, generation_id: int) -> int:
    count = "select count(*) from decisions where generation_id = ?"
    return int(db.execute(count, [generation_id]).fetchone()[0])
