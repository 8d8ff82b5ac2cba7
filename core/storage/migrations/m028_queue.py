"""The order of the queue: what is held, what goes first, and when each person had their turn."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

QUEUE_028 = (
    "alter table generations add column held_at text",
    "alter table generations add column first_at text",
    "alter table generations add column before_all integer not null default 0",
    """
    create table turns (
        model text not null,
        author text not null,
        batch_id text not null,
        at text not null,
        primary key (model, author, batch_id)
    ) strict, without rowid
    """,
    # A batch that had none for a day counts as one that had none yet.
    """
    create trigger generations_turn after update of status on generations
        when new.status = 'submitting' and old.status <> 'submitting' begin
            insert into turns values (new.model, new.author, coalesce(new.batch_id, ''),
                    coalesce(new.submitted_at, new.updated_at))
                on conflict do update set at = excluded.at;
            delete from turns where batch_id <> ''
                and at < strftime('%Y-%m-%dT%H:%M:%f+00:00', new.updated_at, '-1 day');
    end
    """,
)


@migrations()
def m028_queue(db: Database) -> None:
    for statement in QUEUE_028:
        db.execute(statement)
