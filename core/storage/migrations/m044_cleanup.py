"""Which originals were removed by clean-up rules, the rules themselves, and where a bucket with
versions still has what was removed."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

CLEANUP_044 = (
    "alter table outputs add column removed_at text",
    "alter table outputs add column removed_by text not null default ''",
    "create index outputs_removed on outputs (removed_at) where removed_at is not null",
    # Marked as removed, while the file may still be there.
    "create table originals_leaving (file text primary key) strict, without rowid",
    """
    create table former_versions (
        file text primary key,
        bucket text not null,
        version text not null
    ) strict, without rowid
    """,
    """
    create table cleanup_rules (
        id text primary key,
        kind text not null check (kind in ('rejected', 'unrated', 'room')),
        amount integer not null,
        made_by text not null,
        made_at text not null,
        starts_at text not null,
        demo integer not null check (demo in (0, 1)),
        ended_by text not null default '',
        ended_at text
    ) strict
    """,
    """
    create table cleanup_runs (
        id integer primary key,
        demo integer not null check (demo in (0, 1)),
        ended_at text not null,
        originals integer not null,
        bytes integer not null
    ) strict
    """,
)


@migrations()
def m044_cleanup(db: Database) -> None:
    for statement in CLEANUP_044:
        db.execute(statement)
