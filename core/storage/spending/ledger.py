"""Reads the history as a ledger: what was sent when, and what it may have cost there.

A day is that of the sending, since charges are booked then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import visibility
from core.generations import FIRST_PROVIDER, Generation, Status
from core.storage.database import HistoryFile, moment, moment_or_none, stamp

UNANSWERED = (Status.SUBMITTING, Status.UNCONFIRMED)
"""No task id is known, but there may be a task at the provider."""
OLDEST_TASK = timedelta(hours=25)
"""A task older than this no longer changes the balance or the day's count."""
LATEST = timedelta(minutes=1)
"""How long after a lost answer its task may still be made."""
MOST_UNCHARGED = 200
NEAR = timedelta(minutes=5)
"""Longer than an answer to a request takes."""


@dataclass(frozen=True)
class Booked:
    """One model's day in this history: settled by the provider, and pending at most."""

    generations: int
    settled: int
    pending: int


@dataclass(frozen=True)
class Work:
    """How a generation may have changed its provider's figures, and when.

    Its task was made between `sent_at` and `known_at`, and ended before `ended_at`. If `sure` is
    false, it may never have been made. Credits are None when nobody has told them.
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
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def with_task(self, task_id: str) -> int | None:
        return self._id("task_id", task_id)

    def with_key(self, idempotency_key: str) -> int | None:
        return self._id("idempotency_key", idempotency_key)

    def unconfirmed(
        self, start: datetime, end: datetime, *, demo: bool, provider: str
    ) -> list[int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id from generations where demo = ? and submitted_at between ? and ?"
                " and status = 'unconfirmed' and provider = ? order by id",
                [demo, stamp(start), stamp(end), provider],
            ).fetchall()
        return [row["id"] for row in rows]

    def _id(self, column: str, value: str) -> int | None:
        with self._file.reading() as connection:
            row = connection.execute(
                f"select id from generations where {column} = ?", [value]
            ).fetchone()
        return row["id"] if row else None

    def by_day(
        self, since: date, *, demo: bool, provider: str = FIRST_PROVIDER
    ) -> Mapping[tuple[date, str], Booked]:
        """Credits of everything sent to a provider since a day, by UTC day and model. Counts
        everybody's, as the provider's side covers the whole account."""
        with visibility.everything(), self._file.reading() as connection:
            rows = connection.execute(
                """
                select substr(submitted_at, 1, 10) as sent_on, model, count(*) as generations,
                    sum(coalesce(credits_charged, 0)) as settled,
                    sum(iif(credits_charged is null,
                        coalesce(credits_estimated, credits_quoted, 0), 0)) as pending
                from generations
                where demo = :demo and submitted_at >= :since and provider = :provider
                group by sent_on, model
                """,
                {"demo": demo, "since": since.isoformat(), "provider": provider},
            ).fetchall()
        return {
            (date.fromisoformat(row["sent_on"]), row["model"]): Booked(
                row["generations"], row["settled"], row["pending"]
            )
            for row in rows
        }

    def sent_since(
        self, model: str, since: datetime, *, demo: bool, provider: str = FIRST_PROVIDER
    ) -> list[datetime]:
        """When each of a model's was sent, the earliest first. Counts everybody's."""
        with visibility.everything(), self._file.reading() as connection:
            rows = connection.execute(
                "select submitted_at from generations"
                " where demo = ? and submitted_at > ? and model = ? and provider = ?"
                " and task_id is not null order by submitted_at",
                [demo, stamp(since), model, provider],
            ).fetchall()
        return [moment(row["submitted_at"]) for row in rows]

    def uncharged(
        self, day: date, model: str, *, demo: bool, provider: str = FIRST_PROVIDER
    ) -> Mapping[int, int]:
        """Generations sent on a UTC day that ended, or may have been sent, without a charge: the
        most that each may have cost, by number."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id, coalesce(credits_estimated, credits_quoted, 0) as cost"
                " from generations where demo = ? and submitted_at >= ? and submitted_at < ?"
                " and model = ? and provider = ? and coalesce(credits_charged, 0) = 0 and cost > 0"
                " and status in ('failed', 'cancelled', 'unconfirmed') order by id limit ?",
                [demo, str(day), str(day + timedelta(days=1)), model, provider, MOST_UNCHARGED],
            ).fetchall()
        return {row["id"]: row["cost"] for row in rows}

    def around(self, start: datetime, end: datetime, generation: Generation) -> list[Work]:
        """All others that may have moved the balance or a day's count at its provider between two
        times. Counts everybody's."""
        places = ", ".join(f"'{status}'" for status in UNANSWERED)
        day = timedelta(days=1)
        times = {
            "oldest": stamp(start - OLDEST_TASK),
            "near": stamp(start - NEAR),
            "start": stamp(start),
            "end": stamp(end + NEAR),
            "fallen": stamp(end - day + NEAR),
        }
        whose = {
            "demo": generation.demo,
            "but": generation.id,
            "provider": generation.provider,
        }
        with visibility.everything(), self._file.reading() as connection:
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
                    and provider = :provider
                order by submitted_at, id
                """,
                times | whose,
            ).fetchall()
        return [_work(row) for row in rows]


def _work(row: Any) -> Work:
    known = moment_or_none(row["known_at"])
    if known and not row["sure"]:
        known += LATEST
    # The end of an unconfirmed one is only when it was noticed.
    ended = row["finished_at"] if row["sure"] or row["credits_charged"] is not None else None
    return Work(
        id=row["id"],
        model=row["model"],
        sent_at=moment(row["submitted_at"]),
        known_at=known,
        ended_at=moment_or_none(ended),
        estimated=row["estimated"],
        charged=row["credits_charged"],
        sure=bool(row["sure"]),
    )
