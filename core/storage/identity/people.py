"""Who has signed in, and which role an admin gave them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.people import Account, Identity, Role
from core.storage.database import HistoryFile, moment, stamp
from core.text.names import LONGEST_NAME, key


class PeopleStore:
    """Nobody is ever deleted: names stay below what they signed, and nobody else gets them."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def all(self) -> list[Account]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from people order by name_key").fetchall()
        return [_account(row) for row in rows]

    def arrive(self, identity: Identity, name: str, now: datetime) -> None:
        """On a person's first sign-in they get `name`, or one like it that is free."""
        told = [identity.email, json.dumps(identity.groups), stamp(now)]
        with self._file.tx() as db:
            known = db.execute(
                "update people set email = ?, groups = ?, seen_at = ? where id = ?",
                [*told, identity.id],
            )
            if known.rowcount == 0:
                free = _free(db, name, identity.email)
                db.execute(
                    "insert into people (id, name, name_key, email, groups, seen_at, joined_at)"
                    " values (?, ?, ?, ?, ?, ?, ?)",
                    [identity.id, free, key(free), *told, stamp(now)],
                )

    def give(self, person_id: str, role: Role | None) -> None:
        """None removes them."""
        with self._file.tx() as db:
            db.execute(
                "update people set given = ?, is_removed = ? where id = ?",
                [role, role is None, person_id],
            )

    def adopt(self, accounts: Iterable[Account]) -> None:
        """Take over people of another, newer history."""
        with self._file.tx() as db:
            for one in accounts:
                db.execute(
                    "insert or ignore into people"
                    " (id, name, name_key, email, groups, seen_at, joined_at)"
                    " values (?, ?, ?, ?, ?, ?, ?)",
                    [
                        *(one.id, one.name, key(one.name), one.email, json.dumps(one.groups)),
                        *(stamp(one.seen_at), stamp(one.joined_at)),
                    ],
                )
                db.execute(
                    "update people set given = ?, is_removed = ? where id = ?",
                    [one.given, one.is_removed, one.id],
                )

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over people into a restored history: who may come in is decided now, not by a
        backup."""
        rows = present.execute("select * from people").fetchall()
        self.adopt(_account(row) for row in rows)


def _free(db: Database, name: str, email: str) -> str:
    address = email.partition("@")[0]
    wanted = [name, *([f"{name} ({address})"] if address else [])]
    numbered = (f"{name[: LONGEST_NAME - 9]} ({number})" for number in count(2))
    free = (one for one in chain(wanted, numbered) if not _is_taken(db, one))
    return next(one for one in free if len(one) <= LONGEST_NAME)


def _is_taken(db: Database, name: str) -> bool:
    found = db.execute("select 1 from people where name_key = ?", [key(name)]).fetchone()
    return found is not None


def _account(row: Any) -> Account:
    return Account(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        groups=tuple(json.loads(row["groups"])),
        given=Role(row["given"]) if row["given"] else None,
        is_removed=bool(row["is_removed"]),
        joined_at=moment(row["joined_at"]),
        seen_at=moment(row["seen_at"]),
    )
