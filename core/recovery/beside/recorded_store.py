"""The history, with a manifest of each generation beside it.

One is written when a request is queued and sent, when its task is known, when it has ended, when a
person marks it, and soon after anybody decides on it or marks many.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Unpack

from pydantic_core import PydanticSerializationError

from core import visibility
from core.errors import DailiesError, DiskFull, StoreError
from core.files import Upload
from core.generations import Generation, Request, Status
from core.media.library import Media
from core.recovery.beside import manifests
from core.storage.database import HistoryFile
from core.storage.desk.review_records import ReviewRecords
from core.storage.making.families import FamilyStore
from core.storage.pace import Progress
from core.storage.rows import Changes
from core.storage.store import Store

log = logging.getLogger(__name__)

FAILURES = (DailiesError, OSError, PydanticSerializationError, UnicodeEncodeError)
PASSING = (DiskFull, OSError, StoreError)
"""Those of them that are no fault of the generation's."""
RECORDING = 16
"""Number of manifests that can be written at the same time."""
AT_ONCE = 100
"""Manifests that one step writes of those that are to be written soon."""
KEPT = frozenset(Status) - {Status.THROTTLED, Status.RUNNING, Status.DOWNLOADING}
"""Statuses worth a manifest; about those in between, Runway knows more than we do."""


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

    def move(self, generation: Generation, status: Status, now: datetime, **facts: Any) -> bool:
        moved = super().move(generation, status, now, **facts)
        if moved and status in KEPT and (status != generation.status or status.is_final):
            self.record(generation.id)
        return moved

    def note(self, generation_id: int, **changes: Unpack[Changes]) -> None:
        super().note(generation_id, **changes)
        self.record(generation_id)

    def favour(
        self, generation_ids: Sequence[int], favourite: bool, now: datetime, progress: Progress
    ) -> list[int]:
        changed = super().favour(generation_ids, favourite, now, progress)
        self.record_soon(changed)
        return changed

    def record_soon(self, numbers: Iterable[int]) -> None:
        """Leave the manifests of these to `record_waiting`: a click has no time for so many. Each
        manifest of a new batch is still written before its generation is sent."""
        self._waiting.extend(numbers)

    def record_waiting(self) -> None:
        """Write the next manifests that this server was asked for, whether it leads or not: no
        other server knows of them.

        What the disk or the history refuses now comes later, after the others.
        """
        for _ in range(min(len(self._waiting), AT_ONCE)):
            generation_id = self._waiting.popleft()
            try:
                self._write(generation_id)
            except FAILURES as error:
                _warn(generation_id, error)
                if isinstance(error, PASSING):
                    self._waiting.append(generation_id)
                    return

    def follow(self) -> None:
        """Write the manifests of generations that anybody has decided on, through any server."""
        ids, decision = self._said.unrecorded()
        if ids and not self._media.disk.problems():
            for generation_id in ids:
                self.record(generation_id)
            self._said.mark(decision)

    def record(self, generation_id: int) -> bool:
        """Write the manifest from the present history.

        Returns whether it is written. On a full disk, or with an unreadable history, the previous
        one stays: the history itself already has the change.
        """
        try:
            self._write(generation_id)
        except FAILURES as error:
            _warn(generation_id, error)
            return False
        return True

    def _write(self, generation_id: int) -> None:
        """Until what lies there is what the history says: another server that has read it earlier
        may write later."""
        written = None
        with (
            visibility.everything(),
            self._recording[generation_id % RECORDING],  # or an older state is written last
        ):
            while (content := self._manifest(generation_id)) != written:
                self._media.keep_manifest(self.get(generation_id), content)
                written = content

    def _manifest(self, generation_id: int) -> bytes:
        generation = self.get(generation_id)
        said = self._said.of(generation_id)
        parents = self._families.parents(generation_id)
        events, brought = self.events(generation_id), self._brought(generation)
        return manifests.write(generation, events, said, parents, brought)

    def _brought(self, generation: Generation) -> list[Upload]:
        hashes = dict.fromkeys(item.sha256 for item in generation.request.inputs if item.sha256)
        return [upload for one in hashes if (upload := self.upload(one))]


def _warn(generation_id: int, error: Exception) -> None:
    why = error.message if isinstance(error, DailiesError) else type(error).__name__
    log.warning("no manifest: %s", why, extra={"generation": generation_id})
