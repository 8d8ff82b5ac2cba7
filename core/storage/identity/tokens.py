"""Tokens of other programs: whose they are, when they were used, which were revoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils.utils import sqlite3

from core.domain.people import Person, Role
from core.domain.tokens import Token
from core.storage.database import moment, moment_or_none, stamp
from core.storage.revocable import RevocableStore
from core.storage.rows import replace_all


class TokenStore(RevocableStore):
    TABLE, HASH = "tokens", "secret_hash"

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

    def note_uses(self, used: Mapping[int, datetime]) -> None:
        with self._file.tx() as db:
            db.conn.executemany(
                "update tokens set last_used_at = ? where id = ?",
                [(stamp(at), token_id) for token_id, at in used.items()],
            )

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over all tokens into a restored history: who may come in is decided now, not by a
        backup."""
        with self._file.tx() as db:
            replace_all(db, self.TABLE, present)


def _token(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        label=row["label"],
        person_id=row["person_id"],
        person=row["person"],
        role=Role(row["role"]),
        made_at=moment(row["made_at"]),
        secret_hash=row["secret_hash"],
        last_used_at=moment_or_none(row["last_used_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
    )
