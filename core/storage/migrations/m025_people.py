"""Who has signed in, and what people did: the audit list is only ever added to."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

PEOPLE_025 = (
    """
    create table people (
        id text primary key,
        name text not null,
        name_key text not null unique,
        email text not null,
        groups text not null,
        given text,
        is_removed integer not null default 0 check (is_removed in (0, 1)),
        joined_at text not null,
        seen_at text not null
    ) strict
    """,
    """
    create table audit (
        id integer primary key,
        uid text not null unique,
        at text not null,
        person text not null,
        person_id text not null,
        act text not null,
        about text not null
    ) strict
    """,
    """
    create trigger audit_stays before delete on audit
    begin select raise(abort, 'the audit list is only added to'); end
    """,
    """
    create trigger audit_stays_as_it_is before update on audit
    begin select raise(abort, 'the audit list is only added to'); end
    """,
)


@migrations()
def m025_people(db: Database) -> None:
    for statement in PEOPLE_025:
        db.execute(statement)
