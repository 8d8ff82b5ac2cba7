"""Batches: orders of many that are written whole or not at all, and how far each is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.batches import Batch, Tally, UnknownBatch
from core.generations import AT_PROVIDER, OPEN, Generation, Status
from core.storage.bitmaps.dimensions import Value
from core.storage.database import HistoryFile, moment, moment_or_none, stamp
from core.storage.rows import Entry, add_event, enter, with_outputs

RUNNING = (Status.SUBMITTING, *sorted(AT_PROVIDER), Status.DOWNLOADING)
NEWEST = """
    id in (select max(id) from generations where batch_id = :batch group by batch_place)
"""
"""For each place the last try."""


class BatchStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(
        self, batch: Batch, entries: Sequence[Entry], *, admit: Callable[[], None]
    ) -> list[int]:
        """Record a batch with all that it orders, in one transaction.

        Returns the ids of its generations; empty for a known batch, which stays as it is. `admit`
        is called before anything is written, while nobody else can write; if it raises, nothing is
        written.
        """
        with self._file.tx() as db:
            if db.execute("select 1 from batches where id = ?", [batch.id]).fetchone():
                return []
            admit()
            db.table("batches").insert(_row(batch))
            now = batch.created_at
            return [enter(db, entry, demo=batch.demo, now=now) for entry in entries]

    def add_again(
        self, batch: Batch, entries: Sequence[Entry], *, admit: Callable[[], None], now: datetime
    ) -> list[int]:
        """Record retries, as `add` does; what was recorded already is left out."""
        find = "select 1 from generations where idempotency_key = ?"
        with self._file.tx() as db:
            new = [e for e in entries if not db.execute(find, [e.idempotency_key]).fetchone()]
            if new:
                admit()
            return [enter(db, entry, demo=batch.demo, now=now) for entry in new]

    def get(self, batch_id: str) -> Batch:
        """Raises UnknownBatch."""
        with self._file.reading() as connection:
            row = connection.execute("select * from batches where id = ?", [batch_id]).fetchone()
        if row is None:
            raise UnknownBatch("There is no such batch.")
        return _batch_of(row)

    def newest(self, most: int, *, demo: bool) -> list[Batch]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from batches where demo = ? order by created_at desc, id desc limit ?",
                [demo, most],
            ).fetchall()
        return [_batch_of(row) for row in rows]

    def names(self, batch_ids: Sequence[str]) -> dict[str, str]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id, name from batches where id in (select value from json_each(?))",
                [json.dumps(list(batch_ids))],
            ).fetchall()
        return {row["id"]: row["name"] for row in rows}

    def open(self, *, demo: bool) -> list[str]:
        with self._file.reading() as connection:
            # A `+` keeps SQLite from the index that begins with `demo`: it would read every row.
            rows = connection.execute(
                "select distinct batch_id from generations where +demo = ? and batch_id is not null"
                f" and status in ({', '.join('?' * len(OPEN))}) order by batch_id",
                [demo, *OPEN],
            ).fetchall()
        return [row["batch_id"] for row in rows]

    def all(self) -> list[Batch]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from batches order by created_at, id").fetchall()
        return [_batch_of(row) for row in rows]

    def adopt(self, batches: Iterable[Batch]) -> None:
        with self._file.tx() as db:
            db.table("batches").insert_all(map(_row, batches), ignore=True)

    def pause(self, batch_id: str, at: datetime | None) -> None:
        """Hold what is not sent; None lets it go on."""
        with self._file.tx() as db:
            db.execute(
                "update batches set paused_at = ? where id = ?",
                [stamp(at) if at else None, batch_id],
            )

    def withdraw(self, batch_id: str, now: datetime) -> list[int]:
        """End what is not sent, in one transaction.

        Returns the ids. A sender that has picked one of them up finds it ended, and makes no call.
        The newest goes first, each row followed by its event: whoever looks for an open one begins
        at the oldest, so that only the last event can end the batch.
        """
        chosen = "batch_id = ? and status = 'queued' and not cancel_requested"
        with self._file.tx() as db:
            rows = db.execute(f"select id from generations where {chosen}", [batch_id]).fetchall()
            ids = sorted((row["id"] for row in rows), reverse=True)
            for number in ids:
                end_unsent(db, number, now)
        return ids

    def places(self, batch_id: str) -> list[int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select id from generations where {NEWEST} order by batch_place",
                {"batch": batch_id},
            ).fetchall()
        return [row["id"] for row in rows]

    def failed(self, batch_id: str) -> list[Generation]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from generations where {NEWEST} and status = 'failed'"
                " order by batch_place",
                {"batch": batch_id},
            ).fetchall()
            return with_outputs(connection, rows)

    def waiting(self, batch_id: str) -> dict[str, int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select model, count(*) as count from generations where batch_id = ?"
                " and status in ('queued', 'submitting', 'pending', 'throttled', 'running')"
                " group by model",
                [batch_id],
            ).fetchall()
        return {row["model"]: row["count"] for row in rows}

    def tally(self, batch_id: str) -> Tally:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select status, count(*) as count, total(progress) as rendered from generations"
                f" where {NEWEST} group by status",
                {"batch": batch_id},
            ).fetchall()
            spent = connection.execute(
                "select provider, coalesce(sum(credits_charged), 0) as charged, coalesce(sum(iif("
                "credits_charged is null, coalesce(credits_estimated, credits_quoted), 0)), 0)"
                " as pending from generations where batch_id = ? group by provider",
                [batch_id],
            ).fetchall()
        counts = {Status(row["status"]): row["count"] for row in rows}
        rendered = {Status(row["status"]): row["rendered"] for row in rows}
        return Tally(
            done=counts.get(Status.SUCCEEDED, 0),
            running=sum(counts.get(status, 0) for status in RUNNING),
            waiting=counts.get(Status.QUEUED, 0),
            failed=counts.get(Status.FAILED, 0),
            cancelled=counts.get(Status.CANCELLED, 0),
            unconfirmed=counts.get(Status.UNCONFIRMED, 0),
            rendered=rendered.get(Status.RUNNING, 0.0),
            charged={row["provider"]: row["charged"] for row in spent if row["charged"]},
            pending={row["provider"]: row["pending"] for row in spent if row["pending"]},
        )


def spellings(connection: sqlite3.Connection) -> dict[Value, tuple[str, ...]]:
    """For every batch what it is found by: its id, and its name, which may not be unique."""
    rows = connection.execute("select id, name from batches").fetchall()
    return {row["id"]: (row["id"], row["name"]) for row in rows}


def end_unsent(db: Database, number: int, at: datetime) -> None:
    """Withdraw a generation; nobody has sent it, so it costs nothing."""
    db.execute(
        "update generations set status = ?, finished_at = ?, updated_at = ?,"
        " credits_charged = 0, cancel_requested = 1, retry_at = null where id = ?",
        [Status.CANCELLED, stamp(at), stamp(at), number],
    )
    add_event(db, number, Status.CANCELLED, "", at)


def _row(batch: Batch) -> dict[str, object]:
    return vars(batch) | {
        "created_at": stamp(batch.created_at),
        "paused_at": stamp(batch.paused_at) if batch.paused_at else None,
    }


def _batch_of(row: sqlite3.Row) -> Batch:
    cells = dict(row)
    return Batch(
        **cells
        | {
            "demo": bool(cells["demo"]),
            "created_at": moment(cells["created_at"]),
            "paused_at": moment_or_none(cells["paused_at"]),
        }
    )
