"""Makes a queued generation a task at its provider: sends its inputs, makes the one create call,
reads its answer.

Everything up to the call may be repeated. The call itself is made by core.providers.create_call, in
a process of its own; what became of it is read from its receipt, in this run of the server or a
later one.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.catalog.catalog import Catalog
from core.errors import (
    DailiesError,
    DayUsedUp,
    Intercepted,
    InvalidUpload,
    NotAuthorized,
    ProviderError,
    RateLimited,
    Refused,
    TaskTaken,
    Unreachable,
)
from core.generations import Generation, Input, Status
from core.media.library import Media
from core.monitoring.metrics import Metrics
from core.providers import receipts
from core.providers.connections import Connection, Connections
from core.providers.create_call import Call
from core.providers.outcomes import NO_RECEIPT, Declined, InDoubt, Unmade, outcome, refusal
from core.providers.provider import Provider
from core.providers.submitters import Submitters
from core.providers.tasks import Created
from core.settings import Settings
from core.storage.making.provider_uploads import ProviderUploads
from core.storage.store import Store

log = logging.getLogger(__name__)


@dataclass
class Sender:
    """From queued to pending. Safe to use from many threads."""

    settings: Settings
    store: Store
    connections: Connections
    media: Media
    sent_files: ProviderUploads
    stopping: threading.Event
    metrics: Metrics
    catalog: Catalog
    submitters: Submitters

    def submit(self, generation: Generation, now: datetime) -> float:
        """Send a queued generation. Returns the seconds until its answer is worth looking for.
        Raises ProviderError or DiskFull where nothing was sent and it may be tried again."""
        if generation.cancel_requested:
            self.store.move(generation, Status.CANCELLED, now, credits_charged=0)
            return 0.0
        request = generation.request
        model = self.catalog.find(request.endpoint, request.model)
        if model is None:
            gone = ProviderError("The catalogue does not know this model any more.")
            return self._refuse(generation, now, gone)
        self.media.disk.check()
        there = self.connections[generation.provider]
        if there.breakers.is_stormy:
            self._account(there, model.id)
        try:
            uris = [self._uri(there.provider, item, now) for item in request.inputs]
        except (Refused, InvalidUpload) as error:
            return self._refuse(generation, now, error)
        return self._claim(generation, now, there, there.provider.create(model, request, uris))

    def prepare(self, generation: Generation, now: datetime) -> None:
        """Upload its inputs ahead of the call, unless it was withdrawn or is held. Raises
        DailiesError."""
        withdrawn = generation.cancel_requested or generation.status is not Status.QUEUED
        if withdrawn or generation.held_at:
            return
        provider = self.connections[generation.provider].provider
        for item in generation.request.inputs:
            self._uri(provider, item, now)

    def _claim(self, generation: Generation, now: datetime, there: Connection, call: Call) -> float:
        """Make the call, in this order: space for the receipt on disk, the row, the process that
        sends."""
        account = self._account(there, generation.model)
        if there.breakers.is_short(generation, account.get("balance"), generation.credits_quoted):
            raise there.provider.no_credits()
        attempt = generation.attempts + 1
        claim = partial(
            self.store.move,
            generation,
            Status.SUBMITTING,
            now,
            attempts=attempt,
            submitted_at=now,
            retry_at=None,
            reason="",
            evidence={"before": account},
        )
        if self.stopping.is_set() or self.store.get(generation.id).held_at:
            return 0.0
        try:
            receipt = receipts.allocate(self.media.receipt(generation, attempt))
        except (FileExistsError, BlockingIOError):
            claim()  # a call that this history has lost: its receipt says what came of it
            return 0.0
        has_ended = False
        try:
            if claim():
                if attempt == 1:
                    self.metrics.sent((now - generation.created_at).total_seconds())
                submission = self.submitters.send(call, there.provider.key, receipt)
                has_ended = submission.wait(self.stopping)
        finally:
            os.close(receipt)
        if has_ended and self.stopping.is_set():
            self.adopt(self.store.get(generation.id), now)  # no other look follows before the end
        return 0.0

    def adopt(self, generation: Generation, now: datetime) -> float:
        """Take over what the sending process wrote down. Returns the seconds until the next look.
        Raises ProviderError where nothing was made and it may be tried again."""
        try:
            receipt = receipts.read(self.media.receipt(generation, generation.attempts))
        except FileNotFoundError:
            return self._unconfirmed(generation, now, NO_RECEIPT)
        if receipt is None:
            return 0.2
        there = self.connections[generation.provider]
        found = outcome(receipt, there.provider.created, there.provider.title)
        if isinstance(found, Unmade):
            raise self._limited(there.provider, generation, found.error)
        if isinstance(found, InDoubt):
            if found.unanswered:
                there.breakers.on_no_answer(generation)
            return self._unconfirmed(generation, now, found)
        there.breakers.on_answer(generation)
        if isinstance(found, Declined):
            return self._refuse(generation, now, found.error)
        return self._made(generation, found.created, now)

    def _made(self, generation: Generation, created: Created, now: datetime) -> float:
        try:
            self.store.move(
                generation,
                Status.PENDING,
                now,
                task_id=created.id,
                credits_estimated=created.credits_estimated,
                polled_at=now,
            )
        except TaskTaken as taken:  # imported by hand before its receipt was read
            return self._refuse(generation, now, taken)
        log.info("is task %s", created.id, extra={"generation": generation.id})
        return self.settings.poll_seconds

    def _limited(
        self, provider: Provider, generation: Generation, error: ProviderError
    ) -> ProviderError:
        """A 429 alone does not say whether the model's daily limit is used up or calls came too
        fast: the account's own count does."""
        if not isinstance(error, RateLimited):
            return error
        try:
            account = provider.organization(once=True)
        except ProviderError:
            return error
        if not account.is_used_up(generation.model):
            return error
        return DayUsedUp(
            "Today's limit of generations for this model is reached.",
            "It is a rolling 24 hours; a higher tier allows more.",
            error.retry_after,
        )

    def _uri(self, provider: Provider, item: Input, now: datetime) -> str:
        if item.url:
            return item.url
        base = provider.address
        if known := self.sent_files.find(item.sha256, base, now, provider.upload_life):
            return known
        upload = self.store.upload(item.sha256)
        if upload is None or not self.media.uploads.path(upload).exists():
            raise InvalidUpload("The file is no longer on this server.", "Upload it again.")
        path = self.media.uploads.path(upload)
        with path.open("rb") as content:
            uri = provider.upload(path.name, upload.media_type, content)
        self.sent_files.add(item.sha256, base, uri, now)
        return uri

    def _account(self, there: Connection, model: str) -> dict[str, int]:
        """Balance and daily count, as evidence in case the answer to the call gets lost.

        Raises NotAuthorized, Unreachable and Intercepted, since the create call would fail in the
        same way: nothing is sent to whoever answers in the provider's place. Other account errors
        stop nothing, unless the provider as a whole is in trouble.
        """
        stormy = there.breakers.is_stormy
        try:
            account = there.provider.organization(once=stormy)
        except (NotAuthorized, Unreachable, Intercepted):
            raise
        except ProviderError as error:
            if stormy:
                raise
            log.warning("no balance to compare with: %s", error.message)
            return {}
        there.breakers.answered()
        figures = {"balance": account.credit_balance, "today": account.counted_today(model)}
        return {name: figure for name, figure in figures.items() if figure is not None}

    def _refuse(self, generation: Generation, now: datetime, error: DailiesError) -> float:
        """A definite no: nothing was made, nothing is charged."""
        reason = refusal(error)
        self.store.move(
            generation, Status.FAILED, now, detail=reason, reason=reason, credits_charged=0
        )
        return 0.0

    def _unconfirmed(self, generation: Generation, now: datetime, doubt: InDoubt) -> float:
        """Sent without a usable answer. Never sent again by itself: that might pay twice."""
        evidence, there = dict(generation.evidence), self.connections[generation.provider]
        try:
            evidence["after"] = self._account(there, generation.model)
        except ProviderError:
            log.warning("no balance to compare with", extra={"generation": generation.id})
        self.store.move(
            generation,
            Status.UNCONFIRMED,
            now,
            detail=doubt.reason,
            reason=doubt.reason,
            evidence=evidence,
        )
        return 0.0
