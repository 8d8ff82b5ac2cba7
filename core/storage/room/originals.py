"""Originals in the history: which of them nothing protects, which were removed, what they take.

An original is marked as removed first, in one step with its entry in the audit list; then its file
goes. So no row ever promises a file that is not there, and what was cut short goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.audit import Entry
from core.domain.cleanup import COMPARED, PRAISE, UNTOUCHED, Candidate, Rule
from core.files import Output
from core.generations import OPEN, Status
from core.storage.database import HistoryFile, stamp
from core.storage.rows import add_audit_entry, add_event

AT_ONCE = 50
"""Files per transaction, so that others get their turn."""
IN_FLIGHT = ", ".join(f"'{status}'" for status in (*OPEN, Status.UNCONFIRMED))
TOUCHED = """
    max(coalesce(generations.finished_at, generations.created_at),
        coalesce((select max(at) from events where generation_id = generations.id), ''),
        coalesce((select max(at) from decisions where generation_id = generations.id), ''))
"""
MAY_GO = f"""
    with recursive
        open_batches as (select batch_id as id from generations
            where batch_id is not null and status in ({IN_FLIGHT})
            union select id from batches where paused_at is not null),
        compared as (select generation_id from comparison_items join comparisons
            on comparisons.id = comparison_id
            where max(comparisons.created_at, coalesce((select max(at) from pair_votes
                where comparison_id = comparisons.id), '')) >= :compared_since),
        needed as (select parent_key from parents join generations as child
            on child.id = parents.generation_id where child.status in ({IN_FLIGHT})),
        shown as (select generation_id from share_items join shares on shares.id = share_id
            where revoked_at is null and (ends_at is null or ends_at > :now))
    select generations.id, sum(outputs.bytes) as bytes, {TOUCHED} as touched,
        review = 'rejected' as is_rejected, project_id,
        review = 'none' and raters = 0 and guest_raters = 0
            and not exists (select 1 from generation_tags where generation_id = generations.id)
            and not exists (select 1 from notes where generation_id = generations.id
                and deleted_at is null) as is_unrated,
        json_group_array(json_array(poster, media_type)) as posters
    from generations join outputs on outputs.generation_id = generations.id
    where outputs.removed_at is null and status = 'succeeded' and demo = :demo
        and trashed_at is null and not favourite and review in ('none', 'rejected')
        and (:chosen is null or generations.id in (select value from json_each(:chosen)))
        and generations.id not in (select value from json_each(:kept))
        and {TOUCHED} < :touched_before
        and coalesce(batch_id, '') not in (select id from open_batches)
        and generations.id not in (select generation_id from compared)
        and generations.id not in (select generation_id from shown)
        and idempotency_key not in (select parent_key from needed)
        and not exists (select 1 from ratings where generation_id = generations.id
            and stars >= {PRAISE})
        and not exists (select 1 from notes where generation_id = generations.id
            and parent = '' and resolved_at is null and deleted_at is null)
        and not exists (select 1 from outputs as each where generation_id = generations.id
            and (poster = '' or exists (select 1 from uploads where sha256 = each.sha256)))
    group by generations.id
