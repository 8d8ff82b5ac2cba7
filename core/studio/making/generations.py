"""One generation by its id: what became of it, and what a person can still do about it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from core.catalog.suppliers import Suppliers
from core.errors import NotCancellable, UnknownGeneration
from core.generations import Event, Generation
from core.media.library import Media
from core.providers.breaker_panel import BreakerPanel
from core.storage.database import TIMEOUT_SECONDS
from core.storage.pace import Progress, untold
from core.storage.room.originals import OriginalStore
from core.storage.store import Store
from core.worker.poller import Poller
from core.worker.tracker import Tracker


class Generations:
    """Reads single generations and changes them. Lists and sums are in the history."""

    def __init__(
        self,
        *,
        store: Store,
        originals: OriginalStore,
        media: Media,
        poller: Poller,
        tracker: Tracker,
        breakers: BreakerPanel,
        suppliers: Suppliers,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._originals = originals
        self._media = media
        self._poller = poller
        self._tracker = tracker
        self._breakers = breakers
        self._suppliers = suppliers
        self._clock = clock
        self._recovering = threading.Lock()

    def get(self, generation_id: int, timeout: float = TIMEOUT_SECONDS) -> Generation:
        """Waits `timeout` seconds for a lock. Raises UnknownGeneration, StoreError."""
        return self._store.get(generation_id, timeout)

    def find(self, generation_id: int) -> Generation | None:
        return self._store.find(generation_id)

    def with_key(self, idempotency_key: str) -> Generation | None:
        return self._store.with_key(idempotency_key)

    def events(self, generation_id: int) -> list[Event]:
        return self._store.events(generation_id)

    def cancel(self, generation_id: int) -> None:
        """What has begun is charged; what has ended stays as it is.

        Raises NotCancellable or UnknownGeneration, and then nothing is done.
        """
        generation = self._store.get(generation_id)
        if generation.status.is_final:
            return
        supplier = self._suppliers[generation.provider]
        if not supplier.may_cancel(generation.status):
            raise NotCancellable(supplier.title)
        self._store.note(generation_id, cancel_requested=True, retry_at=None)
        self._tracker.look_at(generation_id)

    def retry_now(self, generation_id: int) -> None:
        """Let a waiting generation try at once: what held it up may be over."""
        self._store.note(generation_id, retry_at=None)
        self._breakers.force_retry(self._store.get(generation_id))
        self._tracker.look_at(generation_id)

    def set_favourite(self, generation_id: int, favourite: bool) -> None:
        self._store.note(generation_id, favourite=favourite, updated_at=self._clock())

    def favour(
        self, generation_ids: Sequence[int], favourite: bool, *, progress: Progress = untold
    ) -> None:
        """Ids that do not exist are left out."""
        self._store.favour(generation_ids, favourite, self._clock(), progress)

    def recover(self, generation_id: int) -> Generation:
        """Fetch the outputs again while the provider has them, however the generation ended. Raises
        DiskFull, ProviderError, DownloadError."""
        generation = self._store.get(generation_id)
        if generation.task_id is None or not generation.status.is_final:
            who = self._suppliers[generation.provider].title
            raise UnknownGeneration(f"There is nothing at {who} to recover yet.")
        with self._recovering:
            if not self._originals.stay(generation_id, self._media.clips.is_anywhere):
                self._poller.recover(generation)
        self._tracker.look_at(generation_id)
        return self._store.get(generation_id)
