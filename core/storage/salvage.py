"""Puts lost generations back into a history, and tells which ones it knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.families import Parent
from core.domain.reviews import NOTHING_SAID, Record
from core.files import Upload
from core.generations import OPEN, Event, Generation, Status, key_hash
from core.storage.database import HistoryFile, moment, stamp
from core.storage.desk.review_records import put, record_of
from core.storage.making.batches import end_unsent
from core.storage.making.families import parents_of
from core.storage.rows import (
    add_event,
    add_new,
    add_parents,
    as_cells,
    number_of,
    output_cells,
    request_cells,
    upload_of,
    with_outputs,
)

CHUNK = 500
"""Rows per transaction, so that a page's write need not wait for all of them."""
MEANS = frozenset({"stars", "raters", "guest_stars", "guest_raters"})
APART = frozenset({"request", "outputs", "evidence", "project_id"}) | MEANS
DETAIL = "Put back into the history from what lay beside it on the disk"


@dataclass(frozen=True)
class Survivor:
    """A generation to put back, with what is known of its kind, timeline, reviews, parents and
    files."""

    generation: Generation
    kind: str
    events: tuple[Event, ...] = ()
    reviews: Record = NOTHING_SAID
    parents: tuple[Parent, ...] = ()
    uploads: tuple[Upload, ...] = ()


class Survivors:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def key_hashes(self) -> dict[str, str]:
        """The idempotency key for each hash in file names."""
        with self._file.reading() as connection:
            rows = connection.execute("select idempotency_key from generations").fetchall()
        return {key_hash(row["idempotency_key"]): row["idempotency_key"] for row in rows}

    def unsettled(self, *, every: bool) -> list[Generation]:
        """Open and unconfirmed generations; with `every`, all that have not succeeded."""
        wanted = [status for status in Status if status is not Status.SUCCEEDED]
        statuses = wanted if every else [*OPEN, Status.UNCONFIRMED]
        placeholders = ", ".join("?" * len(statuses))
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from generations where status in ({placeholders})", statuses
            ).fetchall()
            return [g for part in _chunks(rows) for g in with_outputs(connection, part)]

    def made_since(self, moment: datetime) -> list[Generation]:
        """Successes among what was sent since then, except those with all files in a bucket."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from generations where status = 'succeeded' and submitted_at >= ?"
                " and exists (select 1 from outputs where outputs.generation_id = generations.id"
                " and removed_at is null and not exists (select 1 from clip_copies"
                " where clip_copies.file = outputs.file and state = 'stored'))",
                [stamp(moment)],
            ).fetchall()
            return [g for part in _chunks(rows) for g in with_outputs(connection, part)]

    def unrecorded(self, recorded: set[str]) -> list[Generation]:
        with self._file.reading() as connection:
            keys = connection.execute("select id, idempotency_key from generations").fetchall()
            ids = [row["id"] for row in keys if key_hash(row["idempotency_key"]) not in recorded]
            found = []
            for part in _chunks(ids):
                found += with_outputs(connection, _rows(connection, part))
        return found

    def files(self) -> set[str]:
        with self._file.reading() as connection:
            return {row["file"] for row in connection.execute("select file from outputs")}

    def carry(self, other: sqlite3.Connection, now: datetime) -> int:
        """Copy unchanged whatever another history has and this one lacks. Returns how many."""
        known = set(self.key_hashes().values())
        keys = other.execute("select id, idempotency_key from generations").fetchall()
        ids = [row["id"] for row in keys if row["idempotency_key"] not in known]
        added = 0
        for part in _chunks(ids):
            rows = _rows(other, part)
            kinds = [row["kind"] for row in rows]
            told, parents = _timelines(other, part), parents_of(other, part)
            added += self.insert(
                (
                    Survivor(
                        generation,
                        kind,
                        tuple(told.get(generation.id, ())),
                        record_of(other, generation.id),
                        tuple(parents.get(generation.id, ())),
                        tuple(_uploads(other, generation)),
                    )
                    for generation, kind in zip(with_outputs(other, rows), kinds, strict=True)
                ),
                now,
            )
        return added

    def keep_withdrawn(self, other: sqlite3.Connection, now: datetime) -> None:
        """End here whatever another history has withdrawn before it was sent."""
        find = (
            "select finished_at from generations where idempotency_key = ?"
            " and (status = 'cancelled' or status = 'queued' and cancel_requested)"
        )
        with self._file.tx() as db:
            for number, key in db.execute(
                "select id, idempotency_key from generations where status = 'queued'"
            ).fetchall():
                if ended := other.execute(find, [key]).fetchone():
                    at = ended["finished_at"]
                    end_unsent(db, number, moment(at) if at else now)

    def insert(self, found: Iterable[Survivor], now: datetime) -> int:
        """Insert missing generations. Returns how many. A taken id is replaced by a free one; a
        known key or task is skipped."""
        added = 0
        for part in _chunks(list(found)):
            with self._file.tx() as db:
                added += sum(_insert(db, survivor, now) for survivor in part)
        return added


def _insert(db: Database, survivor: Survivor, now: datetime) -> bool:
    generation = survivor.generation
    known = "select 1 from generations where idempotency_key = ? or task_id = ?"
    if db.execute(known, [generation.idempotency_key, generation.task_id]).fetchone():
        return False
    cells = {f.name: getattr(generation, f.name) for f in fields(generation)}
    row: dict[str, Any] = request_cells(generation.request) | as_cells(
        {name: value for name, value in cells.items() if name not in APART}
        | {
            "evidence": generation.evidence,
            "kind": survivor.kind,
            "retry_at": None,
            "updated_at": now,
        }
    )
    if generation.idempotency_key.startswith("task_"):  # imported: its full request is unknown
        row["fingerprint"] = generation.idempotency_key
    if db.execute("select 1 from generations where id = ?", [generation.id]).fetchone():
        del row["id"]
    for upload in survivor.uploads:  # first, as the text index takes their names from here
        cells = vars(upload) | {"created_at": stamp(upload.created_at)}
        add_new(db, "uploads", cells)
    db.table("generations").insert(row)
    number = number_of(db.conn, generation.idempotency_key)
    assert number
    outputs = [output_cells(number, output) for output in generation.outputs]
    db.table("outputs").insert_all(outputs)
    for event in survivor.events:
        add_event(db, number, event.status, event.detail, event.at)
    add_event(db, number, generation.status, DETAIL, now)
    put(db, number, survivor.reviews)
    add_parents(db, number, survivor.parents)
    return True


def _rows(connection: sqlite3.Connection, ids: list[int]) -> list[sqlite3.Row]:
    places = ", ".join("?" * len(ids))
    return connection.execute(f"select * from generations where id in ({places})", ids).fetchall()


def _uploads(connection: sqlite3.Connection, generation: Generation) -> Iterator[Upload]:
    for item in generation.request.inputs:
        find = "select * from uploads where sha256 = ?"
        if row := connection.execute(find, [item.sha256]).fetchone():
            yield upload_of(row)


def _timelines(connection: sqlite3.Connection, ids: list[int]) -> dict[int, list[Event]]:
    places = ", ".join("?" * len(ids))
    found: dict[int, list[Event]] = {}
    for row in connection.execute(
        f"select * from events where generation_id in ({places}) order by id", ids
    ):
        event = Event(moment(row["at"]), Status(row["status"]), row["detail"])
        found.setdefault(row["generation_id"], []).append(event)
    return found


def _chunks(items: list[Any]) -> Iterable[list[Any]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
