"""Manifests: each generation as a file of its own, kept beside the history in case that is lost.

A manifest is written when a request is queued and sent, when its task is known, when it has ended,
and when a person marks it. It holds the timeline too. Together with the receipts and the clips, the
manifests are the history once more.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import PurePath
from typing import Any, Unpack

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from core.errors import BadManifest, DailiesError
from core.generations import Event, Generation, Output, Request, Status
from core.media.library import Media
from core.storage.database import HistoryFile
from core.storage.rows import TIMES, Changes
from core.storage.store import LARGEST_ID, Store

log = logging.getLogger(__name__)

RECORDING = 16
"""How many manifests can be written at once."""
OLD_KEY = "intent_key"
"""What `idempotency_key` was called in older files."""
KEPT = frozenset(Status) - {Status.THROTTLED, Status.RUNNING, Status.DOWNLOADING}
"""Statuses worth a manifest; of what lies between, Runway knows more than we."""


class Timeline(BaseModel):
    """What a manifest holds beside the generation itself."""

    events: tuple[Event, ...] = ()


def write(generation: Generation, events: Sequence[Event] = ()) -> bytes:
    """The generation and its timeline as JSON that a person can read."""
    facts = _adapter().dump_python(generation, mode="json")
    facts |= Timeline(events=tuple(events)).model_dump(mode="json")
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def read(content: bytes) -> Generation:
    """The generation that `write` wrote. Raises only BadManifest, for anything else."""
    try:
        found = _adapter().validate_python(_renamed(json.loads(content)))
        times = [getattr(found, name) for name in TIMES]
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
    """The timeline that `write` wrote; empty where there is none, or none that can be read."""
    try:
        events = Timeline.model_validate_json(content).events
    except ValidationError:
        return ()
    return events if all(event.at.tzinfo for event in events) else ()


def _renamed(facts: Any) -> Any:
    """Facts of an older release under their names of today."""
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
        self._recording = [threading.Lock() for _ in range(RECORDING)]

    def add(self, request: Request, **facts: Any) -> tuple[Generation, bool]:
        """As Store.add."""
        generation, new = super().add(request, **facts)
        if new:
            self.record(generation.id)
        return generation, new

    def add_task(self, request: Request, task_id: str, **facts: Any) -> tuple[Generation, bool]:
        """As Store.add_task."""
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
        """As Store.move."""
        moved = super().move(generation, status, now, detail=detail, outputs=outputs, **changes)
        if moved and status in KEPT and (status != generation.status or status.is_final):
            self.record(generation.id)
        return moved

    def note(self, generation_id: int, **changes: Unpack[Changes]) -> None:
        """As Store.note."""
        super().note(generation_id, **changes)
        self.record(generation_id)

    def record(self, generation_id: int) -> None:
        """Write the manifest as the history stands now. On a full disk, or where the history cannot
        be read, the one before stays: what was changed is in the history already."""
        try:
            with self._recording[generation_id % RECORDING]:  # or an older state is written last
                generation = self.get(generation_id)
                content = write(generation, self.events(generation_id))
                self._media.keep_manifest(generation, content)
        except (DailiesError, OSError, PydanticSerializationError, UnicodeEncodeError) as error:
            why = error.message if isinstance(error, DailiesError) else type(error).__name__
            log.warning("no manifest: %s", why, extra={"generation": generation_id})
