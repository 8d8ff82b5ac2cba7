"""Converts between rows of the history and the objects of core.generations."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.audit import Entry as AuditEntry
from core.domain.families import Parent
from core.errors import InvalidRequest, Problem, UnknownGeneration
from core.files import Output, Upload
from core.generations import FIRST_PROVIDER, Generation, Request, Review, Status
from core.storage.database import moment, moment_or_none, stamp
from core.storage.private_projects import hidden_projects

TIMES = ("created_at", "updated_at", "submitted_at", "finished_at", "polled_at", "retry_at")
ORDERED = ("held_at", "first_at")
REVIEWED = ("trashed_at", "emptied_at")
AUDIT_COLUMNS = "uid, at, person, person_id, act, about"


class Changes(TypedDict, total=False):
    updated_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    polled_at: datetime | None
    retry_at: datetime | None
    attempts: int
    task_id: str | None
    remote_status: str
    progress: float | None
    credits_quoted: int | None
    credits_estimated: int | None
    credits_charged: int | None
    failure_code: str
    reason: str
    cancel_requested: bool
    held_at: datetime | None
    first_at: datetime | None
    before_all: bool
    favourite: bool
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A request as it is recorded before anything is sent. `quoted` is the most that it costs, in
    credits; None if nobody knows. `batch_place` counts from 1."""

    request: Request
    idempotency_key: str
    kind: str
    quoted: int | None
    author: str = ""
    project_id: int | None = None
    parents: Sequence[Parent] = ()
    batch_id: str | None = None
    batch_place: int | None = None
    provider: str = FIRST_PROVIDER


def enter(db: Database, entry: Entry, *, demo: bool, now: datetime) -> int:
    """Write the row of a request that waits to be sent. Returns its id. Raises InvalidRequest for a
    project that the reader may not see."""
    if entry.project_id in hidden_projects(db.conn):
        raise InvalidRequest([Problem("project", "There is no such project.")])
    cells = request_cells(entry.request) | {
        "idempotency_key": entry.idempotency_key,
        "status": Status.QUEUED,
        "kind": entry.kind,
        "provider": entry.provider,
        "demo": demo,
        "created_at": stamp(now),
        "updated_at": stamp(now),
        "credits_quoted": entry.quoted,
        "author": entry.author,
        "project_id": entry.project_id,
        "batch_id": entry.batch_id,
        "batch_place": entry.batch_place,
    }
    values = ", ".join(f":{name}" for name in cells)
    written = f"insert into generations ({', '.join(cells)}) values ({values})"
    number = db.conn.execute(written, cells).lastrowid
    assert number is not None
    add_event(db, number, Status.QUEUED, "", now)
    if entry.parents:
        add_parents(db, number, entry.parents)
    return number


def number_of(connection: sqlite3.Connection, idempotency_key: str) -> int | None:
    find = "select id from generations where idempotency_key = ?"
    row = connection.execute(find, [idempotency_key]).fetchone()
    return row["id"] if row else None


def generation_of(connection: sqlite3.Connection, generation_id: int) -> Generation:
    """Raises UnknownGeneration."""
    row = connection.execute("select * from generations where id = ?", [generation_id]).fetchone()
    if row is None:
        raise UnknownGeneration(f"There is no generation {generation_id}.")
    return with_outputs(connection, [row])[0]


