"""Rebuilds the history from what lies beside it: manifests, receipts and clips.

Every generation that has left any of these reappears, with what is known of it. What was never sent
comes back as failed: nothing is paid for because a history was rebuilt.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from core.catalog.loader import Catalog
from core.errors import BadManifest, DownloadError, TaskTaken
from core.generations import FINAL, Generation, Output, Request, Status, key_hash
from core.media.library import Media
from core.recovery import manifests
from core.recovery.manifests import RecordedStore
from core.runway import receipts
from core.runway.outcomes import NO_RECEIPT, Declined, InDoubt, Outcome, Unmade, outcome, refusal
from core.storage.database import HistoryFile
from core.storage.salvage import Survivor, Survivors

log = logging.getLogger(__name__)

NAME = re.compile(
    r"(?P<id>\d{8,18})-(?P<key_hash>[0-9a-f]{12})(?:-(?P<number>\d{1,6}))?\.(?P<kind>\w+)"
)
"""A manifest, the receipt of an attempt, or a clip at its position."""
UNFINISHED = frozenset({"part", "etag", "looks"})
TOLD = (
    "task_id", "attempts", "submitted_at", "remote_status", "reason", "failure_code",
    "credits_estimated", "credits_charged",
)  # fmt: skip
"""Columns that a manifest brings up to date."""
UNKNOWN = "unknown"
"""Endpoint and model of a generation that left no manifest."""


@dataclass
class Traces:
    """What one generation has left on the disk; receipts by attempt, clips by position."""

    id: int
    key_hash: str
    manifest: Path | None = None
    receipts: dict[int, Path] = field(default_factory=dict)
    clips: dict[int, Path] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stands in for the intent where no manifest tells it."""
        return f"rebuilt-{self.id:08d}-{self.key_hash}"

    @property
    def since(self) -> datetime:
        """When the oldest of its files was written last."""
        paths = [
            *self.receipts.values(),
            *self.clips.values(),
            *([self.manifest] if self.manifest else []),
        ]
        times = [path.stat().st_mtime for path in paths if path.exists()]
        return datetime.fromtimestamp(min(times, default=0.0), UTC)


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuilding did: generations put back, generations brought up to date, and files
    that belong to none."""

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
) -> Rebuilt:
    """Bring `file` up to what lies on the disk. Costs a look at the names where nothing is lost.

    `demo` is what a generation without a manifest counts as. `every`: look at failed ones too,
    since this is an older history, and they may have come to a good end since.
    """
    traces = look(media.folder)  # before the history: what appears later is in it
    survivors = Survivors(file)
    known = survivors.key_hashes()
    lost = [t for t in traces.values() if t.key_hash not in known and key_hash(t.key) not in known]
    found = (_survivor(trace, media, catalog, demo=demo) for trace in lost)
    added = survivors.insert(found, now)
    store = RecordedStore(file, media)
    mended = sum(
        _mend(store, generation, traces, now) for generation in survivors.unsettled(every=every)
    )
    strangers = tuple(sorted(_files(media.folder / "videos") - survivors.files()))
    if added or mended:
        log.warning("rebuilt %d generations, brought %d up to date", added, mended)
    return Rebuilt(added, mended, strangers)


def look(folder: Path) -> dict[str, Traces]:
    """Everything that generations have left, by the mark in the files' names."""
    found: dict[str, Traces] = {}
    for kind in ("recipes", "receipts", "videos"):
        for path in _paths(folder / kind):
            if name := NAME.fullmatch(path.name):
                trace = found.setdefault(
                    name["key_hash"], Traces(int(name["id"]), name["key_hash"])
                )
                number = int(name["number"] or 0)
                if kind == "recipes":
                    trace.manifest = path
                elif kind == "receipts":
                    trace.receipts[number] = path
                else:
                    trace.clips[number] = path
    return found


def record(file: HistoryFile, media: Media, stopped: Callable[[], bool]) -> None:
    """Write the manifests that are missing, such as those of an older Dailies."""
    have = {trace.key_hash for trace in look(media.folder).values() if trace.manifest}
    store = RecordedStore(file, media)
    for generation in Survivors(file).unrecorded(have):
        if stopped():
            return
        store.record(generation.id)


def _paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix[1:] not in UNFINISHED)


def _files(folder: Path) -> set[str]:
    return {path.name for path in _paths(folder) if path.is_file()}


def _manifest(trace: Traces) -> Generation | None:
    try:
        return manifests.read(trace.manifest.read_bytes()) if trace.manifest else None
    except (BadManifest, OSError) as error:
        log.warning("a manifest cannot be read (%s)", type(error).__name__)
        return None


def _survivor(trace: Traces, media: Media, catalog: Catalog, *, demo: bool) -> Survivor:
    told = _manifest(trace)
    generation = _generation(trace, told, media, demo=demo)
    events = manifests.timeline(trace.manifest.read_bytes()) if told and trace.manifest else ()
    return Survivor(generation, _kind(generation, catalog), events)


def _generation(trace: Traces, known: Generation | None, media: Media, *, demo: bool) -> Generation:
    """The generation as far as it can be known, its manifest included."""
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
    """What became of its create call."""
    if base.task_id:
        return replace(base, status=Status.PENDING)
    attempt = max(trace.receipts, default=0)
    if not attempt and base.attempts:
        return _unconfirmed(base, NO_RECEIPT)
    if not attempt:
        return _unsent(base, "It was not sent before its history was lost.")
    base = replace(base, attempts=attempt, submitted_at=base.submitted_at or trace.since)
    receipt = receipts.read(trace.receipts[attempt])
    if receipt is None:
        return replace(base, status=Status.SUBMITTING)
    return _with_outcome(base, outcome(receipt))


def _with_outcome(base: Generation, found: Outcome) -> Generation:
    if isinstance(found, InDoubt):
        return _unconfirmed(base, found)
    if isinstance(found, Unmade) and not found.reached:
        return _unsent(base, "Its call did not reach Runway before its history was lost.")
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
    """Give a generation the end or the task that its manifest tells, where that is the younger."""
    trace = traces.get(key_hash(generation.idempotency_key))
    told = _manifest(trace) if trace else None
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
    """What it starts from; of a model that is gone, its endpoint still says that."""
    request = generation.request
    model = catalog.find(request.endpoint, request.model)
    return model.kind if model else request.endpoint.partition("_")[0]
