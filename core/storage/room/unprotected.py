"""Which originals nothing protects, in one query."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils.utils import sqlite3

from core.domain.cleanup import COMPARED, PRAISE, UNTOUCHED, Candidate
from core.generations import OPEN, Status
from core.storage.database import stamp

IN_FLIGHT = ", ".join(f"'{status}'" for status in (*OPEN, Status.UNCONFIRMED))
TOUCHED = """
    max(coalesce(generations.finished_at, generations.created_at),
        generations.updated_at,
        coalesce((select max(at) from events where generation_id = generations.id), ''),
        coalesce((select max(at) from decisions where generation_id = generations.id), ''))
"""


def _may_go(which: str) -> str:
    """Excludes what is kept as an upload, and what has no poster, since nothing would be left to
    see. A link that has ended protects for as long as a touch."""
    return f"""
    with
        open_batches as (select batch_id as id from generations
            where batch_id is not null and status in ({IN_FLIGHT})
            union select id from batches where paused_at is not null),
        compared as (select generation_id from comparison_items join comparisons
            on comparisons.id = comparison_id
            where max(comparisons.created_at, coalesce((select max(at) from pair_votes
                where comparison_id = comparisons.id), '')) >= :compared_since),
        needed as (select parent_key from parents join generations as child
            on child.id = parents.generation_id where child.status in ({IN_FLIGHT})),
        shown as (select generation_id from share_items join shares on shares.id = share_id
            where (revoked_at is null or revoked_at >= :touched_before)
            and (ends_at is null or ends_at >= :touched_before))
    select generations.id, sum(outputs.bytes) as bytes, {TOUCHED} as touched,
        review = 'rejected' as is_rejected, project_id,
        review = 'none' and raters = 0 and guest_raters = 0
            and not exists (select 1 from generation_tags where generation_id = generations.id)
            and not exists (select 1 from notes where generation_id = generations.id
                and deleted_at is null) as is_unrated,
        json_group_array(json_array(poster, media_type)) as posters
    from generations join outputs on outputs.generation_id = generations.id
    where {which} and outputs.removed_at is null and demo = :demo
        and trashed_at is null and not favourite and review in ('none', 'rejected')
        and generations.id not in (select value from json_each(:kept))
        and {TOUCHED} < :touched_before
        and coalesce(batch_id, '') not in (select id from open_batches)
        and generations.id not in (select generation_id from compared)
        and generations.id not in (select generation_id from shown)
        and idempotency_key not in (select parent_key from needed)
        and not exists (select 1 from ratings where generation_id = generations.id
            and stars >= {PRAISE})
        and not exists (select 1 from notes where generation_id = generations.id
            and parent = '' and resolved_at is null and deleted_at is null)
        and not exists (select 1 from outputs as each where generation_id = generations.id
            and (poster = '' or exists (select 1 from uploads where sha256 = each.sha256)))
    group by generations.id
    """


ANY_MAY_GO = _may_go("status = 'succeeded'")
CHOSEN_MAY_GO = _may_go(
    "generations.id in (select value from json_each(:chosen)) and +status = 'succeeded'"
)
"""Looks them up by number, as the index on the status would find most generations."""


def candidates(
    connection: sqlite3.Connection,
    now: datetime,
    kept: Collection[int],
    chosen: Sequence[int] | None = None,
    *,
    demo: bool,
) -> list[Candidate]:
    """All of them, or those among the chosen ones; `kept` are protected by reasons outside the
    history."""
    rows = connection.execute(
        ANY_MAY_GO if chosen is None else CHOSEN_MAY_GO,
        {
            "demo": demo,
            "kept": json.dumps(list(kept)),
            "chosen": json.dumps(list(chosen or ())),
            "touched_before": stamp(now - UNTOUCHED),
            "compared_since": stamp(now - COMPARED),
        },
    ).fetchall()
    return [_candidate(row) for row in rows]


def _candidate(row: Any) -> Candidate:
    return Candidate(
        generation_id=row["id"],
        bytes=row["bytes"],
        touched_at=datetime.fromisoformat(row["touched"]),
        is_rejected=bool(row["is_rejected"]),
        is_unrated=bool(row["is_unrated"]),
        project_id=row["project_id"],
        posters=tuple((poster, kind) for poster, kind in json.loads(row["posters"])),
    )
