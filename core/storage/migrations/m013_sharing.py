"""Links for people outside, and what guests say there."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

SHARES_013 = (
    """
    create table shares (
        id integer primary key,
        token_hash text not null unique,
        nonce text not null,
        title text not null,
        sharer text not null,
        made_at text not null,
        ends_at text,
        revoked_at text,
        password_hash text not null,
        terms text not null check (json_valid(terms)),
        visits integer not null default 0,
        last_visit_at text
    ) strict
    """,
    # A generation that goes takes its places along: its number may be given to another one.
    """
    create table share_items (
        share_id integer not null references shares (id) on delete cascade,
        place integer not null,
        generation_id integer not null references generations (id) on delete cascade,
        primary key (share_id, place)
    ) strict, without rowid
    """,
    "create index share_items_generation on share_items (generation_id)",
)


@migrations()
def m013_shares(db: Database) -> None:
    for statement in SHARES_013:
        db.execute(statement)


FEEDBACK_014 = (
    """
    create table guest_ratings (
        share_id integer not null references shares (id) on delete cascade,
        generation_id integer not null references generations (id) on delete cascade,
        guest text not null,
        nickname text not null,
        stars integer not null check (stars between 1 and 5),
        at text not null,
        primary key (share_id, generation_id, guest)
    ) strict, without rowid
    """,
    "create index guest_ratings_generation on guest_ratings (generation_id)",
    """
    create table guest_notes (
        id integer primary key,
        share_id integer not null references shares (id) on delete cascade,
        generation_id integer not null references generations (id) on delete cascade,
        guest text not null,
        nickname text not null,
        text text not null,
        at text not null
    ) strict
    """,
    "create index guest_notes_share on guest_notes (share_id, generation_id)",
    "create index guest_notes_generation on guest_notes (generation_id)",
)


@migrations()
def m014_feedback(db: Database) -> None:
    for statement in FEEDBACK_014:
        db.execute(statement)
