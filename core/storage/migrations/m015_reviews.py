"""What people say of generations, projects, kept views, the trash, and the search in all of it."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.m012_changes import notes
from core.storage.migrations.steps import migrations


def _remarks(generation: str) -> str:
    """SQL that writes anew what is searched of a generation besides its prompt."""
    return f"""
        delete from remarks where rowid = {generation};
        insert into remarks (rowid, notes, tags, files)
            select * from remarked where id = {generation} and notes || tags || files <> '';
    """


def _remarks_after(table: str, *events: str) -> list[str]:
    named = [(event.split()[0], event) for event in events]
    return [
        f"create trigger {table}_remarks_{name} after {event} on {table}"
        f" begin {_remarks('old.generation_id' if name == 'delete' else 'new.generation_id')} end"
        for name, event in named
    ]


def _mean_after(event: str, row: str) -> str:
    return f"""
        create trigger ratings_mean_{event} after {event} on ratings begin
            update generations set (raters, stars) = (
                select count(*), cast(round(avg(stars) * 100) as integer)
                from ratings where generation_id = {row}.generation_id
            ) where id = {row}.generation_id;
        end
    """


REVIEWS_015 = (
    """
    create table projects (
        id integer primary key,
        uid text not null unique,
        key text not null unique,
        name text not null,
        created_at text not null,
        created_by text not null,
        archived_at text
    ) strict
    """,
    "alter table generations add column project_id integer references projects (id)",
    "alter table generations add column author text not null default ''",
    """
    alter table generations add column review text not null default 'none'
        check (review in ('none', 'in_review', 'approved', 'rejected', 'to_edit'))
    """,
    # The mean in hundredths, and of how many; written by the triggers of the ratings.
    "alter table generations add column stars integer",
    "alter table generations add column raters integer not null default 0",
    "alter table generations add column trashed_at text",
    "alter table generations add column trashed_by text not null default ''",
    "alter table generations add column emptied_at text",
    "create index generations_trashed on generations (trashed_at)"
    " where trashed_at is not null and emptied_at is null",
    "create index generations_emptied on generations (emptied_at) where emptied_at is not null",
    "create table tags (key text primary key, name text not null) strict, without rowid",
    """
    create table generation_tags (
        generation_id integer not null references generations (id) on delete cascade,
        tag text not null references tags (key),
        person text not null,
        at text not null,
        primary key (generation_id, tag)
    ) strict, without rowid
    """,
    """
    create table ratings (
        generation_id integer not null references generations (id) on delete cascade,
        person_key text not null,
        person text not null,
        stars integer not null check (stars between 1 and 5),
        at text not null,
        primary key (generation_id, person_key)
    ) strict, without rowid
    """,
    *(
        _mean_after(event, row)
        for event, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    ),
    """
    create table notes (
        id text primary key,
        generation_id integer not null references generations (id) on delete cascade,
        parent text not null,
        person text not null,
        text text not null,
        start real,
        stop real,
        created_at text not null,
        edited_at text,
        resolved_at text,
        resolved_by text not null default '',
        deleted_at text
    ) strict
    """,
    "create index notes_generation on notes (generation_id, created_at)",
    """
    create table decisions (
        id integer primary key,
        action integer not null,
        generation_id integer not null references generations (id) on delete cascade,
        at text not null,
        person text not null,
        what text not null,
        subject text not null,
        before text not null,
        after text not null
    ) strict
    """,
    "create index decisions_generation on decisions (generation_id, id)",
    "create index decisions_action on decisions (action)",
    """
    create table views (
        id integer primary key,
        key text not null,
        owner_key text not null,
        name text not null,
        owner text not null,
        query text not null,
        unique (owner_key, key)
    ) strict
    """,
    "create virtual table remarks using fts5 (notes, tags, files, tokenize = 'trigram')",
    # Files go by the names that people gave them; addresses may be secret.
    """
    create view remarked as select
        id,
        coalesce((select group_concat(text, char(10)) from notes
            where generation_id = generations.id and deleted_at is null), '') as notes,
        coalesce((select group_concat(name, char(10)) from generation_tags
            join tags on tags.key = tag where generation_id = generations.id), '') as tags,
        coalesce((select group_concat(name, char(10)) from json_each(request, '$.inputs') as input
            join uploads on sha256 = json_extract(input.value, '$.sha256')), '') as files
    from generations
    """,
    f"""
    create trigger generations_remarks_insert after insert on generations
        when new.request like '%"sha256": "_%' begin {_remarks("new.id")} end
    """,
    """
    create trigger generations_remarks_delete after delete on generations begin
        delete from remarks where rowid = old.id;
    end
    """,
    *_remarks_after("notes", "insert", "update of text, deleted_at", "delete"),
    *_remarks_after("generation_tags", "insert", "delete"),
    """
    insert into remarks (rowid, notes, tags, files) select remarked.* from generations
        cross join remarked on remarked.id = generations.id
        where request like '%"sha256": "_%' and files <> ''
    """,
    "create index outputs_file on outputs (file)",
    *(f"drop trigger generations_changed_by_{event}" for event in ("insert", "delete", "update")),
    *notes(
        "generations",
        "id",
        "created_at, status, model, kind, demo, favourite, duration, credits_quoted,"
        " credits_estimated, credits_charged, project_id, author, review, stars, trashed_at,"
        " emptied_at",
    ),
    *notes("generation_tags", "generation_id", "generation_id, tag"),
    *notes("ratings", "generation_id", "generation_id, person_key"),
)


@migrations()
def m015_reviews(db: Database) -> None:
    for statement in REVIEWS_015:
        db.execute(statement)


@migrations()
def m016_recorded(db: Database) -> None:
    """Up to which decision the files beside the history have been brought."""
    db.execute("create table recorded (decision integer not null) strict")
    db.execute("insert into recorded values (0)")