"""
"""What is kept as an upload goes nowhere, and what has no poster would leave nothing to see."""
MARK = "update outputs set removed_at = ?, removed_by = ? where file = ? and sha256 = ?"


class OriginalStore:
    def __init__(self, file: HistoryFile, *, demo: bool) -> None:
        self._file = file
        self._demo = demo

    # -- what may go ----------------------------------------------------------------------------

    def candidates(self, now: datetime, kept: Collection[int]) -> list[Candidate]:
        """Those that nothing protects; `kept` are protected by what the history does not tell."""
        with self._file.reading() as connection:
            return self._candidates(connection, now, kept)

    def held(self) -> int:
        """Bytes of all originals that there are, wherever they lie."""
        return self._sum("removed_at is null")[1]

    def removed(self) -> tuple[int, int]:
        """How many originals are removed, and their bytes."""
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
        """Mark those of these as removed that the rule may still take: in the same step `told`
        makes the entry of the audit list. Nobody can decide otherwise in between."""
        with self._file.tx() as db:
            found = self._candidates(db.conn, now, kept, chosen)
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

    def leaving(self) -> list[tuple[int, str]]:
        """Some of the files that are marked as removed and may still be there, each with its
        generation."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select coalesce(generation_id, 0) as id, originals_leaving.file as file"
                " from originals_leaving left join outputs using (file) limit ?",
                [AT_ONCE],
            ).fetchall()
        return [(row["id"], row["file"]) for row in rows]

    def let_go(self, files: Iterable[str], now: datetime, delete: Callable[[str], None]) -> None:
        """Delete each, unless it came back meanwhile: its copies in buckets leave as well."""
        with self._file.tx() as db:
            for file in files:
                find = "delete from originals_leaving where file = ? returning file"
                if db.execute(find, [file]).fetchone():
                    db.execute(
                        "update clip_copies set state = 'leaving', tries = 0, due_at = ?"
                        " where file = ?",
                        [stamp(now), file],
                    )
                    delete(file)

    # -- how it comes back ----------------------------------------------------------------------

    def stay(self, generation_id: int, is_here: Callable[[str], bool]) -> bool:
        """Take back the mark of what has not been deleted yet. Whether all of it is here then;
        nothing that is marked is deleted any more."""
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
        """Note that it is on the disk again."""
        with self._file.tx() as db:
            _unmark(db, file)
            add_event(db, generation_id, Status.SUCCEEDED, detail, now)

    # -- other histories of the same folder -----------------------------------------------------

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over which originals the present history knows as removed: a backup may not know, or
        not know that one came back."""
        marks = present.execute(
            "select removed_at, removed_by, file, sha256 from outputs where removed_at is not null"
        ).fetchall()
        leaving = present.execute("select file from originals_leaving").fetchall()
        with self._file.tx() as db:
            _clear(db)
            for mark in marks:
                db.execute(MARK, tuple(mark))
            db.execute("delete from originals_leaving")
            for row in leaving:
                db.execute("insert into originals_leaving values (?)", [row["file"]])

    def adopt(self, outputs: Iterable[Output]) -> None:
        """Take over what is newer known of these."""
        with self._file.tx() as db:
            for one in outputs:
                at = stamp(one.removed_at) if one.removed_at else None
                db.execute(MARK, [at, one.removed_by, one.file, one.sha256])

    def _sum(self, which: str) -> tuple[int, int]:
        with self._file.reading() as connection:
            row = connection.execute(
                "select count(*) as count, coalesce(sum(bytes), 0) as bytes from outputs"
                f" join generations on generations.id = generation_id where {which} and demo = ?",
                [self._demo],
            ).fetchone()
        return int(row["count"]), int(row["bytes"])

    def _candidates(
        self,
        connection: sqlite3.Connection,
        now: datetime,
        kept: Collection[int],
        chosen: Sequence[int] | None = None,
    ) -> list[Candidate]:
        rows = connection.execute(
            MAY_GO,
            {
                "now": stamp(now),
                "demo": self._demo,
                "kept": json.dumps(list(kept)),
                "chosen": None if chosen is None else json.dumps(list(chosen)),
                "touched_before": stamp(now - UNTOUCHED),
                "compared_since": stamp(now - COMPARED),
            },
        ).fetchall()
        return [_candidate(row) for row in rows]


def _clear(db: Database) -> None:
    db.execute("update outputs set removed_at = null, removed_by = '' where removed_at is not null")


def _unmark(db: Database, file: str) -> None:
    db.execute("update outputs set removed_at = null, removed_by = '' where file = ?", [file])


def _candidate(row: Any) -> Candidate:
    return Candidate(
        generation_id=row["id"],
        bytes=row["bytes"],
        touched_at=datetime.fromisoformat(row["touched"]),
        is_rejected=bool(row["is_rejected"]),
        is_unrated=bool(row["is_unrated"]),
        project_id=row["project_id"],
        posters=tuple((poster, kind) for poster, kind in json.loads(row["posters"])),
    )
