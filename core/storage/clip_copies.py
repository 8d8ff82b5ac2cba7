"""Where made files lie besides the disk: which are in a bucket, wait to get there, or leave it.

A row is a file in one bucket, by the bucket's address. Only a `stored` file was compared with its
original; a `missing` one was found neither on the disk nor in the bucket.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils.utils import sqlite3

from core.files import Output
from core.storage.database import HistoryFile, moment_or_none, stamp
from core.storage.rows import replace_all

AT_ONCE = 500
"""Rows per transaction, so that others get their turn."""


class State(StrEnum):
    WAITING = "waiting"
    STORED = "stored"
    MISSING = "missing"
    LEAVING = "leaving"


TALLIED = (State.STORED, State.WAITING, State.MISSING, State.LEAVING)


@dataclass(frozen=True)
class ClipCopy:
    """`tries` counts failures since the last success."""

    file: str
    bucket: str
    media_type: str
    bytes: int
    sha256: str
    state: State
    tries: int = 0


@dataclass(frozen=True)
class Tally:
    """Counts of files in one bucket. `since` is when the oldest waiting one began to wait;
    `trouble` is why the last try failed, empty if none did."""

    stored: int
    waiting: int
    missing: int
    leaving: int
    since: datetime | None
    trouble: str


class ClipCopies:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    # -- what is to be done ---------------------------------------------------------------------

    def await_one(self, output: Output, bucket: str, now: datetime) -> None:
        """Nothing waits where this very content is there already."""
        with self._file.tx() as db:
            _await(db.conn, [vars(output)], bucket, now)

    def await_all(self, bucket: str, now: datetime) -> int:
        """How many were new."""
        question = (
            "select file, media_type, bytes, sha256 from outputs where removed_at is null"
            " and not exists (select 1 from clip_copies where clip_copies.file = outputs.file"
            " and bucket = ?"
            " and clip_copies.sha256 = outputs.sha256 and state <> 'missing')"
        )
        with self._file.reading() as connection:
            rows = [dict(row) for row in connection.execute(question, [bucket]).fetchall()]
        for at in range(0, len(rows), AT_ONCE):
            with self._file.tx() as db:
                _await(db.conn, rows[at : at + AT_ONCE], bucket, now)
        return len(rows)

    def due(self, bucket: str, now: datetime) -> ClipCopy | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from clip_copies indexed by clip_copies_due"
                " where state in ('waiting', 'leaving') and due_at <= ?"
                " and (bucket = ? or state = 'leaving') order by due_at limit 1",
                [stamp(now), bucket],
            ).fetchone()
        return _copy(row) if row else None

    # -- what came of it ------------------------------------------------------------------------

    def store(self, copy: ClipCopy) -> bool:
        """Note that the bucket has it, compared. False if it was deleted or replaced meanwhile."""
        return self._turn(copy, "state = 'stored', tries = 0, trouble = ''")

    def miss(self, copy: ClipCopy) -> None:
        """Note that it was found nowhere; a file that the history no longer knows is forgotten."""
        with self._file.tx() as db:
            db.execute(
                "delete from clip_copies where file = ? and bucket = ? and state = 'waiting'"
                " and not exists (select 1 from outputs where outputs.file = clip_copies.file)",
                [copy.file, copy.bucket],
            )
        self._turn(copy, "state = 'missing', trouble = ''")

    def fail(self, copy: ClipCopy, trouble: str, due_at: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update clip_copies set tries = tries + 1, trouble = ?, due_at = ?"
                " where file = ? and bucket = ? and state in ('waiting', 'leaving')",
                [trouble, stamp(due_at), copy.file, copy.bucket],
            )

    def doubt(self, copy: ClipCopy, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update clip_copies set state = 'waiting', since = ?, due_at = ?"
                " where file = ? and bucket = ? and state = 'stored'",
                [stamp(now), stamp(now), copy.file, copy.bucket],
            )

    def leave(self, file: str, now: datetime, bucket: str | None = None) -> None:
        with self._file.tx() as db:
            db.execute(
                "update clip_copies set state = 'leaving', tries = 0, due_at = ?"
                " where file = ? and bucket = coalesce(?, bucket)",
                [stamp(now), file, bucket],
            )

    def forget(self, copy: ClipCopy) -> None:
        with self._file.tx() as db:
            db.execute(
                "delete from clip_copies where file = ? and bucket = ? and state = 'leaving'",
                [copy.file, copy.bucket],
            )

    # -- what there is --------------------------------------------------------------------------

    def stored(self, file: str) -> list[ClipCopy]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from clip_copies where file = ? and state = 'stored'", [file]
            ).fetchall()
        return [_copy(row) for row in rows]

    def stored_in(self, bucket: str) -> list[ClipCopy]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from clip_copies where bucket = ? and state = 'stored'", [bucket]
            ).fetchall()
        return [_copy(row) for row in rows]

    def files(self) -> list[str]:
        find = "select file from outputs where removed_at is null"
        with self._file.reading() as connection:
            return [row["file"] for row in connection.execute(find)]

    def stored_of(self, files: Sequence[str], bucket: str) -> dict[str, ClipCopy]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select clip_copies.* from clip_copies join json_each(?) on value = file"
                " where bucket = ? and state = 'stored'",
                [json.dumps(list(files)), bucket],
            ).fetchall()
        return {row["file"]: _copy(row) for row in rows}

    def tally(self, bucket: str) -> Tally:
        with self._file.reading() as connection:
            counts = dict(
                connection.execute(
                    "select state, count(*) from clip_copies where bucket = ? group by state",
                    [bucket],
                ).fetchall()
            )
            last = connection.execute(
                "select min(since) as since, max(trouble) as trouble from clip_copies"
                " indexed by clip_copies_due where state in ('waiting', 'leaving')"
                " and state = 'waiting' and bucket = ?",
                [bucket],
            ).fetchone()
        since = moment_or_none(last["since"])
        stored, waiting, missing, leaving = (counts.get(state, 0) for state in TALLIED)
        return Tally(stored, waiting, missing, leaving, since, last["trouble"] or "")

    def buckets(self) -> dict[str, int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select bucket, count(*) from clip_copies where state = 'stored' group by bucket"
            ).fetchall()
        return dict(tuple(row) for row in rows)

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over the present state in a restored history: files lie where they lie now, not
        where they lay at the backup."""
        with self._file.tx() as db:
            replace_all(db, "clip_copies", present)

    def _turn(self, copy: ClipCopy, assignments: str) -> bool:
        with self._file.tx() as db:
            turned = db.execute(
                f"update clip_copies set {assignments}"
                " where file = ? and bucket = ? and sha256 = ? and state = 'waiting'",
                [copy.file, copy.bucket, copy.sha256],
            ).rowcount
        return bool(turned)


def _await(
    connection: sqlite3.Connection, rows: Sequence[dict[str, object]], bucket: str, now: datetime
) -> None:
    connection.executemany(
        "insert into clip_copies (file, bucket, media_type, bytes, sha256, state, since, due_at)"
        " values (:file, :bucket, :media_type, :bytes, :sha256, 'waiting', :now, :now)"
        " on conflict do update set media_type = excluded.media_type, bytes = excluded.bytes,"
        " sha256 = excluded.sha256, state = 'waiting', since = excluded.since,"
        " due_at = excluded.due_at, tries = 0, trouble = ''"
        " where sha256 <> excluded.sha256 or state = 'missing'",
        [row | {"bucket": bucket, "now": stamp(now)} for row in rows],
    )


def _copy(row: sqlite3.Row) -> ClipCopy:
    return ClipCopy(
        file=row["file"],
        bucket=row["bucket"],
        media_type=row["media_type"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        state=State(row["state"]),
        tries=row["tries"],
    )
