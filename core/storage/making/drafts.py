"""What people are composing, under the keys that stand in their addresses."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from core.domain.families import Origin, Way
from core.generations import Request
from core.storage.database import HistoryFile, stamp


@dataclass(frozen=True)
class Draft:
    """A request not yet submitted, and what the form was filled from."""

    request: Request
    origin: Origin | None = None


class DraftStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def save(self, key: str, draft: Draft, now: datetime) -> None:
        row = {
            "key": key,
            "request": draft.request.to_json(),
            "origin": json.dumps(asdict(draft.origin)) if draft.origin else "",
            "updated_at": stamp(now),
        }
        with self._file.tx() as db:
            db.table("drafts").upsert(row, pk="key")

    def get(self, key: str) -> Draft | None:
        with self._file.reading() as connection:
            row = connection.execute("select * from drafts where key = ?", [key]).fetchone()
        if row is None:
            return None
        told = json.loads(row["origin"]) if row["origin"] else {}
        origin = Origin(told["generation_id"], Way(told["way"])) if told else None
        return Draft(Request.from_json(row["request"]), origin)

    def drop(self, before: datetime) -> None:
        with self._file.tx() as db:
            db.conn.execute("delete from drafts where updated_at < ?", [stamp(before)])
