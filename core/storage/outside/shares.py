"""Links to clips in the history: who made them, what lies behind them, how often they are used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlite_utils.utils import sqlite3

from core.domain.shares import NewShare, Share, SharedClip, Terms
from core.storage.database import moment, moment_or_none, stamp
from core.storage.revocable import RevocableStore
from core.storage.rows import replace_all, with_outputs
from core.storage.store import LARGEST_ID

COUNTED = """
    select shares.*, (
        select count(*) from main.share_items join generations on generations.id = generation_id
        where share_id = shares.id and trashed_at is null
    ) as clips
    from shares
"""
"""A reader sees those items whose generations they may see."""


class ShareStore(RevocableStore):
    """Whether a link may still be opened is for callers to judge."""

    TABLE, HASH = "shares", "token_hash"

    def add(
        self,
        wanted: NewShare,
        numbers: Sequence[int],
        *,
        live: str = "",
        nonce: str,
        token_hash: str,
        password_hash: str,
        now: datetime,
    ) -> Share:
        with self._file.tx() as db:
            row = {
                "token_hash": token_hash,
                "nonce": nonce,
                "title": wanted.title,
                "sharer": wanted.by,
                "made_at": stamp(now),
                "ends_at": stamp(wanted.ends_at) if wanted.ends_at else None,
                "password_hash": password_hash,
                "terms": json.dumps(asdict(wanted.terms)),
                "live": live,
            }
            share_id = db.table("shares").insert(row).last_pk
            items = [
                {"share_id": share_id, "place": place, "generation_id": number}
                for place, number in enumerate(numbers, 1)
            ]
            db.table("share_items").insert_all(items)
        found = self.with_hash(token_hash)
        assert found
        return found

    def all(self) -> list[Share]:
        with self._file.reading() as connection:
            rows = connection.execute(f"{COUNTED} order by id desc").fetchall()
        return [_share(row) for row in rows]

    def with_hash(self, token_hash: str) -> Share | None:
        with self._file.reading() as connection:
            row = connection.execute(f"{COUNTED} where token_hash = ?", [token_hash]).fetchone()
        return _share(row) if row else None

    def clips(self, share_id: int) -> list[SharedClip]:
        return self._clips("share_id = ?", share_id)

    def clip(self, share_id: int, place: int) -> SharedClip | None:
        if not 0 < place <= LARGEST_ID:
            return None
        found = self._clips("share_id = ? and place = ?", share_id, place)
        return found[0] if found else None

    def count_visit(self, share_id: int, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update shares set visits = visits + 1, last_visit_at = ? where id = ?",
                [stamp(now), share_id],
            )

    def keep(self, present: sqlite3.Connection) -> None:
        """Take over all links into a restored history: who may look from outside is decided now,
        not by a backup.

        Generations are matched by their idempotency keys, as numbers may differ.
        """
        with self._file.tx() as db:
            replace_all(db, self.TABLE, present)
            rows = present.execute(
                "select share_id, place, idempotency_key from share_items"
                " join generations on generations.id = generation_id"
            )
            for row in rows.fetchall():
                db.execute(
                    "insert into share_items (share_id, place, generation_id)"
                    " select ?, ?, id from generations where idempotency_key = ?",
                    tuple(row),
                )

    def _clips(self, condition: str, *values: int) -> list[SharedClip]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from share_items join generations on generations.id = generation_id"
                f" where {condition} and trashed_at is null order by place",
                values,
            ).fetchall()
            found = with_outputs(connection, rows)
        return [SharedClip(row["place"], one) for row, one in zip(rows, found, strict=True)]


def _share(row: sqlite3.Row) -> Share:
    return Share(
        id=row["id"],
        token_hash=row["token_hash"],
        nonce=row["nonce"],
        title=row["title"],
        by=row["sharer"],
        made_at=moment(row["made_at"]),
        ends_at=moment_or_none(row["ends_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
        password_hash=row["password_hash"],
        terms=Terms(**json.loads(row["terms"])),
        visits=row["visits"],
        last_visit_at=moment_or_none(row["last_visit_at"]),
        clips=row["clips"],
        live=row["live"],
    )
