"""One index of all that is searched of a generation: its prompt, notes, tags and file names."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

COLUMNS = "prompt, notes, tags, files"


def _again(generation: str) -> str:
    """SQL that indexes a generation as it is now; one that is gone leaves the index."""
    return f"""
        delete from texts where rowid = {generation};
        insert into texts (rowid, {COLUMNS})
            select id, {COLUMNS} from searched where id = {generation};
    """


def _after(table: str, generation: str, *events: str) -> list[str]:
    triggers = []
    for event in events:
        name, row = event.split()[0], "old" if event == "delete" else "new"
        triggers.append(
            f"create trigger {table}_texts_{name} after {event} on {table}"
            f" begin {_again(f'{row}.{generation}')} end"
        )
    return triggers


TEXTS_019 = (
    *(f"drop trigger prompts_{event}" for event in ("insert", "update", "delete")),
    *(f"drop trigger generations_remarks_{event}" for event in ("insert", "delete")),
    *(f"drop trigger notes_remarks_{event}" for event in ("insert", "update", "delete")),
    *(f"drop trigger generation_tags_remarks_{event}" for event in ("insert", "delete")),
    "drop table prompts",
    "drop table remarks",
    "drop view remarked",
    # Inputs go by the names that people gave them: addresses may be secret.
    """
    create view searched as select
        id,
        prompt,
        coalesce((select group_concat(text, char(10)) from notes
            where generation_id = generations.id and deleted_at is null), '') as notes,
        coalesce((select group_concat(name, char(10)) from generation_tags
            join tags on tags.key = tag where generation_id = generations.id), '') as tags,
        coalesce((select group_concat(name, char(10)) || char(10)
            from json_each(request, '$.inputs') as input
            join uploads on sha256 = json_extract(input.value, '$.sha256')), '')
        || coalesce((select group_concat(file, char(10)) from outputs
            where generation_id = generations.id), '') as files
    from generations
    """,
    # Whole texts are kept in it: what an index is made of must not change behind its back.
    f"create virtual table texts using fts5 ({COLUMNS}, tokenize = 'trigram')",
    f"insert into texts (rowid, {COLUMNS}) select id, {COLUMNS} from searched order by id",
    *_after("generations", "id", "insert", "update of prompt, request", "delete"),
    *_after("outputs", "generation_id", "insert", "update of file", "delete"),
    *_after("notes", "generation_id", "insert", "update of text, deleted_at", "delete"),
    *_after("generation_tags", "generation_id", "insert", "delete"),
)


@migrations()
def m019_texts(db: Database) -> None:
    """Words are looked for in all texts at once, and words to leave out stand in none of them."""
    for statement in TEXTS_019:
        db.execute(statement)
