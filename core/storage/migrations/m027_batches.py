"""Batches: what was ordered together, and which place each generation has in it."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

BATCHES_027 = (
    """
    create table batches (
        id text primary key,
        name text not null,
        author text not null,
        size integer not null check (size > 0),
        demo integer not null,
        created_at text not null,
        paused_at text
    ) strict
    """,
    "create index batches_newest on batches (created_at)",
    # Both are written with the row and never changed: the note of a new row is enough for bitmaps.
    "alter table generations add column batch_id text",
    "alter table generations add column batch_place integer",
    "create index generations_batch on generations (batch_id, batch_place, id)"
    " where batch_id is not null",
)


@migrations()
def m027_batches(db: Database) -> None:
    for statement in BATCHES_027:
        db.execute(statement)
