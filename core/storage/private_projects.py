"""What is hidden from a reader of the history: private projects of others, and all that is in them.

A limited reader's connection has, in place of each table about generations, a view of the same name
that leaves out what is hidden: SQLite looks in `temp` before `main`. So no query has to know of it,
and none that is written later can forget it. Writes go to the tables themselves, and ask `hides`
first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core import visibility

HIDDEN = """
    select id from main.projects where is_private = 1 and id not in
        (select project_id from main.project_people where person_id = :reader)
"""
SEEN = "exists (select 1 from temp.generations as seen where seen.id = {})"
OF_A_GENERATION = (
    *("outputs", "events", "generation_tags", "ratings", "decisions", "parents", "share_items"),
)
"""Tables whose rows are each about one generation."""
LOST = "generations.project_id in (select id from temp.hidden_projects)"
MENTIONS = """
    exists (select 1 from temp.hidden_projects join main.projects using (id)
        where instr(live, uid) or instr(lower(title || live), lower(name)))
"""
VIEWS = {
    "hidden_projects": HIDDEN.replace(":reader", "reader()"),
    "projects": "select * from main.projects where id not in (select id from temp.hidden_projects)",
    "former_names": "select * from main.former_names"
    " where project_id not in (select id from temp.hidden_projects)",
    "generations": "select * from main.generations where project_id is null"
    " or project_id not in (select id from temp.hidden_projects)",
    **{
        table: f"select * from main.{table} where {SEEN.format('generation_id')}"
        for table in OF_A_GENERATION
    },
    # With `rowid`, which sorts notes of the same moment in the order of writing.
    "notes": f"select rowid, * from main.notes where {SEEN.format('generation_id')}",
    "file_sources": "select * from main.file_sources where exists"
    " (select 1 from temp.generations as seen where seen.idempotency_key = generation_key)",
    # A set that is partly hidden is hidden as a whole: its size alone would tell.
    "batches": "select * from main.batches where not exists (select 1 from main.generations"
    f" where batch_id = batches.id and {LOST})",
    "comparisons": "select * from main.comparisons where not exists (select 1"
    f" from main.comparison_items join main.generations on generations.id = generation_id"
    f" where comparison_id = comparisons.id and {LOST})",
    "comparison_items": "select * from main.comparison_items where exists"
    " (select 1 from temp.comparisons as seen where seen.id = comparison_id)",
    "pair_votes": "select * from main.pair_votes where exists"
    " (select 1 from temp.comparisons as seen where seen.id = comparison_id)",
    "shares": "select * from main.shares"
    " where sharer = (select name from main.people where id = reader())"
    " or not exists (select 1 from main.share_items"
    "  join main.generations on generations.id = generation_id"
    f"  where share_id = shares.id and {LOST}) and not {MENTIONS}",
    # A file belongs to the generation that made it and to those that used it.
    "uploads": f"""
        select * from main.uploads where exists (select 1 from main.brought_by
            where brought_by.sha256 = uploads.sha256 and person_id = reader())
        or exists (select 1 from main.inputs where inputs.sha256 = uploads.sha256
            and {SEEN.format("generation_id")})
        or not exists (select 1 from main.inputs join main.generations on id = generation_id
            where inputs.sha256 = uploads.sha256 and {LOST})
        and not exists (select 1 from main.outputs join main.generations on id = generation_id
            where outputs.sha256 = uploads.sha256 and {LOST})
        and not exists (select 1 from main.file_sources join main.generations
            on idempotency_key = generation_key
            where file_sources.sha256 = uploads.sha256 and {LOST})
    """,
}


def limit(connection: sqlite3.Connection) -> None:
    # Without a reader this is null, which matches nobody: everything private is hidden.
    connection.create_function("reader", 0, visibility.reader)
    for name, question in VIEWS.items():
        connection.execute(f"create temp view {name} as {question}")


def hidden_projects(connection: sqlite3.Connection) -> frozenset[int]:
    reader = visibility.reader()
    if reader is None:
        return frozenset()
    return frozenset(row[0] for row in connection.execute(HIDDEN, {"reader": reader}))


def hides(connection: sqlite3.Connection, generation_id: int) -> bool:
    return generation_id not in seen(connection, [generation_id])


def seen(connection: sqlite3.Connection, generation_ids: Sequence[int]) -> Sequence[int]:
    projects = hidden_projects(connection)
    if not projects:
        return generation_ids
    found = connection.execute(
        "select id from main.generations where id in (select value from json_each(?))"
        " and project_id in (select value from json_each(?))",
        [json.dumps(list(generation_ids)), json.dumps(list(projects))],
    )
    hidden = {row[0] for row in found}
    return [one for one in generation_ids if one not in hidden]


def note_bringer(db: Database, sha256: str) -> None:
    """Whoever brings a file sees it, whatever others use it in."""
    if (reader := visibility.reader()) is not None:
        row = {"sha256": sha256, "person_id": reader}
        db.table("brought_by").insert(row, ignore=True)


def names(connection: sqlite3.Connection, projects: Collection[int]) -> list[str]:
    rows = connection.execute(
        "select name from main.projects where id in (select value from json_each(:ids))"
        " union select name from main.former_names"
        " where project_id in (select value from json_each(:ids))",
        {"ids": json.dumps(list(projects))},
    )
    return [row[0] for row in rows]
