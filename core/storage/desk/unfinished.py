"""Which actions on many are under way. One that has stood still was cut off with its server."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.storage.database import stamp

STILL = timedelta(seconds=40)
"""Longer than a slice of another server waits for the file."""


def note(db: Database, action: int, total: int, now: datetime) -> None:
    db.execute("insert or replace into unfinished values (?, ?, ?)", [action, total, stamp(now)])


def end(db: Database, *actions: int | None) -> None:
    for action in actions:
        db.execute("delete from unfinished where action = ?", [action])


def stood_still(
    connection: sqlite3.Connection, running: Collection[int], now: datetime
) -> list[tuple[int, int, int, int]]:
    """Actions that are not `running` here, oldest first: number of the action, how many it was to
    change, how many it has, and the number of its first decision."""
    rows = connection.execute(
        "select unfinished.action, total, count(distinct generation_id) as done,"
        " min(decisions.id) as first from unfinished"
        " join decisions on decisions.action = unfinished.action"
        " where moved_at < ? group by unfinished.action order by unfinished.action",
        [stamp(now - STILL)],
    ).fetchall()
    found = [(row["action"], row["total"], row["done"], row["first"]) for row in rows]
    return [one for one in found if one[0] not in running]
