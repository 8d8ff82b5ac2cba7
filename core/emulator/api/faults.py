"""Scripted faults: which fault affects which call. `fault_injection.py` applies them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from threading import Lock
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.emulator.state.tasks import Outcome, Status

Operation = Literal[
    "create", "task", "delete", "upload", "upload_file", "organization", "usage", "output"
]
HeadProblem = Literal[
    "unreachable", "redirect", "no type", "octet-stream", "wrong type", "no length", "too large"
]
_CALLS: tuple[tuple[str, re.Pattern[str], Operation], ...] = (
    ("POST", re.compile(r"/v1/uploads"), "upload"),
    ("POST", re.compile(r"/v1/organization/usage"), "usage"),
    ("POST", re.compile(r"/v1/\w+"), "create"),
    ("GET", re.compile(r"/v1/tasks/[^/]+"), "task"),
    ("DELETE", re.compile(r"/v1/tasks/[^/]+"), "delete"),
    ("POST", re.compile(r"/uploads/[^/]+"), "upload_file"),
    ("GET", re.compile(r"/v1/organization"), "organization"),
    ("GET", re.compile(r"/outputs/.+"), "output"),
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class End(_Strict):
    """How a task is to end. A status that Runway does not have is only shown."""

    status: str
    failure: str = "An unexpected error occurred."
    failureCode: str | None = None  # noqa: N815 - as on the wire

    @property
    def outcome(self) -> Outcome | None:
        if self.status in (Status.FAILED, Status.CANCELLED):
            failed = self.status == Status.FAILED
            return Outcome(
                status=Status(self.status),
                failure=self.failure if failed else "",
                failure_code=self.failureCode if failed else None,
            )
        return None


class Do(_Strict):
    """What goes wrong. With `after: accept` the call is carried out first; otherwise the answer
    replaces it.

    `endless`: a body without an end. `inflate`: a small body that unpacks to that many megabytes.
    `drip`: seconds between bytes. `head`: what Runway finds when it checks the HTTPS URLs of a
    create call, which it then refuses.
    """

    after: Literal["accept"] | None = None
    delay: float = 0
    hang: float = 0
    drop: bool = False
    cut_at: int | None = None
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = {}
    content_type: str | None = None
    content_length: int | None = None
    merge: dict[str, Any] = {}
    omit: tuple[str, ...] = ()
    outcome: End | None = None
    endless: bool = False
    inflate: int = Field(default=0, ge=0, le=1024)
    drip: float = Field(default=0, ge=0)
    head: HeadProblem | None = None

    @property
    def only_waits(self) -> bool:
        return self.model_copy(update={"delay": 0, "hang": 0}) == Do()

    @property
    def replaces(self) -> bool:
        answered = self.status is not None or self.body is not None or self.drop
        return answered and self.after is None


class Fault(_Strict):
    """One fault: for which calls, after how many, how often, how likely, and what it does.

    The ledger counts the calls that met a fault with a `name`.
    """

    name: str = ""
    on: Operation
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    chance: float = Field(default=1, ge=0, le=1)
    path: str = ""
    do: Do


class Script:
    """The faults to come, in order; a call meets the first that fits. Thread-safe."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = Lock()
        self.clear(seed)

    def clear(self, seed: int = 0) -> None:
        with self._lock:
            self._random = random.Random(seed)
            self._faults: list[Fault] = []
            self._calls: Counter[str] = Counter()
            self._met: Counter[str] = Counter()
            self._sent: Counter[str] = Counter()

    def add(self, faults: Sequence[Fault]) -> None:
        with self._lock:
            self._faults.extend(faults)

    @property
    def calls(self) -> dict[str, int]:
        with self._lock:
            return dict(self._calls)

    @property
    def met(self) -> dict[str, int]:
        with self._lock:
            return dict(self._met)

    @property
    def sent(self) -> dict[str, int]:
        with self._lock:
            return dict(self._sent)

    def count_sent(self, method: str, path: str, size: int) -> None:
        operation = _operation(method, path)
        if operation is not None:
            with self._lock:
                self._sent[operation] += size

    @property
    def waiting(self) -> int:
        with self._lock:
            return len(self._faults)

    def meet(self, method: str, path: str) -> Do | None:
        operation = _operation(method, path)
        if operation is None:
            return None
        with self._lock:
            self._calls[operation] += 1
            for index, fault in enumerate(self._faults):
                if fault.on == operation and fault.path in path:
                    if fault.skip:
                        self._faults[index] = fault.model_copy(update={"skip": fault.skip - 1})
                    elif self._random.random() < fault.chance:
                        self._use_up(index, fault)
                        if fault.name:
                            self._met[fault.name] += 1
                        return fault.do
            return None

    def _use_up(self, index: int, fault: Fault) -> None:
        if fault.times == 1:
            del self._faults[index]
        elif fault.times:
            self._faults[index] = fault.model_copy(update={"times": fault.times - 1})


def _operation(method: str, path: str) -> Operation | None:
    for verb, pattern, operation in _CALLS:
        if method == verb and pattern.fullmatch(path):
            return operation
    return None
