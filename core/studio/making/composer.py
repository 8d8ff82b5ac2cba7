"""From a request that a person composes to a row that waits to be sent."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.prices import Given
from core.compose import checks, descent, recipe
from core.compose.recipe import Filling
from core.domain.audit import Entry
from core.domain.caps import Order
from core.domain.families import Origin, Parent, Way
from core.errors import InvalidRequest, Problem
from core.generations import FIRST_PROVIDER, Generation, Request
from core.media.library import Media
from core.providers.failures import is_moderation
from core.storage.history import History
from core.storage.making.drafts import Draft, DraftStore
from core.storage.making.families import FamilyStore
from core.storage.store import Store
from core.studio.making.caps import Caps
from core.worker.tracker import Tracker


class Composer:
    def __init__(
        self,
        *,
        catalog: Catalog,
        store: Store,
        drafts: DraftStore,
        families: FamilyStore,
        history: History,
        media: Media,
        tracker: Tracker,
        caps: Caps,
        connected: Container[str],
        clock: Callable[[], datetime],
        demo: bool,
    ) -> None:
        """`connected` holds the names of the providers that this server has access to."""
        self._catalog = catalog
        self._store = store
        self._drafts = drafts
        self._families = families
        self._history = history
        self._media = media
        self._tracker = tracker
        self._caps = caps
        self._connected = connected
        self._clock = clock
        self._demo = demo

    def model(self, request: Request) -> Model | None:
        return self._catalog.find(request.endpoint, request.model)

    def is_reached(self, model: Model) -> bool:
        return model.provider in self._connected

    def usable(self) -> list[Model]:
        return [one for one in self._catalog if one.status == "current" and self.is_reached(one)]

    def problems(
        self, request: Request, *, author: str = "", project_id: int | None = None
    ) -> list[Problem]:
        """Everything that prevents sending the request in that name and for that project; empty
        when it can be sent."""
        found = self.wrong(request)
        return found or self._caps.problems(self.order(request, author, project_id))

    def order(self, request: Request, author: str = "", project_id: int | None = None) -> Order:
        model = self.model(request)
        provider = model.provider if model else FIRST_PROVIDER
        return Order(self.quote(request), request.model, author, project_id, provider)

    def wrong(self, request: Request) -> list[Problem]:
        """What in the request itself prevents sending it, whatever the caps say."""
        return self.wrong_in([request])[0]

    def wrong_in(self, requests: Sequence[Request]) -> list[list[Problem]]:
        """The same of each; the history and the disk are asked once for all."""
        stopped, full = self._stopped(requests), self._media.disk.problems()
        found = []
        for request in requests:
            model = self.model(request)
            if model is None:
                found.append([Problem("model", "Choose a model.")])
            elif not self.is_reached(model):
                supplier = self._catalog.suppliers[model.provider]
                message = f"This server has no key for {supplier.title}."
                found.append([Problem("model", message)])
            else:
                mistakes = checks.problems(
                    model, request, self._store.upload, retired_runs=self._demo
                )
                found.append([*mistakes, *stopped.get(request.fingerprint, ()), *full])
        return found

    def _stopped(self, requests: Sequence[Request]) -> dict[str, list[Problem]]:
        """By the fingerprint: a request stopped by moderation is not sent again unchanged, as it
        costs credits, and counts against the account."""
        fingerprints = [request.fingerprint for request in requests]
        return {
            fingerprint: [
                Problem(
                    "prompt",
                    f"Moderation stopped exactly this before (generation {number})."
                    " Change the prompt or the files first.",
                )
            ]
            for fingerprint, number, code in self._history.failed(fingerprints, demo=self._demo)
            if is_moderation(code)
        }

    def duplicate(self, request: Request) -> Generation | None:
        return self._history.duplicate(request.fingerprint, demo=self._demo)

    def quote(self, request: Request) -> int | None:
        """Credits by our catalogue; None if the price is not known before submitting."""
        model = self.model(request)
        return model.quote(request.params, self.given(request)) if model else None

    def given(self, request: Request) -> list[Given]:
        return [Given.of(item, self._store.upload(item.sha256)) for item in request.inputs]

    def filling(self, found: Request) -> Filling | None:
        return recipe.filling(found, self._catalog, self._store.upload)

    def submit(
        self,
        request: Request,
        idempotency_key: str,
        *,
        author: str = "",
        project_id: int | None = None,
        origin: Origin | None = None,
        audited: Callable[[tuple[Generation, bool]], Entry] | None = None,
    ) -> tuple[Generation, bool]:
        """Record the request for sending.

        Returns the generation, and whether it is new. `author` is the asker's name, if known;
        `origin` what the form was filled from. `audited` gives the audit entry for the result,
        which is written with it. Raises InvalidRequest with every problem, or every cap that has no
        room for it. Only inserts a row: sending is the tracker's work.
        """
        model = self.model(request)
        if model is None or (problems := self.wrong(request)):
            raise InvalidRequest(problems if model else [Problem("model", "Choose a model.")])
        order = self.order(request, author, project_id)
        self._caps.standings_of(
            order
        )  # before `admit`, in which an unread history must not be read
        generation, new = self._store.add(
            request,
            idempotency_key=idempotency_key,
            kind=model.kind,
            provider=model.provider,
            quoted=order.price,
            demo=self._demo,
            now=self._clock(),
            author=author,
            project_id=project_id,
            parents=self.parents(request, origin),
            admit=lambda: self._caps.admit(order),
            audited=(lambda made: audited((made, True))) if audited else None,
        )
        self._tracker.look_at(generation.id)
        return generation, new

    def way_from(self, request: Request, origin: Origin) -> Way | None:
        earlier = self._store.find(origin.generation_id)
        return (
            descent.way_from(request, self._sources(request), origin, earlier) if earlier else None
        )

    def parents(self, request: Request, origin: Origin | None) -> tuple[Parent, ...]:
        earlier = self._store.find(origin.generation_id) if origin else None
        return descent.parents(request, self._sources(request), origin, earlier)

    def _sources(self, request: Request) -> Mapping[str, str]:
        return self._families.sources(item.sha256 for item in request.inputs)

    def save_draft(self, key: str, draft: Draft) -> None:
        self._drafts.save(key, draft, self._clock())

    def draft(self, key: str) -> Draft | None:
        return self._drafts.get(key)
