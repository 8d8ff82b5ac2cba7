"""Rebuilds the history from what lies beside it: manifests, receipts and clips.

Every generation that left any of these reappears, with what is known of it. What was never sent
comes back as failed: rebuilding a history never costs anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import known_providers
from core.catalog.catalog import Catalog
from core.domain.reviews import NOTHING_SAID
from core.errors import DownloadError, TaskTaken
from core.files import Output
from core.generations import FINAL, Generation, Request, Status, key_hash
from core.media.library import Media
from core.providers import receipts
from core.providers.outcomes import NO_RECEIPT, Declined, InDoubt, Outcome, Unmade, refusal
from core.recovery.beside import manifests
from core.recovery.beside.audit_log import AuditLog
from core.recovery.beside.desk import DeskFile
from core.recovery.beside.recorded_store import RecordedStore
from core.recovery.beside.traces import Traces, as_found, files, look, manifest_of
from core.recovery.beside.votes import VoteFiles
from core.storage.database import HistoryFile
from core.storage.desk.review_records import ReviewRecords
from core.storage.making.families import FamilyStore
from core.storage.room.originals import OriginalStore
from core.storage.salvage import Survivor, Survivors

log = logging.getLogger(__name__)

TOLD = (
    "task_id", "attempts", "submitted_at", "remote_status", "reason", "failure_code",
    "credits_estimated", "credits_charged",
)  # fmt: skip
"""Columns that a manifest may update."""
LAG = timedelta(minutes=10)
"""Longer than a decision waits for its manifest, and than two disks' clocks differ."""
NEVER_SENT = "It was not sent before its history was lost."
UNKNOWN = "unknown"
"""Endpoint and model of a generation without a manifest."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: how many generations were put back or brought up to date, and how many
    files belong to none."""

    added: int = 0
    mended: int = 0
    strangers: tuple[str, ...] = ()


def rebuild(
    file: HistoryFile,
    media: Media,
    catalog: Catalog,
    now: datetime,
    *,
    demo: bool,
    every: bool = False,
    reviews: bool = False,
) -> Rebuilt:
    """Bring `file` up to date with the disk.

    If nothing is lost, only file names are looked at. `demo` is the mode of generations without a
    manifest. With `every`, failed ones are checked too: in an older history they may have succeeded
    since. With `reviews`, decisions that people made after an older history are taken over too.
    """
    traces = look(media.folder)  # before the history is read, so that anything newer is in that
    survivors = Survivors(file)
    known = survivors.key_hashes()
    if reviews or not known:
        DeskFile(file, media.folder).adopt(now)
        AuditLog(file, media.folder).adopt()
    lost = [t for t in traces.values() if t.key_hash not in known and key_hash(t.key) not in known]
    found = (_survivor(trace, media, catalog, demo=demo) for trace in lost)
    added = survivors.insert(found, now)
    if reviews or not known:
        VoteFiles(file, media.folder).adopt()
    store = RecordedStore(file, media)
    mended = sum(
        _mend(store, generation, traces, now) for generation in survivors.unsettled(every=every)
    )
    if added:
        FamilyStore(file).derive()
    if reviews:
        _decided_since(file, traces, demo=demo)
    strangers = tuple(sorted(files(media.folder / "videos") - survivors.files()))
    if added or mended:
        log.warning("rebuilt %d generations, brought %d up to date", added, mended)
    return Rebuilt(added, mended, strangers)


def record(file: HistoryFile, media: Media, stopped: Callable[[], bool]) -> None:
    have = {trace.key_hash for trace in look(media.folder).values() if trace.manifest}
    store = RecordedStore(file, media)
    for generation in Survivors(file).unrecorded(have):
        if stopped():
            return
        store.record(generation.id)


def _survivor(trace: Traces, media: Media, catalog: Catalog, *, demo: bool) -> Survivor:
    told = manifest_of(trace)
    generation = as_found(_generation(trace, told, media, demo=demo), trace)
    kind = _kind(generation, catalog)
    if not (told and trace.manifest):
        return Survivor(generation, kind, reviews=NOTHING_SAID)
    content = trace.manifest.read_bytes()
    return Survivor(
        generation,
        kind,
        manifests.timeline(content),
        manifests.reviews(content),
        manifests.parents(content),
        tuple(one for one in manifests.uploads(content) if media.uploads.path(one).exists()),
    )


