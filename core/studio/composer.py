"""From a request that a person composes to a row that waits to be sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.catalog.loader import Catalog
from core.catalog.model import Model
from core.catalog.prices import Given
from core.compose import checks
from core.errors import InvalidRequest, Problem
from core.generations import Generation, Request
from core.media.library import Media
from core.runway.failure_codes import Again, explain
from core.storage.history import History
from core.storage.store import Store
from core.worker.tracker import Tracker


class Composer:
    """Judges a request, quotes it, keeps it as a draft and submits it."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: Store,
        history: History,
        media: Media,
        tracker: Tracker,
        clock: Callable[[], datetime],
        demo: bool,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._history = history
        self._media = media
        self._tracker = tracker
        self._clock = clock
        self._demo = demo

    def model(self, request: Request) -> Model | None:
        """The catalogue's entry for the request."""
        return self._catalog.find(request.endpoint, request.model)

    def problems(self, request: Request) -> list[Problem]:
        """All that stands against sending the request; empty when it can be sent."""
        model = self.model(request)
        if model is None:
            return [Problem("model", "Choose a model.")]
        found = checks.problems(model, request, self._store.upload, retired_runs=self._demo)
        return [*found, *self._stopped(request), *self._media.disk.problems()]

    def _stopped(self, request: Request) -> list[Problem]:
        """What moderation stopped is not sent again unchanged: it is charged, and counts as a hit
        on the account."""
        failed = self._history.failed(request.fingerprint, demo=self._demo)
        number = next((n for n, code in failed if explain(code).again is Again.NEVER), None)
        if number is None:
            return []
        stopped = f"Moderation stopped exactly this before (generation {number})."
        return [Problem("prompt", f"{stopped} Change the prompt or the files first.")]

    def duplicate(self, request: Request) -> Generation | None:
        """The newest generation that exactly this request has already made, or may have."""
        return self._history.duplicate(request.fingerprint, demo=self._demo)

    def quote(self, request: Request) -> int | None:
        """Credits by our catalogue; None where the price is not known before submit."""
        model = self.model(request)
        return model.quote(request.params, self.given(request)) if model else None

    def given(self, request: Request) -> list[Given]:
        """What is known of each input of the request."""
        return [Given.of(item, self._store.upload(item.sha256)) for item in request.inputs]

    def submit(self, request: Request, idempotency_key: str) -> tuple[Generation, bool]:
        """Write the request down to be sent; the generation, and whether it is a new one.

        Raises InvalidRequest with every problem. Sends nothing itself: it only inserts a row.
        """
        model = self.model(request)
        if model is None or (problems := self.problems(request)):
            raise InvalidRequest(problems if model else [Problem("model", "Choose a model.")])
        generation, new = self._store.add(
            request,
            idempotency_key=idempotency_key,
            kind=model.kind,
            quoted=model.quote(request.params, self.given(request)),
            demo=self._demo,
            now=self._clock(),
        )
        self._tracker.look_at(generation.id)
        return generation, new

    def save_draft(self, key: str, request: Request) -> None:
        """Keep what a person is composing, so that a reload loses nothing."""
        self._store.save_draft(key, request, self._clock())

    def draft(self, key: str) -> Request | None:
        """What was being composed under that key."""
        return self._store.draft(key)
