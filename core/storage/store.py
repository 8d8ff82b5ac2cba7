"""Writes the history, and reads single rows. Lists and sums are in core.storage.history."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Unpack

from core.domain.audit import Entry as AuditEntry
from core.domain.families import Parent
from core.errors import TaskTaken, UnknownGeneration
from core.files import Output, Upload
from core.generations import FIRST_PROVIDER, Event, Generation, Request, Status
from core.storage import private_projects
from core.storage.database import TIMEOUT_SECONDS, HistoryFile, moment, stamp
from core.storage.open_rows import OpenRow, open_rows, put_first
from core.storage.pace import USUAL, Progress
from core.storage.rows import (
    Changes,
    Entry,
    add_audit_entry,
    add_event,
    as_cells,
    enter,
    generation_of,
    number_of,
    output_cells,
    owner_of,
    request_cells,
    upload_of,
    with_outputs,
)

log = logging.getLogger(__name__)

LARGEST_ID = 2**63 - 1
"""The largest id SQLite can hold; a URL can name a larger one."""


class Store:
    """Status changes are compare-and-set."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(
        self,
        request: Request,
        *,
        idempotency_key: str,
        kind: str,
        quoted: int | None,
        demo: bool,
        now: datetime,
        author: str = "",
        project_id: int | None = None,
        parents: Sequence[Parent] = (),
        provider: str = FIRST_PROVIDER,
        admit: Callable[[], None] = lambda: None,
        audited: Callable[[Generation], AuditEntry] | None = None,
    ) -> tuple[Generation, bool]:
        """Record a request before anything is sent.

        Returns its row, and whether it is new. The same `idempotency_key` never makes a second row.
        `admit` is called before a new row is written, while nobody else can write; if it raises,
        there is no row. `audited` gives the audit entry to write with a new row.
        """
        entry = Entry(
            request, idempotency_key, kind, quoted, author, project_id, parents, provider=provider
        )
        with self._file.tx() as db:
            known = number_of(db.conn, idempotency_key)
            if known is None:
                admit()
                made = generation_of(db.conn, enter(db, entry, demo=demo, now=now))
                if audited:
                    add_audit_entry(db, audited(made))
        if known is not None:
            return self.get(known), False
        log.info("queued", extra={"generation": made.id, "demo": demo})
        return made, True

    def add_task(
        self,
        request: Request,
        task_id: str,
        *,
        kind: str,
        demo: bool,
        estimated: int | None,
        made_at: datetime,
        now: datetime,
        provider: str = FIRST_PROVIDER,
    ) -> tuple[Generation, bool]:
        """Import a task that was made elsewhere, to be followed like any other.

        Returns its row, and whether it is new. Its fingerprint is unique, since nobody knows which
        request would make the same clip again.
        """
        row = request_cells(request) | {
            "idempotency_key": f"task_{task_id}",
            "fingerprint": f"task_{task_id}",
            "status": Status.PENDING,
            "kind": kind,
            "provider": provider,
            "demo": demo,
            "task_id": task_id,
            "credits_estimated": estimated,
            "created_at": stamp(made_at),
            "submitted_at": stamp(made_at),
            "polled_at": stamp(now),
            "updated_at": stamp(now),
        }
        with self._file.tx() as db:
            new = owner_of(db.conn, task_id) is None
            if new:
                db.table("generations").insert(row)
            owner = owner_of(db.conn, task_id)
            assert owner is not None
            if private_projects.hides(db.conn, owner):
                raise TaskTaken(None)
            if new:
                add_event(db, owner, Status.PENDING, "Imported by its task id", now)
        return self.get(owner), new

    def get(self, generation_id: int, timeout: float = TIMEOUT_SECONDS) -> Generation:
        """Waits `timeout` seconds for a lock. Raises UnknownGeneration, StoreError."""
        if not 0 < generation_id <= LARGEST_ID:
            raise UnknownGeneration("There is no such generation.")
        with self._file.reading(timeout) as connection:
            return generation_of(connection, generation_id)

    def find(self, generation_id: int) -> Generation | None:
        try:
            return self.get(generation_id)
        except UnknownGeneration:
            return None

    def with_key(self, idempotency_key: str) -> Generation | None:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from generations where idempotency_key = ?", [idempotency_key]
            ).fetchall()
            return next(iter(with_outputs(connection, rows)), None)

    def open_rows(self, *, demo: bool) -> list[OpenRow]:
        """Everything that the tracker still has to move, oldest first.

        Demo and live rows are kept apart: the demo's Runway does not know live tasks, and a live
        server would send queued demo rows to the paid API.
        """
        return open_rows(self._file, demo=demo)

    def move(
        self,
        generation: Generation,
        status: Status,
        now: datetime,
        *,
        detail: str = "",
        outputs: tuple[Output, ...] = (),
        **changes: Unpack[Changes],
    ) -> bool:
        """Change the status unless somebody else already has.

        Returns whether it was changed. A move to the same status records figures but no event.
        Raises TaskTaken if the task belongs to another generation.
        """
        values = {"updated_at": stamp(now)} | as_cells(changes)
        if status != generation.status:
            values["status"] = status
            if status.is_final:
                values["finished_at"] = stamp(now)
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        with self._file.tx() as db:
            owner = owner_of(db.conn, values["task_id"]) if values.get("task_id") else None
            if owner not in (None, generation.id):
                raise TaskTaken(None if private_projects.hides(db.conn, owner) else owner)
            moved = db.conn.execute(
                f"update generations set {assignments} where id = :id and status = :expected",
                values | {"id": generation.id, "expected": generation.status},
            ).rowcount
            if moved:
                rows = [output_cells(generation.id, output) for output in outputs]
                db.table("outputs").upsert_all(rows, pk=("generation_id", "position"))
                if status != generation.status or detail:
                    add_event(db, generation.id, status, detail, now)
        if moved and status != generation.status:
            log.info("%s", status, extra={"generation": generation.id})
        return bool(moved)

    def note(self, generation_id: int, **changes: Unpack[Changes]) -> None:
        values = as_cells(changes)
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        with self._file.tx() as db:
            if not private_projects.hides(db.conn, generation_id):
                statement = f"update generations set {assignments} where id = :id"
                db.conn.execute(statement, values | {"id": generation_id})

    def put_first(self, generation_ids: Sequence[int], now: datetime) -> None:
        put_first(self._file, generation_ids, now)

    def favour(
        self, generation_ids: Sequence[int], favourite: bool, now: datetime, progress: Progress
    ) -> list[int]:
        changed: list[int] = []
        for part in USUAL.slices(generation_ids, progress):
            with self._file.tx() as db:
                seen = json.dumps(private_projects.seen(db.conn, part))
                rows = db.conn.execute(
                    "update generations set favourite = :favourite, updated_at = :now"
                    " where id in (select value from json_each(:seen)) and favourite <> :favourite"
                    " returning id",
                    {"favourite": favourite, "now": stamp(now), "seen": seen},
                ).fetchall()
            changed += [row["id"] for row in rows]
        return changed

    def events(self, generation_id: int) -> list[Event]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from events where generation_id = ? order by id", [generation_id]
            ).fetchall()
        return [Event(moment(row["at"]), Status(row["status"]), row["detail"]) for row in rows]

    # -- uploads --------------------------------------------------------------------------------

    def add_upload(self, upload: Upload) -> None:
        """Record an upload; a known file only becomes the newest again. Whoever brings it sees it,
        whatever it is used in."""
        with self._file.tx() as db:
            db.table("uploads").upsert(
                vars(upload) | {"created_at": stamp(upload.created_at)}, pk="sha256"
            )
            private_projects.note_bringer(db, upload.sha256)

    def upload(self, sha256: str) -> Upload | None:
        with self._file.reading() as connection:
            row = connection.execute("select * from uploads where sha256 = ?", [sha256]).fetchone()
        return upload_of(row) if row else None

    def uploads(self, limit: int, media: Sequence[str] = ("image",)) -> list[Upload]:
        likes = " or ".join("media_type like ?" for _ in media)
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select * from uploads where {likes} order by created_at desc limit ?",
                [*(f"{medium}/%" for medium in media), limit],
            ).fetchall()
        return [upload_of(row) for row in rows]
