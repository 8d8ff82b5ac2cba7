"""Makes the copy of another machine's data folder this machine's own, once that one is lost.

What it did in its last seconds may be in no copy. So a request that waited then, or was on its way,
counts as sent unless a receipt proves the opposite: the tracker finds its task by its receipt, or
makes it unconfirmed, and never sends it again by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core import known_providers
from core.generations import Generation, Status
from core.media.library import Media
from core.providers import receipts
from core.providers.outcomes import Unmade
from core.recovery.beside.recorded_store import RecordedStore
from core.recovery.rebuild import NEVER_SENT, rebuild
from core.recovery.restore import DataFolder
from core.storage.database import HistoryFile
from core.storage.salvage import Survivors

MAYBE_SENT = "It may have been sent by the machine before, in its last seconds"
FETCHED_ANEW = "Its clip has not come along from the machine before"


@dataclass(frozen=True)
class TakenOver:
    added: int
    maybe_sent: int
    fetched: int


def take_over(folder: DataFolder, file: HistoryFile, now: datetime) -> TakenOver:
    """Bring a copied history up to date with the files that came with it. No server may run on the
    folder. Raises StoreError."""
    media, store = folder.media, RecordedStore(file, folder.media)
    for path in (media.folder / "receipts").glob("*"):
        _doubt(path)
    done = rebuild(file, media, folder.catalog, now, demo=folder.demo, every=True, reviews=True)
    maybe_sent = sum(_count_as_sent(store, media, one, now) for one in _unsent(file, store, folder))
    fetched = sum(_fetch_anew(store, one, now) for one in _without_clip(file, media, now))
    return TakenOver(done.added, maybe_sent, fetched)


def _doubt(path: Path) -> None:
    """A receipt that was copied before its call says nothing about the call."""
    receipt = receipts.read(path)
    if receipt and receipt.state == "allocated":
        fd = os.open(path, os.O_RDWR)
        try:
            receipts.write(fd, replace(receipt, state="sending", error=MAYBE_SENT))
        finally:
            os.close(fd)


def _unsent(file: HistoryFile, store: RecordedStore, folder: DataFolder) -> Iterator[Generation]:
    for row in store.open_rows(demo=folder.demo):
        waits = row.status is Status.QUEUED and not row.is_held and not row.cancel_requested
        if waits or row.status is Status.SUBMITTING:
            yield store.get(row.id)
    for one in Survivors(file).unsettled(every=True):
        if one.status is Status.FAILED and one.reason == NEVER_SENT:
            yield one


def _count_as_sent(
    store: RecordedStore, media: Media, generation: Generation, now: datetime
) -> bool:
    attempt = max(generation.attempts, 1)
    while _came_to_nothing(generation.provider, media.receipt(generation, attempt)):
        attempt += 1
    return store.move(
        generation,
        Status.SUBMITTING,
        now,
        detail=MAYBE_SENT,
        attempts=attempt,
        submitted_at=generation.submitted_at or generation.updated_at,
        finished_at=None,
        credits_charged=None,
        retry_at=None,
        reason="",
    )


def _came_to_nothing(provider: str, path: Path) -> bool:
    try:
        receipt = receipts.read(path)
    except FileNotFoundError:
        return False
    return bool(receipt and isinstance(known_providers.outcome(provider, receipt), Unmade))


def _without_clip(file: HistoryFile, media: Media, now: datetime) -> Iterator[Generation]:
    lives = known_providers.OUTPUT_LIVES
    for one in Survivors(file).made_since(now - max(lives.values())):
        sent, life = one.submitted_at, lives.get(one.provider)
        if not (sent and life and sent >= now - life):
            continue
        kept = (output for output in one.outputs if not output.removed_at)
        paths = [media.folder / "videos" / output.file for output in kept]
        if one.task_id and not all(path.exists() for path in paths):
            yield one


def _fetch_anew(store: RecordedStore, generation: Generation, now: datetime) -> bool:
    return store.move(
        generation, Status.PENDING, now, detail=FETCHED_ANEW, finished_at=None, polled_at=None
    )
