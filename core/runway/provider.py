"""Runway as a provider: which call makes a task, and what its answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from core.catalog.model import Model
from core.errors import OutOfCredits
from core.generations import Request
from core.providers.create_call import Call
from core.providers.provider import Charges
from core.providers.receipts import Receipt
from core.runway import error_responses
from core.runway.client import TITLE, Client
from core.runway.responses import TASK_ID, Created, read
from core.settings import Settings

NAME = "runway"
UPLOAD_LIFE = timedelta(hours=20)
"""An upload lives 24 hours; one that is about to die is sent again."""
ESSENTIAL = ("id", "estimatedCost", "error")


class Runway(Client):
    """See `core.providers.provider.Provider`; the client does what goes over HTTP at once."""

    name, title = NAME, TITLE
    upload_life = UPLOAD_LIFE

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.address, self.key = settings.base_url, settings.api_key
        self._api_version = settings.api_version

    def create(self, model: Model, request: Request, addresses: Sequence[str]) -> Call:
        body = model.body(request, addresses)
        return call_to(self.address, request.endpoint, body, self._api_version)

    def created(self, receipt: Receipt) -> Created:
        return created(receipt)

    def charges(self, start: date, before: date) -> Charges:
        return self.usage(start, before).credits

    def is_task_id(self, text: str) -> bool:
        return TASK_ID.fullmatch(text) is not None

    def no_credits(self) -> OutOfCredits:
        return error_responses.no_credits()


def call_to(base_url: str, endpoint: str, body: Mapping[str, Any], api_version: str) -> Call:
    return Call(
        url=f"{base_url}/v1/{endpoint}",
        headers={"Authorization": "Bearer {key}", "X-Runway-Version": api_version},
        body=body,
        essential=ESSENTIAL,
    )


def created(receipt: Receipt) -> Created:
    """Raises the ProviderError that the answer stands for."""
    return read(Created, receipt.status, receipt.headers, receipt.body.encode())
