"""What takes room on the disk. It is measured in the background: nobody waits for it longer than a
moment, and it is kept for the next ones who ask."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from core.domain.usage import Usage
from core.errors import DailiesError
from core.media.library import Media
from core.storage.room.usage import UsageStore

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds that the first caller waits."""
FRESH, TIMES = 10.0, 100.0
"""Seconds for which it is kept, and in addition so many times what measuring took."""


class RoomUsage:
    def __init__(
        self,
        *,
        store: UsageStore,
        media: Media,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        self._store = store
        self._media = media
        self._clock = clock
        self._ticks = ticks
        self._asking = threading.Lock()
        self._measuring: threading.Thread | None = None
        self._found: Usage | None = None
        self._old_at = 0.0

    def measured(self) -> Usage | None:
        """The last measurement; None until the first is done."""
        with self._asking:
            if self._found is None or self._ticks() >= self._old_at:
                self._begin()
            measuring = self._measuring
        if measuring:
            measuring.join(PATIENCE)
        return self._found

    def _begin(self) -> None:
        if self._measuring is None or not self._measuring.is_alive():
            self._measuring = threading.Thread(target=self._measure, name="room", daemon=True)
            self._measuring.start()

    def _measure(self) -> None:
        began = self._ticks()
        try:
            now = self._clock()
            self._found = Usage(
                now,
                self._media.sizes(),
                self._store.held("project"),
                self._store.held("person"),
                self._store.weekly(now.date()),
                self._store.ever(),
                self._store.in_bucket(),
            )
        except (DailiesError, OSError) as error:
            log.warning("the room on the disk cannot be measured (%s)", type(error).__name__)
        ended = self._ticks()
        self._old_at = ended + max(FRESH, TIMES * (ended - began))
