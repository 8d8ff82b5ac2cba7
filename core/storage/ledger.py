"""Reads the history as a ledger: what was sent when, and what it may have moved at Runway.

Days are those of the sending, since that is when Runway books a charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.generations import Status
from core.storage.database import HistoryFile, moment, stamp

UNANSWERED = (Status.SUBMITTING, Status.UNCONFIRMED)
"""With Runway perhaps: there is no task id, and yet there may be a task."""
OLDEST_TASK = timedelta(hours=25)
"""A task that began longer ago does not move the account any more, nor leaves the day's count."""
LATEST = timedelta(minutes=1)
"""A task whose answer was lost may still be made so long afterwards."""
NEAR = timedelta(minutes=5)
"""Longer than an answer to a request takes."""


@dataclass(frozen=True)
class Booked:
    """One model's day in this history: settled by Runway, and still pending at most."""

    generations: int
    settled: int
    pending: int


@dataclass(frozen=True)
class Work:
    """A generation by what it may have moved at Runway, and when.

    Its task was made between `sent_at` and `known_at`; it came to its end before `ended_at`. With
    `sure` false it was perhaps never made. Credits None: nobody has said.
    """

    id: int
    model: str
    sent_at: datetime
    known_at: datetime | None
    ended_at: datetime | None
    estimated: int | None
    charged: int | None
    sure: bool


class Ledger:
    """The reading side of a history file, by the time of sending."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def with_task(self, task_id: str) -> int | None:
        """The id of the generation that owns this task."""
        return self._id("task_id", task_id)

    def with_key(self, idempotency_key: str) -> int | None:
        """The id of the generation that was wanted under this key."""
        return self._id("idempotency_key", idempotency_key)

    def unconfirmed(self, start: datetime, end: datetime, *, demo: bool) -> list[int]:
        """The ids of those that were sent from `start` to `end` and are unconfirmed still."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id from generations where demo = ? and submitted_at between ? and ?"
                " and status = 'unconfirmed' order by id",
                [demo, stamp(start), stamp(end)],
            ).fetchall()
        return [row["id"] for row in rows]

    def _id(self, column: str, value: str) -> int | None:
        with self._file.reading() as connection:
            row = connection.execute(
                f"select id from generations where {column} = ?", [value]
            ).fetchone()
        return row["id"] if row else None

    def by_day(self, since: date, *, demo: bool) -> Mapping[tuple[date, str], Booked]:
        """Credits by UTC day and model of all that was sent from `since` on."""
        with self._file.reading() as connection:
            rows = connection.execute(
                """
                select substr(submitted_at, 1, 10) as sent_on, model, count(*) as generations,
                    sum(coalesce(credits_charged, 0)) as settled,
                    sum(iif(credits_charged is null,
                        coalesce(credits_estimated, credits_quoted, 0), 0)) as pending
                from generations where demo = :demo and submitted_at >= :since
                group by sent_on, model
                """,
                {"demo": demo, "since": since.isoformat()},
            ).fetchall()
        return {
            (date.fromisoformat(row["sent_on"]), row["model"]): Booked(
                row["generations"], row["settled"], row["pending"]
            )
            for row in rows
        }

    def around(self, start: datetime, end: datetime, *, demo: bool, but: int) -> list[Work]:
        """All that may have moved the balance or a day's count from `start` to `end`, but one."""
        places = ", ".join(f"'{status}'" for status in UNANSWERED)
        day = timedelta(days=1)
        times = {
            "oldest": stamp(start - OLDEST_TASK),
            "near": stamp(start - NEAR),
            "start": stamp(start),
            "end": stamp(end + NEAR),
            "fallen": stamp(end - day + NEAR),
        }
        with self._file.reading() as connection:
            rows = connection.execute(
                f"""
                select id, model, status, submitted_at, finished_at, credits_charged,
                    coalesce(credits_estimated, credits_quoted) as estimated,
                    task_id is not null as sure,
                    iif(idempotency_key = 'task_' || task_id, submitted_at,
                        (select min(at) from events where generation_id = generations.id
                            and at >= submitted_at
                            and events.status not in ('queued', 'submitting'))) as known_at
                from generations
                where demo = :demo and submitted_at between :oldest and :end
                    and (submitted_at >= :near or submitted_at <= :fallen
                        or coalesce(finished_at, :end) >= :start)
                    and (task_id is not null or status in ({places})) and id <> :but
                order by submitted_at, id
                """,
                times | {"demo": demo, "but": but},
            ).fetchall()
        return [_work(row) for row in rows]


def _work(row: Any) -> Work:
    known = moment(row["known_at"]) if row["known_at"] else None
    if known and not row["sure"]:
        known += LATEST
    ended = row["finished_at"] if row["credits_charged"] is not None else None
    return Work(
        id=row["id"],
        model=row["model"],
        sent_at=moment(row["submitted_at"]),
        known_at=known,
        ended_at=moment(ended) if ended else None,
        estimated=row["estimated"],
        charged=row["credits_charged"],
        sure=bool(row["sure"]),
    )
