"""The protocol of a provider: everything that Dailies asks of whoever makes clips.

A new one is a class that follows it in a package of its own, models in the catalogue that name it,
and a line in `core.known_providers`.
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
    """One account at one provider.

    Safe to use from many threads; close it when done. Each of these may raise ProviderError unless
    it says otherwise; the kind of error decides what is held back meanwhile
    (core.providers.breakers). No error's text holds a key or an address.
    """

    @property
    def name(self) -> str:
        """How rows and the catalogue call it; never changes."""

    @property
    def title(self) -> str:
        """How people call it."""

    @property
    def address(self) -> str:
        """Where its API is. An upload is known only at the address it was sent to."""

    @property
    def key(self) -> str:
        """For the process that makes the create call; never shown."""

    @property
    def upload_life(self) -> timedelta:
        """How long an uploaded file may be named in a request; less than it is kept there."""

    # -- making a task --------------------------------------------------------------------------

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        """Send a file. Returns the address by which a request names it."""

    def create(self, model: Model, request: Request, addresses: Sequence[str]) -> Call:
        """The call that makes the task of a request; sends nothing. `addresses` are those of the
        request's inputs, in the same order."""

    def created(self, receipt: Receipt) -> Created:
        """What an answered create call has made.

        Raises the ProviderError that the answer stands for. `core.providers.outcomes` says which
        errors prove that nothing was made, so that the call may be repeated: when in doubt, raise
        another one.
        """

    # -- following it ---------------------------------------------------------------------------

    def task(self, task_id: str) -> Task:
        """How it stands now; asked once, without a retry. Raises NotFound if it is not known
        there."""

    def is_task_id(self, text: str) -> bool:
        """Whether a person's text has the form of a task's id. Asks nobody."""

    def delete(self, task_id: str) -> None:
        """Cancel it, or delete it if it has ended; one already gone is no error.

        Raises NotCancellable where this provider cannot cancel: the task then goes on, and costs
        what it costs.
        """

    def download(
        self, url: str, start: int = 0, etag: str = ""
    ) -> AbstractContextManager[Download]:
        """Stream an output from byte `start`, without the key. Raises LinkExpired when a new URL is
        needed, otherwise DownloadError."""

    # -- the account ----------------------------------------------------------------------------

    def organization(self, *, once: bool = False) -> Organization:
        """Balance, limits and today's use. Costs nothing. With `once`, asked without a retry."""

    def limits(self, model: str) -> Limits | None:
        """What the account allowed for a model when it was last read; None if that is not known.
        Asks nobody."""

    def charges(self, start: date, before: date) -> Charges | None:
        """Those from `start` to the day before `before`; None where it does not tell them."""

    def no_credits(self) -> OutOfCredits:
        """The error for a balance that does not cover a request."""

    def close(self) -> None: ...
