"""What generations were made from, and from which generation a file came."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

DERIVED = """
    insert or ignore into parents (generation_id, parent_key, way)
    select child, parent_key, 'input' from (
        select child.id as child, max(made.id), coalesce(
            (select generation_key from file_sources where sha256 = used.value ->> 'sha256'),
            made.idempotency_key
        ) as parent_key
        from generations child
        join json_each(child.request, '$.inputs') used
        left join outputs on outputs.sha256 = used.value ->> 'sha256'
        left join generations made on made.id = outputs.generation_id
            and made.id <> child.id and made.created_at <= child.created_at
        where child.request like '%"sha256": "_%' and used.value ->> 'sha256' <> ''
        group by child.id, used.key
    )
    join generations on generations.id = child
    where parent_key <> idempotency_key
"""
"""Parents by the hashes of files, where nobody wrote them down."""
FAMILIES_020 = (
    # By the idempotency key: numbers change when a history is put together from others.
    """
    create table parents (
        generation_id integer not null references generations (id) on delete cascade,
        parent_key text not null,
        way text not null,
        primary key (generation_id, parent_key)
    ) strict, without rowid
    """,
    "create index parents_key on parents (parent_key)",
    """
    create table file_sources (
        sha256 text primary key,
        generation_key text not null
    ) strict, without rowid
    """,
    "create index outputs_sha256 on outputs (sha256)",
    "alter table drafts add column origin text not null default ''",
    # Frames were kept under the number of their generation.
    """
    insert into file_sources
    select uploads.sha256, idempotency_key from uploads
    join generations
        on generations.id = cast(substr(name, instr(name, ' frame of ') + 10) as integer)
        and generations.created_at <= uploads.created_at
    where name like '% frame of ' || generations.id || '.png'
    """,
    DERIVED,
)


@migrations()
def m020_families(db: Database) -> None:
    """Parents; what older generations started from is known by the files."""
    for statement in FAMILIES_020:
        db.execute(statement)
