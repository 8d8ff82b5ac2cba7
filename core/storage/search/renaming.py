"""A project under a new name: the old one leads to it, and what was kept of searches says the new
one. All of it within the transaction that renames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.storage.search.query import Clause, parse
from core.storage.search.query_fields import plain
from core.text.names import key

SEARCH = "q"
"""What the address of a view calls its search."""


def remember(db: Database, project_id: int, old: str, new: str) -> None:
    """Let the old name lead to the project, wherever it is written."""
    if key(old) != key(new):
        take(db, new)
        add_former(db, {old: project_id})
    for view in db.execute("select id, query from views").fetchall():
        said = parse_qsl(view["query"], keep_blank_values=True)
        now = [(n, _renamed(text, old, new) if n == SEARCH else text) for n, text in said]
        if now != said:
            db.execute("update views set query = ? where id = ?", [urlencode(now), view["id"]])
    for share in db.execute("select id, live from shares where live <> ''").fetchall():
        told = json.loads(share["live"])
        search = told["filter"].get("search", "")
        if (renamed := _renamed(search, old, new)) != search:
            told["filter"]["search"] = renamed
            live = json.dumps(told, ensure_ascii=False)
            db.execute("update shares set live = ? where id = ?", [live, share["id"]])


def take(db: Database, name: str) -> None:
    db.execute("delete from former_names where key = ?", [key(name)])


def add_former(db: Database, names: Mapping[str, int]) -> None:
    """Names that projects once had, unless a project has them now."""
    for name, project_id in names.items():
        db.execute(
            "insert or replace into former_names (key, name, project_id)"
            " select :key, :name, :id where not exists (select * from projects where key = :key)",
            {"key": key(name), "name": name, "id": project_id},
        )


def spellings(connection: sqlite3.Connection) -> dict[int, tuple[str, ...]]:
    """Every project with its name, and with those former names that no other has."""
    rows = connection.execute("select id, name from projects order by id").fetchall()
    taken = {plain(row["name"]) for row in rows}
    former = connection.execute("select name, project_id from former_names").fetchall()
    return {row["id"]: (row["name"], *_former(row["id"], former, taken)) for row in rows}


def _former(project_id: int, rows: Iterable[sqlite3.Row], taken: set[str]) -> list[str]:
    found = (row["name"] for row in rows if row["project_id"] == project_id)
    return [name for name in found if plain(name) not in taken]


def names_any(query: str, projects: Iterable[str]) -> bool:
    hidden = set(map(plain, projects))
    if not hidden:
        return False
    searches = [text for name, text in parse_qsl(query) if name == SEARCH]
    named = (c for search in searches for c in parse(search).clauses if c.field == "project")
    return any(plain(value) in hidden for clause in named for value in clause.values)


def _renamed(search: str, old: str, new: str) -> str:
    query = parse(search)
    for clause in query.clauses:
        if clause.field == "project" and any(key(value) == key(old) for value in clause.values):
            values = (new if key(value) == key(old) else value for value in clause.values)
            named = Clause(clause.field, tuple(dict.fromkeys(values)), clause.unwanted)
            query = query.replaced(clause, named)
    return search if query == parse(search) else str(query)
