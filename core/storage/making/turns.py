"""Who had slots of a model and when, and how many turns in a row each role has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.domain.people import Role
from core.storage.database import HistoryFile, moment


class TurnStore:
    """Triggers write who had a slot, in the transaction that takes it."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def last(self) -> dict[tuple[str, str, str], datetime]:
        with self._file.reading() as connection:
            rows = connection.execute("select model, author, batch_id, at from turns").fetchall()
        return {(row["model"], row["author"], row["batch_id"]): moment(row["at"]) for row in rows}

    def in_a_row(self) -> dict[str, tuple[str, int]]:
        """By model, who was sent last, and how many of theirs in a row."""
        with self._file.reading() as connection:
            rows = connection.execute("select model, author, count from turns_in_a_row").fetchall()
        return {row["model"]: (row["author"], row["count"]) for row in rows}

    def of_roles(self) -> Mapping[Role, int]:
        with self._file.reading() as connection:
            rows = connection.execute("select role, turns from role_turns").fetchall()
        return dict.fromkeys(Role, 1) | {Role(row["role"]): row["turns"] for row in rows}

    def set(self, role: Role, turns: int) -> None:
        with self._file.tx() as db:
            db.table("role_turns").upsert({"role": role, "turns": turns}, pk="role")
