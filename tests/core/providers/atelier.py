"""A provider that there is not, with a wire of its own: it proves that the seam holds for others
than the first. It cannot cancel, counts no generations and tells no charges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any, BinaryIO

import requests

from core.catalog.model import Model
from core.errors import (
    NotCancellable,
    NotFound,
    OutOfCredits,
    ProviderError,
    Refused,
    UnreadableAnswer,
)
from core.generations import Request
from core.outbound import failures
from core.outbound.downloads import Download
from core.outbound.fetching import Fetching
from core.providers import tasks
from core.providers.create_call import Call
from core.providers.receipts import Receipt
from core.providers.tasks import Created, Limits, Organization, Task

STATES = {"drying": tasks.RUNNING, "framed": tasks.SUCCEEDED, "torn": tasks.FAILED}
CODES = {"indecent": "SAFETY.INPUT.TEXT", "spilt": "INTERNAL"}
ERRORS: dict[str, type[ProviderError]] = {"poor": OutOfCredits, "ugly": Refused, "lost": NotFound}


class Atelier:
    name, title = "atelier", "Atelier"
    upload_life = timedelta(hours=1)

    def __init__(self, address: str, key: str) -> None:
        self.address, self.key = address, key
        self._fetching = Fetching(self.title, local=True)

    def create(self, model: Model, request: Request, addresses: Sequence[str]) -> Call:
        body = {"brush": model.id, "words": request.prompt, "after": list(addresses)}
        return Call(f"{self.address}/easel", {"X-Key": "{key}"}, body, ("sheet",))

    def created(self, receipt: Receipt) -> Created:
        return Created(id=_read(receipt.body)["sheet"])

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        return str(self._ask("POST", "/sketches", content.read())["at"])

    def task(self, task_id: str) -> Task:
        told = self._ask("GET", f"/easel/{task_id}")
        return Task(
            id=task_id,
            status=STATES.get(told["is"], told["is"]),
            outputs=tuple(told.get("hangs", ())),
            failure_code=CODES.get(told.get("why", ""), ""),
            credits_charged=told.get("coins"),
        )

    def is_task_id(self, text: str) -> bool:
        return text.startswith("sheet-")

    def delete(self, task_id: str) -> None:
        raise NotCancellable("Atelier")

    def download(
        self, url: str, start: int = 0, etag: str = ""
    ) -> AbstractContextManager[Download]:
        return self._fetching.download(url, start, etag)

    def organization(self, *, once: bool = False) -> Organization:
        return Organization(credit_balance=self._ask("GET", "/purse")["coins"])

    def limits(self, model: str) -> Limits | None:
        return Limits(concurrent=2)

    def charges(self, start: date, before: date) -> None:
        return None

    def no_credits(self) -> OutOfCredits:
        return OutOfCredits("The purse is empty.")

    def close(self) -> None:
        self._fetching.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        with failures.of_calls_to(self.title):
            headers = {"X-Key": self.key}
            url = self.address + path
            return _read(requests.request(method, url, data=body, headers=headers, timeout=5).text)


def _read(body: str) -> Any:
    """It always answers with a 200: what went wrong stands in the body."""
    try:
        told = json.loads(body)
    except ValueError:
        raise UnreadableAnswer("Nobody can read what Atelier says.") from None
    if "no" in told:
        raise ERRORS[told["no"]](f"Atelier says that it is {told['no']}.")
    return told
