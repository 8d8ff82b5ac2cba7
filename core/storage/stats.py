"""Counts the whole history for a monitor, fast at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from pyroaring import BitMap

from core import visibility
from core.errors import StoreError
from core.generations import Status
from core.storage.bitmaps.facets import Facets
from core.storage.database import HistoryFile, stamp
from core.storage.open_rows import OpenRow, open_rows
from core.storage.spending.totals import charges, credits

PATIENCE_SECONDS = 1.0
"""A monitor prefers no answer to a wait for a locked file."""
Counted = tuple[tuple[str, ...], int]


class HistoryStats:
    """Counts and credits of a history file. An unreadable file counts as nothing."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def generations(self) -> Iterable[Counted]:
        """Pairs of (status, mode) and a count; a count that falls to 0 stays."""
        return self._counted(_by_status)

    def credits(self) -> Iterable[Counted]:
        """Pairs of (kind, mode, provider) and credits: quoted, estimated and charged ones of all
        generations; pending is what those without a charge may still cost."""
        return self._counted(_by_kind)

    def _counted(self, count: Callable[[Facets, BitMap, str], Iterator[Counted]]) -> list[Counted]:
        try:
            with self._file.indexed(PATIENCE_SECONDS) as (_, facets):
                return [
                    each
                    for demo, made in facets.of("demo").items()
                    for each in count(facets, made, "demo" if demo else "live")
                ]
        except StoreError:
            return []

    def queued(self, *, demo: bool) -> list[OpenRow]:
        try:
            with visibility.everything():
                rows = open_rows(self._file, demo=demo, timeout=PATIENCE_SECONDS)
        except StoreError:
            return []
        return [row for row in rows if row.status is Status.QUEUED and not row.cancel_requested]

    def deliveries(self) -> list[Counted]:
        """Pairs of (way, state) and a count of messages: waiting, delivered, given up."""
        try:
            with self._file.reading(PATIENCE_SECONDS) as connection:
                rows = connection.execute(
                    """
                    select way, case when deliveries.ended_at is null then 'waiting'
                        when is_delivered then 'delivered' else 'given up' end as state,
                        count(*) as found
                    from deliveries join subscriptions on subscriptions.id = subscription_id
                    group by way, state
                    """
                ).fetchall()
        except StoreError:
            return []
        return [((row["way"], row["state"]), row["found"]) for row in rows]

    def overdue(self, before: datetime, *, demo: bool) -> int:
        """How many clips were requested before then and are still not on disk, because answers
        about them cannot be used."""
        try:
            with self._file.reading(PATIENCE_SECONDS) as connection:
                row = connection.execute(
                    "select count(*) as found from generations indexed by generations_status"
                    " where status in ('downloading', 'pending', 'throttled', 'running')"
                    " and (status = 'downloading' or reason <> '') and demo = ?"
                    " and coalesce(submitted_at, created_at) < ?",
                    [demo, stamp(before)],
                ).fetchone()
        except StoreError:
            return 0
        return int(row["found"])


def _by_status(facets: Facets, made: BitMap, mode: str) -> Iterator[Counted]:
    for status in Status:
        yield (status, mode), len(made & facets.with_any("status", [status]))


def _by_kind(facets: Facets, made: BitMap, mode: str) -> Iterator[Counted]:
    for provider, there in facets.of("provider").items():
        found = made & there
        charged, pending = charges(facets, found)
        kinds = {
            "quoted": credits(facets, found, "quoted"),
            "estimated": credits(facets, found, "estimated"),
            "charged": charged,
            "pending": pending,
        }
        for kind, amount in kinds.items():
            yield (kind, mode, str(provider)), amount
