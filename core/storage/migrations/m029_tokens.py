"""Tokens of other programs, by their hashes."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

TOKENS_029 = (
    """
    create table tokens (
        id integer primary key,
        secret_hash text not null unique,
        label text not null,
        person_id text not null,
        person text not null,
        role text not null,
        made_at text not null,
        last_used_at text,
        revoked_at text
    ) strict
    """,
)


@migrations()
def m029_tokens(db: Database) -> None:
    for statement in TOKENS_029:
        db.execute(statement)