def with_outputs(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[Generation]:
    placeholders = ", ".join("?" * len(rows))
    outputs: dict[int, list[Output]] = {}
    for found in connection.execute(
        f"select * from outputs where generation_id in ({placeholders}) order by position",
        [row["id"] for row in rows],
    ):
        cells = dict(found)
        cells["removed_at"] = moment_or_none(cells["removed_at"])
        outputs.setdefault(cells.pop("generation_id"), []).append(Output(**cells))
    return [_generation(row, tuple(outputs.get(row["id"], ()))) for row in rows]


def count_removed(connection: sqlite3.Connection, numbers: Sequence[int]) -> int:
    """How many files of these generations a rule has removed. Looks them up by number, not among
    all that rules ever removed."""
    (count,) = connection.execute(
        "select count(*) from json_each(?) cross join outputs on generation_id = value"
        " where removed_at is not null",
        [json.dumps(list(numbers))],
    ).fetchone()
    return int(count)


def output_cells(generation_id: int, output: Output) -> dict[str, Any]:
    removed_at = stamp(output.removed_at) if output.removed_at else None
    return {"generation_id": generation_id, **vars(output), "removed_at": removed_at}


def owner_of(connection: sqlite3.Connection, task_id: str) -> int | None:
    row = connection.execute("select id from generations where task_id = ?", [task_id]).fetchone()
    return row["id"] if row else None


def request_cells(request: Request) -> dict[str, Any]:
    return {
        "fingerprint": request.fingerprint,
        "endpoint": request.endpoint,
        "model": request.model,
        "prompt": request.words,
        "duration": request.seconds,
        "request": request.to_json(),
    }


def as_cells(changes: Mapping[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, datetime):
            cells[name] = stamp(value)
        elif isinstance(value, Mapping):
            cells[name] = json.dumps(value, ensure_ascii=False)
        else:
            cells[name] = value
    return cells


def add_event(db: Database, generation_id: int, status: Status, detail: str, at: datetime) -> None:
    db.conn.execute(
        "insert into events (generation_id, at, status, detail) values (?, ?, ?, ?)",
        [generation_id, stamp(at), status, detail],
    )


def add_audit_entry(db: Database, entry: AuditEntry, uid: str = "") -> None:
    """In the transaction of the act itself. Skips an entry whose `uid` is there already."""
    uid, at = uid or secrets.token_hex(8), stamp(entry.at)
    db.conn.execute(
        f"insert or ignore into audit ({AUDIT_COLUMNS}) values (?, ?, ?, ?, ?, ?)",
        [uid, at, entry.person, entry.person_id, entry.act, entry.about],
    )


def add_new(db: Database, table: str, cells: Mapping[str, Any]) -> None:
    """Add a row to a table without rowid, unless one has its key: `insert(ignore=True)` of
    sqlite-utils would then ask for the rowid, and fail."""
    places = ", ".join(f":{name}" for name in cells)
    db.execute(f"insert or ignore into {table} ({', '.join(cells)}) values ({places})", dict(cells))


def replace_all(db: Database, table: str, present: sqlite3.Connection) -> None:
    """Copy the table from another history with the same columns."""
    rows = [tuple(row) for row in present.execute(f"select * from {table}")]
    db.execute(f"delete from {table}")
    if rows:
        places = ", ".join("?" * len(rows[0]))
        db.conn.executemany(f"insert into {table} values ({places})", rows)


def add_parents(db: Database, generation_id: int, parents: Iterable[Parent]) -> None:
    db.table("parents").insert_all(
        {"generation_id": generation_id, "parent_key": parent.key, "way": parent.way}
        for parent in parents
    )


def _generation(row: sqlite3.Row, outputs: tuple[Output, ...]) -> Generation:
    cells = {k: v for k, v in dict(row).items() if k in Generation.__dataclass_fields__}
    for name in (*TIMES, *ORDERED, *REVIEWED):
        cells[name] = moment_or_none(cells[name])
    cells["status"] = Status(cells["status"])
    cells["review"] = Review(cells["review"])
    cells["request"] = Request.from_json(cells["request"])
    cells["evidence"] = json.loads(cells["evidence"])
    for name in ("demo", "cancel_requested", "favourite", "before_all"):
        cells[name] = bool(cells[name])
    return Generation(**cells, outputs=outputs)


def upload_of(row: sqlite3.Row) -> Upload:
    return Upload(**dict(row) | {"created_at": moment(row["created_at"])})
