"""Originals in the history: which were removed, and what they take.

An original is marked as removed first, in one step with its entry in the audit list; then its file
goes. So no row ever promises a file that is not there, and what was cut short goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.audit import Entry
from core.domain.cleanup import Candidate, Rule
from core.files import Output
from core.generations import Status
from core.storage.database import HistoryFile, stamp
from core.storage.room.unprotected import candidates
from core.storage.rows import add_audit_entry, add_event, replace_all

AT_ONCE = 50
"""Files per transaction, so that others get their turn."""
MARK = "update outputs set removed_at = ?, removed_by = ? where file = ? and sha256 = ?"


class OriginalStore:
    def __init__(self, file: HistoryFile, *, demo: bool) -> None:
        self._file = file
        self._demo = demo

    # -- what may go ----------------------------------------------------------------------------

    def candidates(self, now: datetime, kept: Collection[int]) -> list[Candidate]:
        """Originals that nothing protects; `kept` are those protected by reasons outside the
        history."""
        with self._file.reading() as connection:
            return candidates(connection, now, kept, demo=self._demo)

    def held(self) -> int:
        """In bytes, wherever they lie, without those in the trash."""
        return self._sum("removed_at is null and trashed_at is null")[1]

    def removed(self) -> tuple[int, int]:
        return self._sum("removed_at is not null")

    # -- how it goes ----------------------------------------------------------------------------

    def mark(
        self,
        chosen: Sequence[int],
        rule: Rule,
        now: datetime,
        kept: Collection[int],
        told: Callable[[Sequence[Candidate]], Entry],
    ) -> list[Candidate]:
        """Mark those of these as removed that the rule may still take. `told` makes the audit entry
        in the same transaction, so that nobody can decide otherwise in between."""
        with self._file.tx() as db:
            found = candidates(db.conn, now, kept, chosen, demo=self._demo)
            gone = [one for one in found if rule.takes(one, now)]
            numbers = json.dumps([one.generation_id for one in gone])
            of_these = "generation_id in (select value from json_each(?)) and removed_at is null"
            db.execute(
                "insert or ignore into originals_leaving"
                f" select file from outputs where {of_these}",
                [numbers],
            )
            db.execute(
                f"update outputs set removed_at = ?, removed_by = ? where {of_these}",
                [stamp(now), rule.words, numbers],
            )
            for one in gone:
                detail = f"The original was removed by the rule “{rule.words}”"
                add_event(db, one.generation_id, Status.SUCCEEDED, detail, now)
            if gone:
                add_audit_entry(db, told(gone))
        return gone

    def leaving(self, but: Collection[str] = ()) -> list[tuple[int, str]]:
        """Some files marked as removed that may still be there, each with its generation; none of
        `but`."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select coalesce(generation_id, 0) as id, originals_leaving.file as file"
                " from originals_leaving left join outputs using (file)"
                " where file not in (select value from json_each(?)) limit ?",
                [json.dumps(list(but)), AT_ONCE],
            ).fetchall()
        return [(row["id"], row["file"]) for row in rows]

    def let_go(
        self, files: Iterable[str], now: datetime, delete: Callable[[str], None]
    ) -> dict[str, OSError]:
        """Delete each file that every row of it says is removed, and let its copies in buckets
        leave. What the disk does not let go stays marked. Returns the errors by file."""
        failed: dict[str, OSError] = {}
        with self._file.tx() as db:
            for file in files:
                if _is_to_go(db, file):
                    try:
                        delete(file)
                    except OSError as error:
                        failed[file] = error
                        continue
                    db.execute(
                        "update clip_copies set state = 'leaving', tries = 0, due_at = ?"
                        " where file = ?",
                        [stamp(now), file],
                    )
                _keep(db, file)
        return failed

    # -- how it comes back ----------------------------------------------------------------------

    def stay(self, generation_id: int, is_here: Callable[[str], bool]) -> bool:
        """Take back the marks of files not yet deleted. Returns whether all of it is here then;
        nothing marked is deleted any more."""
        with self._file.tx() as db:
            find = "select file from outputs where generation_id = ? and removed_at is not null"
            marked = [row["file"] for row in db.execute(find, [generation_id]).fetchall()]
            for file in marked:
                begun = "delete from originals_leaving where file = ? returning file"
                if db.execute(begun, [file]).fetchone() and is_here(file):
                    _unmark(db, file)
            left = db.execute(find, [generation_id]).fetchone()
        return bool(marked) and left is None

    def back(self, generation_id: int, file: str, detail: str, now: datetime) -> None:
        with self._file.tx() as db:
            _unmark(db, file)
            add_event(db, generation_id, Status.SUCCEEDED, detail, now)

    # -- other histories of the same folder -----------------------------------------------------

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over which originals are removed into a restored history: a backup may not know of a
        removal, or of one brought back."""
        marks = present.execute(
            "select removed_at, removed_by, file, sha256 from outputs where removed_at is not null"
        ).fetchall()
        with self._file.tx() as db:
            db.execute(
                "update outputs set removed_at = null, removed_by = '' where removed_at is not null"
            )
            for mark in marks:
                db.execute(MARK, tuple(mark))
            replace_all(db, "originals_leaving", present)

    def adopt(self, outputs: Iterable[Output]) -> None:
        with self._file.tx() as db:
            for one in outputs:
                at = stamp(one.removed_at) if one.removed_at else None
                db.execute(MARK, [at, one.removed_by, one.file, one.sha256])
                if at is None:
                    _keep(db, one.file)

    def _sum(self, which: str) -> tuple[int, int]:
        with self._file.reading() as connection:
            row = connection.execute(
                "select count(*) as count, coalesce(sum(bytes), 0) as bytes from main.outputs"
                " cross join generations on generations.id = generation_id"
                f" where {which} and demo = ?",
                [self._demo],
            ).fetchone()
        return int(row["count"]), int(row["bytes"])


def _unmark(db: Database, file: str) -> None:
    db.execute("update outputs set removed_at = null, removed_by = '' where file = ?", [file])
    _keep(db, file)


def _keep(db: Database, file: str) -> None:
    db.execute("delete from originals_leaving where file = ?", [file])


def _is_to_go(db: Database, file: str) -> bool:
    """Whether every row of it says so; a file without a row stays."""
    asked = (
        "select min(removed_at is not null) from outputs join originals_leaving using (file)"
        " where file = ?"
    )
    (said,) = db.execute(asked, [file]).fetchone()
    return bool(said)
