"""Sets of clips that are judged in blind pairs, and the votes."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

COMPARISONS_017 = (
    """
    create table comparisons (
        id integer primary key,
        members text not null unique,
        seed text not null,
        created_by text not null,
        created_at text not null
    ) strict
    """,
    """
    create table comparison_items (
        comparison_id integer not null references comparisons (id) on delete cascade,
        place integer not null,
        generation_id integer not null references generations (id) on delete cascade,
        primary key (comparison_id, place)
    ) strict, without rowid
    """,
    "create index comparison_items_generation on comparison_items (generation_id)",
    """
    create table pair_votes (
        comparison_id integer not null references comparisons (id) on delete cascade,
        person_key text not null,
        person text not null,
        first integer not null references generations (id) on delete cascade,
        second integer not null references generations (id) on delete cascade,
        winner integer check (winner in (first, second)),
        at text not null,
        primary key (comparison_id, person_key, first, second)
    ) strict, without rowid
    """,
    "create index pair_votes_first on pair_votes (first)",
    "create index pair_votes_second on pair_votes (second)",
)


@migrations()
def m017_comparisons(db: Database) -> None:
    for statement in COMPARISONS_017:
        db.execute(statement)
