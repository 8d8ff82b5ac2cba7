"""Precedents: what earlier requests say about the next one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from core.generations import Generation
from core.storage.database import HistoryFile
from core.storage.rows import with_outputs


def duplicate(file: HistoryFile, fingerprint: str, *, demo: bool) -> Generation | None:
    """The newest generation that already answers this exact request; one that may be at its
    provider comes first."""
    with file.reading() as connection:
        rows = connection.execute(
            "select * from generations where fingerprint = ? and demo = ?"
            " and status in ('succeeded', 'unconfirmed')"
            " order by status = 'unconfirmed' desc, id desc limit 1",
            [fingerprint, demo],
        ).fetchall()
        return with_outputs(connection, rows)[0] if rows else None


# Without `+` SQLite takes the index of `demo` for a list, and reads most of the history.


def duplicates(file: HistoryFile, fingerprints: Sequence[str], *, demo: bool) -> dict[str, int]:
    with file.reading() as connection:
        rows = connection.execute(
            "select fingerprint, max(id) as newest from generations"
            " where fingerprint in (select value from json_each(?)) and +demo = ?"
            " and status in ('succeeded', 'unconfirmed') group by fingerprint",
            [json.dumps(list(fingerprints)), demo],
        ).fetchall()
    return {row["fingerprint"]: row["newest"] for row in rows}


def failed(
    file: HistoryFile, fingerprints: Sequence[str], *, demo: bool
) -> list[tuple[str, int, str]]:
    """Failures of exactly these requests, oldest first: fingerprint, id and failure code."""
    with file.reading() as connection:
        rows = connection.execute(
            "select fingerprint, id, failure_code from generations"
            " where fingerprint in (select value from json_each(?)) and +demo = ?"
            " and status = 'failed' and failure_code <> '' order by id",
            [json.dumps(list(fingerprints)), demo],
        ).fetchall()
    return [(row["fingerprint"], row["id"], row["failure_code"]) for row in rows]


@dataclass(frozen=True)
class Misquote:
    """How often the provider's maximum for a model differed from our quote, and both figures of the
    newest such generation."""

    times: int
    number: int
    quoted: int
    estimated: int


def misquoted(file: HistoryFile, *, demo: bool) -> dict[tuple[str, str], Misquote]:
    """By endpoint and model."""
    with file.reading() as connection:
        # Beside a maximum SQLite gives the other columns of its row (sqlite.org, lang_select, 2.5).
        rows = connection.execute(
            "select endpoint, model, count(*) as times, max(id) as number, credits_quoted,"
            " credits_estimated from main.generations indexed by generations_misquoted"
            " where credits_quoted <> credits_estimated and demo = ?"
            " and exists (select 1 from generations as seen where seen.id = generations.id)"
            " group by endpoint, model",
            [demo],
        ).fetchall()
    return {
        (row["endpoint"], row["model"]): Misquote(
            row["times"], row["number"], row["credits_quoted"], row["credits_estimated"]
        )
        for row in rows
    }
