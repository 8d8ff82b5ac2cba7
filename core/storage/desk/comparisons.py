"""Blind pairs in the history: the sets of clips, and each person's votes on their pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.comparisons import FEWEST, Comparison, ComparisonRecord, Vote, VoteRecord
from core.storage.database import HistoryFile, moment, stamp
from core.storage.rows import number_of
from core.storage.store import LARGEST_ID
from core.text.names import key

VOTES = """
    select person, a.idempotency_key as first, b.idempotency_key as second,
        c.idempotency_key as winner, at
    from pair_votes join generations as a on a.id = first join generations as b on b.id = second
        left join generations as c on c.id = winner
    where comparison_id = ? order by at, person_key, first, second
"""


class ComparisonStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def open(
        self, generation_ids: Sequence[int], *, seed: str, person: str, now: datetime
    ) -> Comparison:
        """The comparison of these in this order, or one of the same set that somebody has begun."""
        members = ",".join(map(str, sorted(generation_ids)))
        find = "select id from comparisons where members = ?"
        with self._file.tx() as db:
            known = db.execute(find, [members]).fetchone()
            if known is None:
                row = {
                    "members": members,
                    "seed": seed,
                    "created_by": person,
                    "created_at": stamp(now),
                }
                db.table("comparisons").insert(row)
                known = db.execute(find, [members]).fetchone()
                db.table("comparison_items").insert_all(
                    {"comparison_id": known[0], "place": place, "generation_id": number}
                    for place, number in enumerate(generation_ids)
                )
        found = self.get(known[0])
        assert found
        return found

    def get(self, comparison_id: int) -> Comparison | None:
        if not 0 < comparison_id <= LARGEST_ID:
            return None
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from comparisons where id = ?", [comparison_id]
            ).fetchone()
            items = connection.execute(
                "select generation_id from comparison_items where comparison_id = ? order by place",
                [comparison_id],
            ).fetchall()
        if row is None:
            return None
        return Comparison(
            id=row["id"],
            seed=row["seed"],
            generation_ids=tuple(item["generation_id"] for item in items),
            created_by=row["created_by"],
            created_at=moment(row["created_at"]),
        )

    def vote(self, comparison_id: int, vote: Vote, *, person_key: str, now: datetime) -> None:
        low, high = sorted((vote.first, vote.second))
        row = {
            "comparison_id": comparison_id,
            "person_key": person_key,
            "person": vote.person,
            "first": low,
            "second": high,
            "winner": vote.winner,
            "at": stamp(now),
        }
        with self._file.tx() as db:
            db.table("pair_votes").upsert(
                row, pk=("comparison_id", "person_key", "first", "second")
            )

    def votes(self, comparison_id: int, person_key: str | None = None) -> list[Vote]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select person, first, second, winner from pair_votes where comparison_id = ?"
                " and person_key = coalesce(?, person_key)",
                [comparison_id, person_key],
            ).fetchall()
        return [Vote(**dict(row)) for row in rows]

    def removed(self, comparison_id: int) -> set[int]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select distinct outputs.generation_id from comparison_items"
                " join outputs using (generation_id)"
                " where comparison_id = ? and removed_at is not null",
                [comparison_id],
            ).fetchall()
        return {row["generation_id"] for row in rows}

    # -- as it is kept beside the history -------------------------------------------------------

    def states(self) -> dict[int, str]:
        """For each comparison a text that changes with every vote."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "select id, (select count(*) || ' ' || coalesce(max(at), '') from pair_votes"
                " where comparison_id = comparisons.id) as state from comparisons"
            ).fetchall()
        return {row["id"]: row["state"] for row in rows}

    def record(self, comparison_id: int) -> ComparisonRecord:
        with self._file.reading() as connection:
            (row,) = connection.execute("select * from comparisons where id = ?", [comparison_id])
            members = connection.execute(
                "select idempotency_key from comparison_items"
                " join generations on generations.id = generation_id"
                " where comparison_id = ? order by place",
                [comparison_id],
            ).fetchall()
            votes = connection.execute(VOTES, [comparison_id]).fetchall()
        return ComparisonRecord(
            seed=row["seed"],
            created_by=row["created_by"],
            created_at=moment(row["created_at"]),
            members=tuple(one["idempotency_key"] for one in members),
            votes=tuple(map(_vote_of, votes)),
        )

    def adopt(self, record: ComparisonRecord) -> None:
        """Take over a comparison of another history, and each vote that is newer than ours. It then
        compares those of its generations that are still here."""
        with self._file.tx() as db:
            ids = {each: n for each in record.members if (n := number_of(db.conn, each))}
            if len(ids) < FEWEST:
                return
            comparison_id = _adopted(db, record, list(ids.values()))
            for vote in record.votes:
                if vote.first in ids and vote.second in ids:
                    _adopt_vote(db, comparison_id, vote, ids)


def _vote_of(row: sqlite3.Row) -> VoteRecord:
    return VoteRecord(row["person"], row["first"], row["second"], row["winner"], moment(row["at"]))


def _adopted(db: Database, record: ComparisonRecord, ids: Sequence[int]) -> int:
    members = ",".join(map(str, sorted(ids)))
    find = "select id from comparisons where members = ? or seed = ? order by seed = ? desc"
    values = [members, record.seed, record.seed]
    if known := db.execute(find, values).fetchone():
        return int(known["id"])
    row = {
        "members": members,
        "seed": record.seed,
        "created_by": record.created_by,
        "created_at": stamp(record.created_at),
    }
    db.table("comparisons").insert(row)
    number = int(db.execute(find, values).fetchone()["id"])
    db.table("comparison_items").insert_all(
        {"comparison_id": number, "place": place, "generation_id": one}
        for place, one in enumerate(ids)
    )
    return number


def _adopt_vote(db: Database, comparison_id: int, vote: VoteRecord, ids: Mapping[str, int]) -> None:
    low, high = sorted((ids[vote.first], ids[vote.second]))
    db.execute(
        "insert into pair_votes values (?, ?, ?, ?, ?, ?, ?) on conflict do update set"
        " winner = excluded.winner, person = excluded.person, at = excluded.at"
        " where excluded.at > at",
        [
            comparison_id,
            key(vote.person),
            vote.person,
            low,
            high,
            ids.get(vote.winner or ""),
            stamp(vote.at),
        ],
    )
