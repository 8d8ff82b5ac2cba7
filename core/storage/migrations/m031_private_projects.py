"""Projects that only named people see, and whom a file belongs to."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

FILES = """
    insert or ignore into inputs
        select json_extract(value, '$.sha256'), {generation}.id
        from {source} where json_extract(value, '$.sha256') <> ''
"""
PRIVATE_PROJECTS_031 = (
    "alter table projects add column is_private integer not null default 0"
    " check (is_private in (0, 1))",
    """
    create table project_people (
        project_id integer not null references projects (id) on delete cascade,
        person_id text not null,
        primary key (project_id, person_id)
    ) strict, without rowid
    """,
    """
    create table inputs (
        sha256 text not null,
        generation_id integer not null references generations (id) on delete cascade,
        primary key (sha256, generation_id)
    ) strict, without rowid
    """,
    "create index inputs_of on inputs (generation_id)",
    f"""
    create trigger generations_inputs after insert on generations begin
        {FILES.format(generation="new", source="json_each(new.request, '$.inputs')")};
    end
    """,
    FILES.format(
        generation="generations", source="generations, json_each(generations.request, '$.inputs')"
    ),
    """
    create table brought_by (
        sha256 text not null,
        person_id text not null,
        primary key (sha256, person_id)
    ) strict, without rowid
    """,
)


@migrations()
def m031_private_projects(db: Database) -> None:
    for statement in PRIVATE_PROJECTS_031:
        db.execute(statement)
