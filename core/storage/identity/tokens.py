"""Tokens of other programs: whose they are, when they were used, which were revoked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils.utils import sqlite3

from core.domain.people import Person, Role
from core.domain.tokens import Token
from core.storage.database import HistoryFile, moment, stamp


class TokenStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(self, label: str, owner: Person, secret_hash: str, now: datetime) -> Token:
        row = {
            "secret_hash": secret_hash,
            "label": label,
            "person_id": owner.id,
            "person": owner.name,
            "role": owner.role,
            "made_at": stamp(now),
        }
        with self._file.tx() as db:
            db.table("tokens").insert(row)
        found = self.with_hash(secret_hash)
        assert found
        return found

    def all(self) -> list[Token]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from tokens order by id desc").fetchall()
        return [_token(row) for row in rows]

    def working(self) -> list[Token]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from tokens where revoked_at is null").fetchall()
        return [_token(row) for row in rows]

    def with_hash(self, secret_hash: str) -> Token | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from tokens where secret_hash = ?", [secret_hash]
            ).fetchone()
        return _token(row) if row else None

    def any_works(self) -> bool:
        with self._file.reading() as connection:
            question = "select 1 from tokens where revoked_at is null limit 1"
            return connection.execute(question).fetchone() is not None

    def note_use(self, token_id: int, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute("update tokens set last_used_at = ? where id = ?", [stamp(now), token_id])

    def revoke(self, token_id: int, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update tokens set revoked_at = ? where id = ? and revoked_at is null",
                [stamp(now), token_id],
            )

    def unrevoked(self) -> list[str]:
        """The hashes of all that were not revoked, in their order."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select secret_hash from tokens where revoked_at is null order by id"
            ).fetchall()
        return [row["secret_hash"] for row in rows]

    def revoke_others(self, hashes: Sequence[str], now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update tokens set revoked_at = ? where revoked_at is null"
                " and secret_hash not in (select value from json_each(?))",
                [stamp(now), json.dumps(list(hashes))],
            )

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over all tokens as another history of the same folder has them: who may come in is
        decided now, and not by a backup."""
        tokens = [tuple(row) for row in present.execute("select * from tokens")]
        with self._file.tx() as db:
            db.execute("delete from tokens")
            for token in tokens:
                db.execute(f"insert into tokens values ({', '.join('?' * len(token))})", token)


def _token(row: sqlite3.Row) -> Token:
    def at(name: str) -> datetime | None:
        return moment(row[name]) if row[name] else None

    return Token(
        id=row["id"],
        label=row["label"],
        person_id=row["person_id"],
        person=row["person"],
        role=Role(row["role"]),
        made_at=moment(row["made_at"]),
        secret_hash=row["secret_hash"],
        last_used_at=at("last_used_at"),
        revoked_at=at("revoked_at"),
    )