def _decided_since(file: HistoryFile, traces: dict[str, Traces], *, demo: bool) -> None:
    """Only manifests written after the history's last change can tell something new."""
    records, originals = ReviewRecords(file), OriginalStore(file, demo=demo)
    newest = records.newest()
    since = (newest - LAG).timestamp() if newest else 0.0
    for trace in traces.values():
        if not trace.manifest or trace.manifest.stat().st_mtime < since:
            continue
        if told := manifest_of(trace):
            said = manifests.reviews(trace.manifest.read_bytes())
            records.bring_up_to_date(told.idempotency_key, said)
            originals.adopt(as_found(told, trace).outputs)


def _generation(trace: Traces, known: Generation | None, media: Media, *, demo: bool) -> Generation:
    if known and known.status in FINAL:
        return known
    base = known or Generation(
        trace.id,
        trace.key,
        Status.FAILED,
        Request(UNKNOWN, UNKNOWN),
        demo,
        trace.since,
        trace.since,
    )
    base = _called(base, trace)
    if outputs := tuple(_outputs(trace, media)):
        return replace(
            base,
            status=Status.SUCCEEDED,
            task_id=base.task_id or trace.key,
            outputs=outputs,
            credits_charged=None,
            reason="",
            finished_at=trace.since,
        )
    return base


def _called(base: Generation, trace: Traces) -> Generation:
    if base.task_id:
        return replace(base, status=Status.PENDING)
    attempt = max(trace.receipts, default=0)
    if not attempt and base.attempts:
        return _unconfirmed(base, NO_RECEIPT)
    if not attempt:
        return _unsent(base, NEVER_SENT)
    base = replace(base, attempts=attempt, submitted_at=base.submitted_at or trace.since)
    receipt = receipts.read(trace.receipts[attempt])
    if receipt is None:
        return replace(base, status=Status.SUBMITTING)
    if base.request.endpoint == UNKNOWN:
        base = replace(base, provider=known_providers.whose(receipt))
    return _with_outcome(base, known_providers.outcome(base.provider, receipt))


def _with_outcome(base: Generation, found: Outcome) -> Generation:
    if isinstance(found, InDoubt):
        return _unconfirmed(base, found)
    if isinstance(found, Unmade) and not found.reached:
        return _unsent(base, "Its call did not reach its provider before its history was lost.")
    if isinstance(found, Unmade | Declined):
        return _unsent(base, refusal(found.error))
    created = found.created
    return replace(
        base,
        status=Status.PENDING,
        task_id=created.id,
        credits_estimated=created.credits_estimated,
        reason="",
    )


def _unsent(base: Generation, why: str) -> Generation:
    return replace(
        base, status=Status.FAILED, reason=why, credits_charged=0, finished_at=base.updated_at
    )


def _unconfirmed(base: Generation, doubt: InDoubt) -> Generation:
    return replace(
        base, status=Status.UNCONFIRMED, reason=doubt.reason, finished_at=base.updated_at
    )


def _outputs(trace: Traces, media: Media) -> Iterator[Output]:
    for position, path in sorted(trace.clips.items()):
        try:
            yield media.found(path.name, position)
        except DownloadError as error:
            log.warning("a stored clip cannot be read: %s", error.message)


def _mend(
    store: RecordedStore, generation: Generation, traces: dict[str, Traces], now: datetime
) -> bool:
    trace = traces.get(key_hash(generation.idempotency_key))
    told = manifest_of(trace) if trace else None
    if told is None or told.updated_at <= generation.updated_at or not _is_news(told, generation):
        return False
    try:
        return store.move(
            generation,
            told.status,
            now,
            detail="Brought up to date from what lay beside the history",
            outputs=told.outputs,
            **{name: getattr(told, name) for name in TOLD},
        )
    except TaskTaken:
        return False


def _is_news(told: Generation, generation: Generation) -> bool:
    ended = told.status in FINAL and told.status is not generation.status
    followed = told.status is Status.PENDING and told.task_id and not generation.task_id
    return bool(ended or followed)


def _kind(generation: Generation, catalog: Catalog) -> str:
    request = generation.request
    model = catalog.find(request.endpoint, request.model)
    return model.kind if model else request.endpoint.partition("_")[0]
