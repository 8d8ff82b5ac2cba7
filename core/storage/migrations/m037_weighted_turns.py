"""How many turns in a row people of a role have, and how many somebody has had."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

WEIGHTED_TURNS_037 = (
    """
    create table role_turns (
        role text primary key,
        turns integer not null check (turns between 1 and 10)
    ) strict, without rowid
    """,
    """
    create table turns_in_a_row (
        model text primary key,
        author text not null,
        count integer not null
    ) strict, without rowid
    """,
    """
    create trigger generations_turn_in_a_row after update of status on generations
        when new.status = 'submitting' and old.status <> 'submitting' begin
            insert into turns_in_a_row values (new.model, new.author, 1)
                on conflict do update set author = excluded.author,
                    count = iif(author = excluded.author, count + 1, 1);
    end
    """,
)


@migrations()
def m037_weighted_turns(db: Database) -> None:
    for statement in WEIGHTED_TURNS_037:
        db.execute(statement)
