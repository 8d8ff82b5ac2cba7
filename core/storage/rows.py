"""Between rows of the history and the objects of core.generations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.generations import Generation, OpenRow, Output, Request, Status, Upload
from core.storage.database import moment, stamp

TIMES = ("created_at", "updated_at", "submitted_at", "finished_at", "polled_at", "retry_at")


class Changes(TypedDict, total=False):
    """Columns of a generation that change after it was written down."""

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
    favourite: bool
    evidence: Mapping[str, Any]


def with_outputs(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[Generation]:
    """Generations from rows of their table, each with its outputs."""
    placeholders = ", ".join("?" * len(rows))
    outputs: dict[int, list[Output]] = {}
    for found in connection.execute(
        f"select * from outputs where generation_id in ({placeholders}) order by position",
        [row["id"] for row in rows],
    ):
        cells = dict(found)
        outputs.setdefault(cells.pop("generation_id"), []).append(Output(**cells))
    return [_generation(row, tuple(outputs.get(row["id"], ()))) for row in rows]


def owner_of(connection: sqlite3.Connection, task_id: str) -> int | None:
    """The number of the generation that has this task."""
    row = connection.execute("select id from generations where task_id = ?", [task_id]).fetchone()
    return row["id"] if row else None


def request_cells(request: Request) -> dict[str, Any]:
    """The request whole, and what of it is searched, filtered and sorted by."""
    return {
        "fingerprint": request.fingerprint,
        "endpoint": request.endpoint,
        "model": request.model,
        "prompt": request.words,
        "duration": request.seconds,
        "request": request.to_json(),
    }


def as_cells(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as SQLite cells."""
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
    """One more line of the generation's timeline."""
    db.table("events").insert(
        {"generation_id": generation_id, "at": stamp(at), "status": status, "detail": detail}
    )


def _generation(row: sqlite3.Row, outputs: tuple[Output, ...]) -> Generation:
    cells = {k: v for k, v in dict(row).items() if k in Generation.__dataclass_fields__}
    for name in TIMES:
        cells[name] = moment(cells[name]) if cells[name] else None
    cells["status"] = Status(cells["status"])
    cells["request"] = Request.from_json(cells["request"])
    cells["evidence"] = json.loads(cells["evidence"])
    for name in ("demo", "cancel_requested", "favourite"):
        cells[name] = bool(cells[name])
    return Generation(**cells, outputs=outputs)


def open_row_of(row: sqlite3.Row) -> OpenRow:
    """What the tracker looks at; the row's columns in the order of `Store.open_rows`."""
    number, status, model, cancel, reason, retry_at, polled_at, since, *state = tuple(row)
    return OpenRow(
        id=number,
        status=Status(status),
        model=model,
        cancel_requested=bool(cancel),
        reason=reason,
        retry_at=moment(retry_at) if retry_at else None,
        polled_at=moment(polled_at) if polled_at else None,
        since=moment(since),
        state=tuple(state),
    )


def upload_of(row: sqlite3.Row) -> Upload:
    """A file that somebody brought."""
    return Upload(**dict(row) | {"created_at": moment(row["created_at"])})
