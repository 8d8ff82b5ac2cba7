"""Limits on spending: those that hold, and all that ever did."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

CAPS_023 = (
    """
    create table caps (
        id text primary key,
        scope text not null,
        subject text not null,
        name text not null,
        period text not null,
        credits integer not null check (credits >= 0),
        warn_percent integer not null,
        made_by text not null,
        made_at text not null,
        ended_by text not null default '',
        ended_at text
    ) strict
    """,
    "create unique index caps_holding on caps (scope, subject, period) where ended_at is null",
)


@migrations()
def m023_caps(db: Database) -> None:
    for statement in CAPS_023:
        db.execute(statement)
