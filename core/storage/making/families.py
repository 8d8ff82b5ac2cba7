"""What was made from what: the generation a file came from, and whole families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils.utils import sqlite3

from core.domain.families import Cost, Link, Parent, Way
from core.generations import Generation
from core.storage.database import HistoryFile
from core.storage.migrations.m020_families import DERIVED
from core.storage.rows import with_outputs

AT_ONCE = 500
"""Generations per query."""
LINKS = """
    select generation_id as child, generations.id as parent, way
    from parents join generations on idempotency_key = parent_key
"""


@dataclass(frozen=True)
class Kin:
    """Related generations, the nearest first, and their links. `is_all` is False where there are
    more."""

    ids: tuple[int, ...]
    links: tuple[Link, ...]
    is_all: bool


class FamilyStore:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    # -- where files came from ------------------------------------------------------------------

    def add_source(self, sha256: str, generation: Generation) -> None:
        """Note that a file was made from an output. If several generations made the same file, the
        last one chosen counts."""
        row = {"sha256": sha256, "generation_key": generation.idempotency_key}
        with self._file.tx() as db:
            db.table("file_sources").upsert(row, pk="sha256")

    def sources(self, hashes: Iterable[str]) -> Mapping[str, str]:
        wanted = sorted(set(filter(None, hashes)))
        places = ", ".join("?" * len(wanted))
        with self._file.reading() as connection:
            made = connection.execute(
                f"select sha256, idempotency_key from outputs join generations"
                f" on generations.id = generation_id where sha256 in ({places}) order by id",
                wanted,
            )
            found = dict(tuple(row) for row in made)
            chosen = connection.execute(
                f"select sha256, generation_key from file_sources where sha256 in ({places})",
                wanted,
            )
            return found | dict(tuple(row) for row in chosen)

    # -- families -------------------------------------------------------------------------------

    def kin(self, generation_id: int, most: int) -> Kin:
        """At most so many of a family, the nearest to this generation first."""
        found = {generation_id: None}
        links: dict[Link, None] = {}
        edge = [generation_id]
        with self._file.reading() as connection:
            while edge and len(found) <= most:
                met = [link for part in _chunks(edge) for link in _links(connection, part)]
                links |= dict.fromkeys(met)
                ends = [end for link in met for end in (link.child, link.parent)]
                edge = [end for end in dict.fromkeys(ends) if end not in found]
                found |= dict.fromkeys(edge)
        ids = tuple(found)[:most]
        return Kin(ids, tuple(links), len(found) <= most)

    def members(self, ids: Sequence[int]) -> list[Generation]:
        with self._file.reading() as connection:
            return [
                generation
                for part in _chunks(ids)
                for generation in with_outputs(connection, _rows(connection, part))
            ]

    def costs(self, ids: Sequence[int]) -> Mapping[bool, Mapping[str, Cost]]:
        sums: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
        with self._file.reading() as connection:
            for part in _chunks(ids):
                for demo, provider, *figures in connection.execute(
                    "select demo, provider, sum(coalesce(credits_charged, 0)),"
                    " sum(iif(credits_charged is null,"
                    "  coalesce(credits_estimated, credits_quoted, 0), 0)),"
                    " sum(coalesce(credits_charged, credits_estimated, credits_quoted) is null)"
                    f" from generations where id in ({_places(part)}) group by demo, provider",
                    part,
                ):
                    before = sums[bool(demo)].get(provider, [0, 0, 0])
                    both = zip(before, figures, strict=True)
                    sums[bool(demo)][provider] = [a + b for a, b in both]
        return {
            demo: {name: Cost(*figures) for name, figures in by_provider.items()}
            for demo, by_provider in sums.items()
        }

    # -- beside the history ---------------------------------------------------------------------

    def parents(self, generation_id: int) -> tuple[Parent, ...]:
        with self._file.reading() as connection:
            return tuple(parents_of(connection, [generation_id]).get(generation_id, ()))

    def derive(self) -> None:
        with self._file.tx() as db:
            db.execute(DERIVED)

    def keep(self, present: sqlite3.Connection) -> None:
        rows = present.execute("select sha256, generation_key from file_sources").fetchall()
        with self._file.tx() as db:
            for row in rows:
                db.execute("insert or replace into file_sources values (?, ?)", tuple(row))


def parents_of(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[Parent]]:
    found: dict[int, list[Parent]] = {}
    for row in connection.execute(
        f"select * from parents where generation_id in ({_places(ids)}) order by parent_key",
        list(ids),
    ):
        parent = Parent(row["parent_key"], Way(row["way"]))
        found.setdefault(row["generation_id"], []).append(parent)
    return found


def _links(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Link]:
    for column in ("generation_id", "generations.id"):
        for row in connection.execute(
            f"{LINKS} where {column} in ({_places(ids)}) order by child, parent", list(ids)
        ):
            yield Link(row["child"], row["parent"], Way(row["way"]))


def _rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[sqlite3.Row]:
    return connection.execute(
        f"select * from generations where id in ({_places(ids)}) order by id", list(ids)
    ).fetchall()


def _places(ids: Sequence[int]) -> str:
    return ", ".join("?" * len(ids))


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    return (list(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
