"""What lets somebody in until it is revoked: links and tokens, each found by its hash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from core.storage.database import HistoryFile, stamp


class RevocableStore:
    """For a table with an `id`, a hash and `revoked_at`. Nothing is revoked twice."""

    TABLE: ClassVar[str]
    HASH: ClassVar[str]

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def revoke(self, number: int, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                f"update {self.TABLE} set revoked_at = ? where id = ? and revoked_at is null",
                [stamp(now), number],
            )

    def unrevoked(self) -> list[str]:
        with self._file.reading() as connection:
            rows = connection.execute(
                f"select {self.HASH} from {self.TABLE} where revoked_at is null order by id"
            ).fetchall()
        return [row[0] for row in rows]

    def revoke_others(self, hashes: Sequence[str], now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                f"update {self.TABLE} set revoked_at = ? where revoked_at is null"
                f" and {self.HASH} not in (select value from json_each(?))",
                [stamp(now), json.dumps(list(hashes))],
            )
