"""Tells those who wait what has changed: one look at the history for all of them, and no thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from core.api.problems import LATER, Refused
from core.errors import StoreError
from core.serving import is_ending, served
from core.storage.timeline import Change

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.25
ENDING = "The server is being restarted. Nothing is lost: ask again in a moment."
Changes = asyncio.Queue[Sequence[Change] | None]
"""None comes when nothing more will, since the server ends."""


class Watch:
    """For one event loop. It looks only while somebody listens."""

    def __init__(self) -> None:
        self._listeners: set[Changes] = set()
        self._starting = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Changes]:
        """Everything that changes from now on, in pieces as it is found. What was changed before is
        read after this was entered, so that nothing falls between."""
        changes: Changes = asyncio.Queue()
        async with self._starting:
            if self._looking is None or self._looking.done():
                seen = await run_in_threadpool(served().timeline.newest)
                self._looking = asyncio.create_task(self._look(seen))
            self._listeners.add(changes)
        try:
            yield changes
        finally:
            self._listeners.discard(changes)

    async def ended(self, generation_id: int) -> None:
        """Returns when it is final, however it has ended. Raises Refused when the server ends."""
        async with self.listening() as changes:
            found = await run_in_threadpool(served().generations.get, generation_id)
            while not found.status.is_final:
                news = await changes.get()
                if news is None:
                    raise Refused(503, ENDING, headers=LATER)
                if any(one.generation_id == generation_id for one in news):
                    found = await run_in_threadpool(served().generations.get, generation_id)

    async def _look(self, seen: int) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            if not self._listeners and not self._starting.locked():
                return
            if is_ending():
                for changes in self._listeners:
                    changes.put_nowait(None)
                return
            try:
                news = await run_in_threadpool(served().timeline.after, seen)
            except StoreError as error:
                log.warning("the history cannot be watched: %s", error.message)
                continue
            if news:
                seen = news[-1].number
                for changes in self._listeners:
                    changes.put_nowait(news)
