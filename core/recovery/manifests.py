"""Manifests: each generation as a file of its own, in case the history is lost.

A manifest is written when a request is queued and sent, when its task is known, when it has ended,
when a person marks it, and soon after anybody decides on it. It includes the timeline, all that was
said of the generation, and the names of the files that people brought for it. Manifests, receipts
and clips together are a second copy of the history.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import PurePath
from typing import Any, Unpack

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from core.errors import BadManifest, DailiesError
from core.families import Parent
from core.files import Output, Upload
from core.generations import Event, Generation, Request, Status
from core.media.library import Media
from core.media_types import PICTURES, RECORDINGS
from core.reviews import GUEST, MOST_STARS, NOTHING_SAID, Record
from core.storage.database import HistoryFile
from core.storage.families import FamilyStore
from core.storage.review_records import ReviewRecords
from core.storage.rows import REVIEWED, TIMES, Changes
from core.storage.store import LARGEST_ID, Store

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Manifests of new batches that one step writes."""
RECORDING = 16
"""Number of manifests that can be written at the same time."""
SHA256 = re.compile(r"[0-9a-f]{64}")
OLD_KEY = "intent_key"
"""The name of `idempotency_key` in older files."""
KEPT = frozenset(Status) - {Status.THROTTLED, Status.RUNNING, Status.DOWNLOADING}
"""Statuses worth a manifest; about those in between, Runway knows more than we do."""


class Timeline(BaseModel):
    """What a manifest holds besides the generation itself."""

    events: tuple[Event, ...] = ()


class Said(BaseModel):
    """What a manifest holds of the review desk."""

    reviews: Record = NOTHING_SAID


class Lineage(BaseModel):
    """What a manifest holds of what it was made from."""

    parents: tuple[Parent, ...] = ()


class Brought(BaseModel):
    """What a manifest holds of the files that it was made with."""

    uploads: tuple[Upload, ...] = ()


