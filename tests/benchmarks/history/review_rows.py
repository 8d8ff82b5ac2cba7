"""Three times as many ratings, tags and notes as there are generations, about evenly.

They are laid in bulk, without the triggers, whose work is then done at once. The decisions that led
to them are left out: no list reads those.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from core.storage.database import HistoryFile
from core.text.names import key

PEOPLE = ("Ann", *(f"Person {number}" for number in range(2, 201)))
TAGS = ("hero", *(f"tag {number}" for number in range(2, 201)))
PROJECTS = tuple(f"Project {number}" for number in range(1, 501))
STATES = {"none": 60, "in_review": 15, "approved": 12, "rejected": 10, "to_edit": 3}
TABLES = ("generations", "ratings", "generation_tags", "notes")
# Three slots a generation, of which chance takes one on average; what it says comes of the same
# number.
TAKEN = """
    with slots as (
        select generations.id as id, created_at, slot.value as slot,
            (generations.id * 48271 + slot.value * 40503 + :salt * 977) % 1000003 * 16807 % 1000003
                as dice
        from generations cross join json_each('[0, 1, 2]') as slot
    ), taken as (select * from slots where dice % 3 = 0)
"""
NAME = "json_extract(:names, '$[' || (dice / 3 % json_array_length(:names)) || ']')"
RATINGS = f"""
    insert or ignore into ratings (generation_id, person_key, person, stars, at) {TAKEN}
    select id, lower({NAME}), {NAME}, 1 + dice / 7 % 5, created_at from taken
"""
GENERATION_TAGS = f"""
    insert or ignore into generation_tags (generation_id, tag, person, at) {TAKEN}
    select id, iif(dice / 3 % 5 = 0, 'hero', {NAME}), 'Ann', created_at from taken
"""
NOTES = f"""
    insert into notes (id, generation_id, parent, person, text, created_at) {TAKEN}
    select id || '-' || slot, id, '', {NAME},
        iif(dice % 1000 = 0, 'the lamp flickers', 'softer light please') || ' ' || dice, created_at
    from taken
"""
MEANS = """
    update generations set (raters, stars) = (
        select count(*), cast(round(avg(stars) * 100) as integer)
        from ratings where generation_id = generations.id
    )
"""
TEXTS = """
    insert into texts (rowid, prompt, notes, tags, files)
    select id, prompt, notes, tags, files from searched order by id
"""


def lay_projects(file: HistoryFile, at: str) -> None:
    """Those that `cells` names."""
    rows = [
        {"id": n, "uid": f"uid{n}", "key": key(name), "name": name}
        | {"created_at": at, "created_by": PEOPLE[0]}
        for n, name in enumerate(PROJECTS, 1)
    ]
    with file.tx() as db:
        db.table("projects").insert_all(rows)


def cells(number: int, chance: random.Random, made: str) -> dict[str, Any]:
    """What a generation's own row says: its author, its project, its state, the trash."""
    (state,) = chance.choices(list(STATES), list(STATES.values()))
    is_trash = number % 100 == 7
    return {
        "author": chance.choice(PEOPLE),
        "project_id": number % (len(PROJECTS) + 1) or None,
        "review": state,
        "trashed_at": made if is_trash else None,
        "trashed_by": PEOPLE[0] if is_trash else "",
    }


def lay(file: HistoryFile) -> None:
    """What is said of the generations that are there."""
    people, tags = json.dumps(PEOPLE), json.dumps(TAGS)
    with file.tx() as db, without_triggers(db):
        db.table("tags").insert_all({"key": tag, "name": tag} for tag in TAGS)
        for salt, (statement, names) in enumerate(
            [(RATINGS, people), (GENERATION_TAGS, tags), (NOTES, people)]
        ):
            db.execute(statement, {"names": names, "salt": salt})
        db.execute(MEANS)


def said(file: HistoryFile) -> int:
    """How many ratings, tags and notes there are."""
    counts = " + ".join(f"(select count(*) from {table})" for table in TABLES[1:])
    with file.reading() as connection:
        return int(connection.execute(f"select {counts}").fetchone()[0])


@contextmanager
def indexed_at_once(file: HistoryFile) -> Iterator[None]:
    """What is searched is not written anew for each row, but once at the end."""
    with file.tx() as db:
        triggers = _dropped(db, "name like '%\\_texts\\_%' escape '\\'", ())
    yield
    with file.tx() as db:
        db.execute(TEXTS)
        for statement in triggers:
            db.execute(statement)


@contextmanager
def without_triggers(db: Database) -> Iterator[None]:
    triggers = _dropped(db, f"tbl_name in ({', '.join('?' * len(TABLES))})", TABLES)
    yield
    for statement in triggers:
        db.execute(statement)


def _dropped(db: Database, which: str, values: Sequence[str]) -> list[str]:
    """The statements that made the triggers which are gone now."""
    rows = db.execute(
        f"select name, sql from sqlite_master where type = 'trigger' and {which}", values
    ).fetchall()
    for name, _ in rows:
        db.execute(f"drop trigger {name}")
    return [statement for _, statement in rows]
