"""What a provider has to be: everything that Dailies asks of whoever makes clips.

A new one is a class of this form in a room of its own, models in the catalogue that name it, and a
line in `core.known_providers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import BinaryIO, Protocol

from core.catalog.model import Model
from core.errors import OutOfCredits
from core.generations import Request
from core.outbound.downloads import Download
from core.providers.create_call import Call
from core.providers.receipts import Receipt
from core.providers.tasks import Created, Limits, Organization, Task

Charges = Mapping[tuple[date, str], int]
"""Net credits by UTC day and model: charges less refunds."""


class Provider(Protocol):
    """One account at one provider. Safe to use from many threads; close it when done.

    Unless it says otherwise, each of these may raise ProviderError; the kind of it decides what is
    held back meanwhile (core.providers.breakers). No text of an error holds a key or an address.
    """

    @property
    def name(self) -> str:
        """How rows and the catalogue call it; never changes."""

    @property
    def title(self) -> str:
        """How people call it."""

    @property
    def address(self) -> str:
        """Where its API is: what was uploaded there is known there only."""

    @property
    def key(self) -> str:
        """For the process that makes the create call; never shown."""

    @property
    def upload_life(self) -> timedelta:
        """How long an uploaded file may be named in a request; less than it lives there."""

    # -- making a task --------------------------------------------------------------------------

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        """Send a file; the address by which a request names it."""

    def create(self, model: Model, request: Request, addresses: Sequence[str]) -> Call:
        """The one call that makes the task of a request. Nothing is sent. `addresses` are those of
        the request's inputs, in the same order."""

    def created(self, receipt: Receipt) -> Created:
        """What an answered create call has made.

        Raises the ProviderError that the answer stands for. Which of them prove that nothing was
        made, and may be repeated, is said in `core.providers.outcomes`: when in doubt, it is one of
        the others.
        """

    # -- following it ---------------------------------------------------------------------------

    def task(self, task_id: str) -> Task:
        """How it stands. Asked once and not repeated. Raises NotFound if it is not known there."""

    def is_task_id(self, text: str) -> bool:
        """Whether a text that a person gave has the form of a task's id. Asks nobody."""

    def delete(self, task_id: str) -> None:
        """Cancel it, or delete it if it has ended; one already gone is no error. Raises
        NotCancellable where this provider cannot: it then goes on, and costs what it costs."""

    def download(
        self, url: str, start: int = 0, etag: str = ""
    ) -> AbstractContextManager[Download]:
        """Stream an output from byte `start`, without the key. Raises LinkExpired when a new URL
        is needed, otherwise DownloadError."""

    # -- the account ----------------------------------------------------------------------------

    def organization(self, *, once: bool = False) -> Organization:
        """Balance, limits and today's use. Costs nothing. With `once`, it is not repeated."""

    def limits(self, model: str) -> Limits | None:
        """What the account allowed for a model when it was last read; None if that is not known.
        Asks nobody."""

    def charges(self, start: date, before: date) -> Charges | None:
        """What was booked from `start` to the day before `before`; None where it does not tell."""

    def no_credits(self) -> OutOfCredits:
        """What to say when the balance does not cover a request."""

    def close(self) -> None: ...