def write(
    generation: Generation,
    events: Sequence[Event] = (),
    reviews: Record = NOTHING_SAID,
    parents: Sequence[Parent] = (),
    uploads: Sequence[Upload] = (),
) -> bytes:
    """The generation, its timeline, what was said of it, and from what and with which files it was
    made, as JSON that a person can read."""
    facts = _adapter().dump_python(generation, mode="json")
    facts |= Timeline(events=tuple(events)).model_dump(mode="json")
    facts |= Said(reviews=reviews).model_dump(mode="json")
    facts |= Lineage(parents=tuple(parents)).model_dump(mode="json")
    facts |= Brought(uploads=tuple(uploads)).model_dump(mode="json")
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def read(content: bytes) -> Generation:
    """The generation that `write` wrote. Raises only BadManifest, for anything else."""
    try:
        found = _adapter().validate_python(_renamed(json.loads(content)))
        times = [getattr(found, name) for name in (*TIMES, *REVIEWED)]
        names = [name for output in found.outputs for name in (output.file, output.poster) if name]
        sound = (
            0 < found.id <= LARGEST_ID
            and all(time is None or time.tzinfo for time in times)
            and all(PurePath(name).name == name and "\0" not in name for name in names)
            and found.file_stem.isascii()
        )
        Request.from_json(found.request.to_json())
    except (ValidationError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise BadManifest("This file is no manifest of a generation.") from error
    if not sound:
        raise BadManifest("This manifest names what no generation has.")
    return found


def timeline(content: bytes) -> tuple[Event, ...]:
    """The timeline that `write` wrote; empty if there is none, or none that can be read."""
    try:
        events = Timeline.model_validate_json(content).events
    except ValidationError:
        return ()
    return events if all(event.at.tzinfo for event in events) else ()


def reviews(content: bytes) -> Record:
    """What `write` wrote of the review desk; empty if there is nothing that can be read."""
    try:
        found = Said.model_validate_json(content).reviews
    except ValidationError:
        return NOTHING_SAID
    return found if _is_sound(found) else NOTHING_SAID


def parents(content: bytes) -> tuple[Parent, ...]:
    """What `write` wrote of parents; empty if there is nothing that can be read."""
    try:
        found = Lineage.model_validate_json(content).parents
    except ValidationError:
        return ()
    return tuple({parent.key: parent for parent in found}.values())


def uploads(content: bytes) -> tuple[Upload, ...]:
    """What `write` wrote of files; without those that none can be."""
    try:
        found = Brought.model_validate_json(content).uploads
    except ValidationError:
        return ()
    return tuple(upload for upload in found if _can_be(upload))


def _can_be(upload: Upload) -> bool:
    figures = (upload.bytes, upload.width, upload.height, upload.duration, upload.frame_rate)
    return bool(
        SHA256.fullmatch(upload.sha256)
        and upload.media_type in PICTURES | RECORDINGS
        and upload.created_at.tzinfo
        and all(0 <= figure <= LARGEST_ID for figure in figures)
    )


def _is_sound(record: Record) -> bool:
    project = [record.project.created_at, record.project.archived_at] if record.project else []
    times = [
        record.trashed_at,
        record.emptied_at,
        *project,
        *(rating.at for rating in record.ratings),
        *(tag.at for tag in record.tags),
        *(decision.at for decision in record.decisions),
        *(note.created_at for note in record.notes),
        *(note.edited_at for note in record.notes),
        *(note.resolved_at for note in record.notes),
        *(note.deleted_at for note in record.notes),
    ]
    guests = {
        *(rating.guest for rating in record.ratings),
        *(note.guest for note in record.notes),
        *(decision.guest for decision in record.decisions),
    } - {""}
    return (
        all(time is None or time.tzinfo for time in times)
        and all(1 <= rating.stars <= MOST_STARS for rating in record.ratings)
        and all(one.startswith(GUEST) for one in guests | {one.key for one in record.guests})
    )


def _renamed(facts: Any) -> Any:
    if isinstance(facts, dict) and OLD_KEY in facts:
        return {**facts, "idempotency_key": facts[OLD_KEY]}
    return facts


@cache
def _adapter() -> TypeAdapter[Generation]:
    return TypeAdapter(Generation)


class RecordedStore(Store):
    """A store that keeps the manifests up to date."""

    def __init__(self, file: HistoryFile, media: Media) -> None:
        super().__init__(file)
        self._media = media
        self._said = ReviewRecords(file)
        self._families = FamilyStore(file)
        self._waiting: deque[int] = deque()
        self._recording = [threading.Lock() for _ in range(RECORDING)]

    def add(self, request: Request, **facts: Any) -> tuple[Generation, bool]:
        generation, new = super().add(request, **facts)
        if new:
            self.record(generation.id)
        return generation, new

    def add_task(self, request: Request, task_id: str, **facts: Any) -> tuple[Generation, bool]:
        generation, new = super().add_task(request, task_id, **facts)
        if new:
            self.record(generation.id)
        return generation, new

    def move(
        self,
        generation: Generation,
        status: Status,
        now: datetime,
        *,
        detail: str = "",
        outputs: tuple[Output, ...] = (),
        **changes: Unpack[Changes],
    ) -> bool:
        moved = super().move(generation, status, now, detail=detail, outputs=outputs, **changes)
        if moved and status in KEPT and (status != generation.status or status.is_final):
            self.record(generation.id)
        return moved

    def note(self, generation_id: int, **changes: Unpack[Changes]) -> None:
        super().note(generation_id, **changes)
        self.record(generation_id)

    def record_soon(self, numbers: Iterable[int]) -> None:
        """As `record` does, but by `follow`: for more than a click has time for. Each is written
        before it is sent in any case."""
        self._waiting.extend(numbers)

    def follow(self) -> None:
        for _ in range(min(len(self._waiting), AT_ONCE)):
            self.record(self._waiting.popleft())
        ids, decision = self._said.unrecorded()
        if ids and not self._media.disk.problems():
            for generation_id in ids:
                self.record(generation_id)
            self._said.mark(decision)

    def record(self, generation_id: int) -> None:
        """Write the manifest from the present history.

        On a full disk, or with an unreadable history, the previous one stays: the history itself
        already has the change.
        """
        try:
            with self._recording[
                generation_id % RECORDING
            ]:  # or an older state might be written last
                generation = self.get(generation_id)
                said = self._said.of(generation_id)
                parents = self._families.parents(generation_id)
                events, brought = self.events(generation_id), self._brought(generation)
                content = write(generation, events, said, parents, brought)
                self._media.keep_manifest(generation, content)
        except (DailiesError, OSError, PydanticSerializationError, UnicodeEncodeError) as error:
            why = error.message if isinstance(error, DailiesError) else type(error).__name__
            log.warning("no manifest: %s", why, extra={"generation": generation_id})

    def _brought(self, generation: Generation) -> list[Upload]:
        """The files of its inputs, each once."""
        hashes = dict.fromkeys(item.sha256 for item in generation.request.inputs if item.sha256)
        return [upload for one in hashes if (upload := self.upload(one))]
