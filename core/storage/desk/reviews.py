"""What people have said of generations: stars, tags, and the tags to choose from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlite_utils.utils import sqlite3

from core.domain.reviews import Note, Rating, Tag, Words
from core.storage.database import HistoryFile, moment
from core.storage.desk.notes import note_of

AMONG = "generation_id in (select value from json_each(?))"


class ReviewStore:
    """Reads only; `Decisions` and `NoteStore` write."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def ratings(self, generation_id: int) -> list[Rating]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select person, stars, at, guest from ratings where generation_id = ?"
                " order by at desc, person_key",
                [generation_id],
            ).fetchall()
        return [rating_of(row) for row in rows]

    def words(self, generation_ids: Sequence[int]) -> Mapping[int, Words]:
        chosen = json.dumps(list(generation_ids))
        ratings: dict[int, list[Rating]] = defaultdict(list)
        notes: dict[int, list[Note]] = defaultdict(list)
        with self._file.reading() as connection:
            for row in connection.execute(
                f"select * from ratings where {AMONG} order by at, person_key", [chosen]
            ):
                ratings[row["generation_id"]].append(rating_of(row))
            for row in connection.execute(
                f"select * from notes where {AMONG} and deleted_at is null"
                " order by created_at, rowid",
                [chosen],
            ):
                notes[row["generation_id"]].append(note_of(row))
        said = ratings.keys() | notes.keys()
        return {one: Words(tuple(ratings[one]), tuple(notes[one])) for one in said}

    def tags(self, generation_id: int) -> list[Tag]:
        with self._file.reading() as connection:
            return tags_on(connection, generation_id)

    def tag_counts(self) -> Mapping[str, int]:
        with self._file.indexed() as (connection, facets):
            kept = facets.everything - facets.with_any("trashed", [1])
            counts = {
                tag: kept.intersection_cardinality(found) for tag, found in facets.of("tag").items()
            }
            rows = connection.execute("select key, name from tags order by key").fetchall()
        return {row["name"]: counts[row["key"]] for row in rows if counts.get(row["key"])}


def rating_of(row: sqlite3.Row) -> Rating:
    return Rating(row["person"], row["stars"], moment(row["at"]), row["guest"])


def tags_on(connection: sqlite3.Connection, generation_id: int) -> list[Tag]:
    rows = connection.execute(
        "select name, person, at from generation_tags join tags on tags.key = tag"
        " where generation_id = ? order by tag",
        [generation_id],
    )
    return [Tag(row["name"], row["person"], moment(row["at"])) for row in rows]
