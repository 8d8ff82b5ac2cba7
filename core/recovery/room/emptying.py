"""Empties the trash: files are deleted here, what they cost stays, and providers are not told.

A row is marked first, so that nobody restores it any more; then its files go, then their rows. What
was cut short goes on at the next start.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.domain.reviews import EMPTIED, Outcome, What
from core.media.library import Media
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.desk.trash import TrashStore
from core.storage.pace import USUAL

log = logging.getLogger(__name__)

CENTURY = 36_500
"""In days; anything longer is for ever."""


class Emptying:
    def __init__(self, file: HistoryFile, media: Media, days: int) -> None:
        """`days` is how long something stays in the trash; 0 is for ever."""
        self._decisions = Decisions(file)
        self._store = TrashStore(file)
        self._media = media
        self._days = min(days, CENTURY)

    def empty(self, generation_ids: Sequence[int], person: str, now: datetime) -> Outcome:
        changed: list[int] = []
        refused: dict[int, str] = {}
        for part in USUAL.slices(generation_ids):
            done = self._decisions.change(part, What.TRASH, "", EMPTIED, person=person, now=now)
            changed += done.changed
            refused |= done.refused
            self.finish()
        return Outcome(None, tuple(changed), refused)

    def step(self, now: datetime) -> None:
        """Entries without a person are Dailies' own."""
        if self._days and (due := self._store.due(now - timedelta(days=self._days))):
            self.empty(due, "", now)
            log.info("emptied the trash of %d generations", len(due))

    def finish(self) -> None:
        while marked := self._store.half_emptied():
            for generation in marked:
                for output in generation.outputs:
                    self._media.discard(output)
                self._store.forget_files(generation)
