"""Generations that have not ended: the columns that are read at every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.generations import OPEN, Status
from core.storage import private_projects
from core.storage.database import TIMEOUT_SECONDS, HistoryFile, moment, moment_or_none, stamp
from core.storage.versions import Version, Versions

Cells = tuple[Any, ...]

PAUSED = """
    status = 'queued' and not cancel_requested
        and batch_id in (select id from batches where paused_at is not null)
"""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """The columns of an open generation that tell whether there is something to do; cheap to read
    often.

    `state` holds everything else that a step may change. `since` is when it was sent, or else
    recorded. `is_held`: by a person, or by its paused batch. `first_at` is when it was put first
    among its author's, or with `before_all` among all.
    """

    id: int
    status: Status
    model: str
    cancel_requested: bool
    reason: str
    retry_at: datetime | None
    polled_at: datetime | None
    since: datetime
    batch_id: str | None
    author: str
    is_held: bool
    first_at: str
    before_all: bool
    provider: str
    state: tuple[object, ...]

    @property
    def waits_its_turn(self) -> bool:
        return self.status is Status.QUEUED and not (self.is_held or self.cancel_requested)


class OpenRows:
    """The open rows for a frequent reader: read again only after something was written, by any
    process; unchanged rows stay the same objects. For one thread at a time."""

    def __init__(self, file: HistoryFile, *, demo: bool) -> None:
        self._file = file
        self._demo = demo
        self._versions = Versions(file.path)
        self._version: Version | None = None
        self._known: dict[int, tuple[Cells, OpenRow]] = {}

    def news(self) -> list[OpenRow] | None:
        """All of them, oldest first; None if nothing was written since the last call. Raises
        StoreError."""
        version = self._versions.now()  # first, so that a write meanwhile is read the next time
        if version == self._version:
            return None
        self._known = {cells[0]: self._row(cells) for cells in _cells(self._file, demo=self._demo)}
        self._version = version
        return [row for _cells, row in self._known.values()]

    def forget(self) -> None:
        self._version = None

    def close(self) -> None:
        self._versions.close()

    def _row(self, cells: Cells) -> tuple[Cells, OpenRow]:
        known = self._known.get(cells[0])
        return known if known and known[0] == cells else (cells, _row(cells))


def open_rows(file: HistoryFile, *, demo: bool, timeout: float = TIMEOUT_SECONDS) -> list[OpenRow]:
    return [_row(cells) for cells in _cells(file, demo=demo, timeout=timeout)]


def _cells(file: HistoryFile, *, demo: bool, timeout: float = TIMEOUT_SECONDS) -> Iterator[Cells]:
    placeholders = ", ".join("?" * len(OPEN))
    with file.reading(timeout) as connection:
        rows = connection.execute(
            "select id, status, model, cancel_requested, reason, retry_at, polled_at,"
            f" coalesce(submitted_at, created_at), batch_id, held_at is not null or ({PAUSED}),"
            " author, first_at, before_all, provider,"
            " updated_at, remote_status, progress, attempts, task_id"
            " from generations indexed by generations_status"
            f" where status in ({placeholders}) and demo = ? order by id",
            [*OPEN, demo],
        ).fetchall()
    return map(tuple, rows)


def put_first(file: HistoryFile, generation_ids: Sequence[int], now: datetime) -> None:
    """Stamps a millisecond apart, their finest step: the latest goes first."""
    stamps = [stamp(now - timedelta(milliseconds=place)) for place in range(len(generation_ids))]
    with file.tx() as db:
        db.conn.executemany(
            "update generations set first_at = ? where id = ?",
            list(zip(stamps, private_projects.seen(db.conn, generation_ids), strict=False)),
        )


def _row(cells: Cells) -> OpenRow:
    number, status, model, cancel, reason, retry_at, polled_at, since, *more = cells
    batch, held, author, first_at, before_all, provider, *state = more
    return OpenRow(
        id=number,
        status=Status(status),
        model=model,
        cancel_requested=bool(cancel),
        reason=reason,
        retry_at=moment_or_none(retry_at),
        polled_at=moment_or_none(polled_at),
        since=moment(since),
        batch_id=batch,
        author=author,
        is_held=bool(held),
        first_at=first_at or "",
        before_all=bool(before_all),
        provider=provider,
        state=tuple(state),
    )
