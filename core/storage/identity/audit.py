"""The audit list: who did what. SQLite itself refuses to change or delete an entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlite_utils.utils import sqlite3

from core.domain.audit import Act, Entry
from core.storage.database import HistoryFile, moment
from core.storage.rows import AUDIT_COLUMNS as COLUMNS
from core.storage.rows import add_audit_entry

Marked = tuple[str, Entry]
"""An entry with its uid, which is the same in every copy of the history."""


class AuditStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(self, entry: Entry) -> None:
        with self._file.tx() as db:
            add_audit_entry(db, entry)

    def adopt(self, entries: Iterable[Marked]) -> None:
        with self._file.tx() as db:
            for uid, one in entries:
                add_audit_entry(db, one, uid)

    def after(self, uid: str, most: int) -> list[Marked]:
        """The entries after that one, oldest first; all of them if it is unknown."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from audit where id > coalesce((select id from audit where uid = ?), 0)"
                " order by id limit ?",
                [uid, most],
            ).fetchall()
        return [(row["uid"], _entry(row)) for row in rows]

    def newest(self, limit: int, person: str | None = None, act: Act | None = None) -> list[Entry]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from audit where {_chosen(person, act)} order by id desc limit ?",
                [*_values(person, act), limit],
            ).fetchall()
        return [_entry(row) for row in rows]

    def each(self, person: str | None = None, act: Act | None = None) -> Iterator[Entry]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from audit where {_chosen(person, act)} order by id",
                _values(person, act),
            ).fetchall()
        return map(_entry, rows)

    def count(self, person: str | None = None, act: Act | None = None) -> int:
        with self._file.reading() as connection:
            row = connection.execute(
                f"select count(*) from audit where {_chosen(person, act)}", _values(person, act)
            ).fetchone()
        return int(row[0])

    def people(self) -> list[str]:
        with self._file.reading() as connection:
            rows = connection.execute("select distinct person from audit order by 1").fetchall()
        return [row["person"] for row in rows]

    def keep(self, present: sqlite3.Connection) -> None:
        rows = [tuple(r) for r in present.execute(f"select {COLUMNS} from audit order by id")]
        with self._file.tx() as db:
            for row in rows:
                db.execute(
                    f"insert or ignore into audit ({COLUMNS}) values (?, ?, ?, ?, ?, ?)", row
                )


def _chosen(person: str | None, act: Act | None) -> str:
    return " and ".join(
        ["true", *(["person = ?"] if person is not None else []), *(["act = ?"] if act else [])]
    )


def _values(person: str | None, act: Act | None) -> list[str]:
    return [*([person] if person is not None else []), *([act] if act else [])]


def _entry(row: Any) -> Entry:
    return Entry(moment(row["at"]), row["person"], row["person_id"], Act(row["act"]), row["about"])
