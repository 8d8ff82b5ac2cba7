"""Lists of choices, under their names."""

from __future__ import annotations

import json

from core.domain.wildcards import Wildcard
from core.errors import InvalidWildcard
from core.storage.database import HistoryFile


class WildcardStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def all(self) -> list[Wildcard]:
        with self._file.reading() as connection:
            rows = connection.execute("select name, lines from wildcards order by key").fetchall()
        return [Wildcard(row["name"], tuple(json.loads(row["lines"]))) for row in rows]

    def save(self, wildcard: Wildcard, *, replaces: str) -> None:
        """A new one where `replaces` is empty, else in place of that key. Raises InvalidWildcard
        where another has the name."""
        row = {
            "key": wildcard.key,
            "name": wildcard.name,
            "lines": json.dumps(wildcard.lines, ensure_ascii=False),
        }
        with self._file.tx() as db:
            taken = db.execute("select 1 from wildcards where key = ?", [wildcard.key]).fetchone()
            if taken and wildcard.key != replaces:
                raise InvalidWildcard(f"There is a list called “{wildcard.name}” already.")
            db.execute("delete from wildcards where key = ?", [replaces])
            db.table("wildcards").insert(row)

    def delete(self, key: str) -> None:
        with self._file.tx() as db:
            db.execute("delete from wildcards where key = ?", [key])
