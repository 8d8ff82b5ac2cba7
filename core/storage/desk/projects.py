"""Projects, and views kept by name."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.reviews import Project, View
from core.errors import InvalidReview
from core.storage import private_projects
from core.storage.database import HistoryFile, moment, moment_or_none, stamp
from core.storage.search import renaming
from core.text.names import key


class ProjectStore:
    """A name is taken in any case, also by an archived project."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def named(self, name: str, *, person: str, now: datetime) -> Project:
        with self._file.tx() as db:
            db.execute(
                "insert or ignore into projects (uid, key, name, created_at, created_by)"
                " values (?, ?, ?, ?, ?)",
                [secrets.token_hex(8), key(name), name, stamp(now), person],
            )
            project = project_of(db.execute(BY_KEY, [key(name)]).fetchone())
            if project.id in private_projects.hidden_projects(db.conn):
                raise InvalidReview(TAKEN, "Choose another name.")
            renaming.take(db, name)
            return project

    def set_name(self, project_id: int, name: str) -> None:
        """A search for the old name still finds the project. Raises InvalidReview when another
        project has the name."""
        with self._file.tx() as db:
            other = db.execute(BY_KEY, [key(name)]).fetchone()
            if other and other["id"] != project_id:
                raise InvalidReview(TAKEN, "Choose another name.")
            before = db.execute("select name from projects where id = ?", [project_id]).fetchone()
            db.execute(
                "update projects set name = ?, key = ? where id = ?", [name, key(name), project_id]
            )
            if before:
                renaming.remember(db, project_id, before["name"], name)

    def archive(self, project_id: int, at: datetime | None) -> None:
        with self._file.tx() as db:
            db.execute(
                "update projects set archived_at = ? where id = ?",
                [stamp(at) if at else None, project_id],
            )

    def set_people(self, project_id: int, people: Collection[str] | None) -> None:
        with self._file.tx() as db:
            _set_people(db, project_id, people)

    def get(self, project_id: int) -> Project | None:
        with self._file.reading() as connection:
            row = connection.execute(f"{PROJECTS} where id = ?", [project_id]).fetchone()
        return project_of(row) if row else None

    def find(self, name: str) -> Project | None:
        with self._file.reading() as connection:
            row = connection.execute(BY_KEY, [key(name)]).fetchone()
        return project_of(row) if row else None

    def listed(self) -> list[Project]:
        with self._file.reading() as connection:
            rows = connection.execute(f"{PROJECTS} order by key").fetchall()
        return [project_of(row) for row in rows]

    def spellings(self) -> dict[int, tuple[str, ...]]:
        with self._file.reading() as connection:
            return renaming.spellings(connection)

    def former_names(self) -> dict[str, str]:
        """The project's uid for each of its former names."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select former_names.name, uid from former_names"
                " join projects on projects.id = project_id order by former_names.key"
            ).fetchall()
        return {row["name"]: row["uid"] for row in rows}

    def adopt(self, projects: Collection[Project], former: Mapping[str, str]) -> None:
        """Take over projects of another, newer history whose name and uid are free here.

        `former` are former names, with the uids of their projects. Where a project is known here
        under another name, the other history's name becomes a former name of it. Who sees a project
        is as the other history says.
        """
        with self._file.tx() as db:
            for project in projects:
                enter_project(db, project)
            numbers = {row["uid"]: row["id"] for row in db.table("projects").rows}
            named = {**former, **{project.name: project.uid for project in projects}}
            known = {name: numbers[uid] for name, uid in named.items() if uid in numbers}
            renaming.add_former(db, known)

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over who sees each project in a restored history: that is decided now, not by a
        backup."""
        rows = present.execute(f"select uid, is_private, {PEOPLE} from projects").fetchall()
        with self._file.tx() as db:
            for row in rows:
                for known in db.execute("select id from projects where uid = ?", [row["uid"]]):
                    _set_people(db, known["id"], _people(row))

    def all(self) -> list[Project]:
        with self._file.indexed() as (connection, facets):
            kept = facets.everything - facets.with_any("trashed", [1])
            counts = {
                number: kept.intersection_cardinality(found)
                for number, found in facets.of("project").items()
            }
            rows = connection.execute(f"{PROJECTS} order by key").fetchall()
        return [project_of(row, counts.get(row["id"], 0)) for row in rows]


class ViewStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def save(self, name: str, owner: str, query: str) -> View:
        """Replaces the owner's view of this name."""
        keys = [key(owner), key(name)]
        with self._file.tx() as db:
            db.execute(
                "insert into views (owner_key, key, name, owner, query) values (?, ?, ?, ?, ?)"
                " on conflict (owner_key, key) do update set name = excluded.name,"
                " query = excluded.query",
                [*keys, name, owner, query],
            )
            found = "select * from views where owner_key = ? and key = ?"
            return _view(db.execute(found, keys).fetchone())

    def delete(self, view_id: int) -> None:
        with self._file.tx() as db:
            db.execute("delete from views where id = ?", [view_id])

    def get(self, view_id: int) -> View | None:
        with self._file.reading() as connection:
            row = connection.execute("select * from views where id = ?", [view_id]).fetchone()
        return _view(row) if row else None

    def all(self) -> list[View]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from views order by id").fetchall()
        return [_view(row) for row in rows]

    def seen_by(self, person: str) -> list[View]:
        """Their own, then everyone's, each by name; none that names a project hidden from them."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from views where owner_key in ('', ?) order by owner_key = '', key",
                [key(person)],
            ).fetchall()
            hidden = private_projects.hidden_projects(connection)
            names = private_projects.names(connection, hidden)
        return [_view(row) for row in rows if not renaming.names_any(row["query"], names)]


TAKEN = "Another project has this name."
PEOPLE = "(select json_group_array(person_id) from project_people where project_id = id) as people"
PROJECTS = f"select *, {PEOPLE} from projects"
BY_KEY = f"{PROJECTS} where key = ?"


def enter_project(db: Database, project: Project) -> None:
    row = {
        "uid": project.uid,
        "key": key(project.name),
        "name": project.name,
        "created_at": stamp(project.created_at),
        "created_by": project.created_by,
        "archived_at": stamp(project.archived_at) if project.archived_at else None,
    }
    db.table("projects").insert(row, ignore=True)
    if found := db.execute("select id from projects where uid = ?", [project.uid]).fetchone():
        _set_people(db, found["id"], project.people)


def _set_people(db: Database, project_id: int, people: Collection[str] | None) -> None:
    is_private = people is not None
    db.execute("update projects set is_private = ? where id = ?", [is_private, project_id])
    db.execute("delete from project_people where project_id = ?", [project_id])
    rows = ({"project_id": project_id, "person_id": one} for one in people or ())
    db.table("project_people").insert_all(rows, ignore=True)


def _people(row: sqlite3.Row) -> tuple[str, ...] | None:
    return tuple(json.loads(row["people"])) if row["is_private"] else None


def project_of(row: sqlite3.Row, generations: int = 0) -> Project:
    return Project(
        id=row["id"],
        uid=row["uid"],
        name=row["name"],
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
        archived_at=moment_or_none(row["archived_at"]),
        generations=generations,
        people=_people(row),
    )


def _view(row: sqlite3.Row) -> View:
    return View(row["id"], row["name"], row["owner"], row["query"])
