"""The nouns: what a person asks for, what becomes of it, and what it leaves behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Value = str | int | float | bool
"""One setting of a request, as it goes over the wire."""


class Status(StrEnum):
    """Where a generation stands. The words are stored, so they never change."""

    QUEUED = "queued"
    """Written down, not sent: waiting for its turn, or held with a reason."""
    SUBMITTING = "submitting"
    """With the submitter; the answer is not read yet."""
    PENDING = "pending"
    THROTTLED = "throttled"
    RUNNING = "running"
    DOWNLOADING = "downloading"
    """Succeeded at Runway; its output is not yet safe on our disk."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"
    """Sent, but no usable answer: it may have been billed, and only a person can tell."""

    @property
    def is_final(self) -> bool:
        """True when the program itself will not change it any more."""
        return self in FINAL

    @property
    def is_at_runway(self) -> bool:
        """True while a task with a known id is worked on at Runway."""
        return self in AT_RUNWAY


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED})
AT_RUNWAY = frozenset({Status.PENDING, Status.THROTTLED, Status.RUNNING})
OPEN = tuple(status for status in Status if status not in FINAL)


@dataclass(frozen=True)
class Input:
    """A picture a request starts from: one of our uploads by its SHA-256, or an HTTPS address."""

    role: str
    sha256: str = ""
    url: str = ""


@dataclass(frozen=True)
class Request:
    """All that is needed to make a clip again, for ever: no link that dies, no moving default."""

    endpoint: str
    model: str
    prompt: str = ""
    params: Mapping[str, Value] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()

    def to_json(self) -> str:
        """The request as text that a person can read; the same request is always the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The request that `to_json` wrote."""
        data = json.loads(text)
        data["inputs"] = tuple(Input(**item) for item in data["inputs"])
        return cls(**data)

    @property
    def fingerprint(self) -> str:
        """The same for two requests that ask for exactly the same clip."""
        return hashlib.sha256(self.to_json().encode("utf-8", "surrogatepass")).hexdigest()

    def input(self, role: str) -> Input | None:
        """The input that plays `role`, if there is one."""
        return next((item for item in self.inputs if item.role == role), None)


@dataclass(frozen=True)
class Upload:
    """A picture kept on our disk under its SHA-256; `name` is what its owner called it."""

    sha256: str
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    created_at: datetime


@dataclass(frozen=True)
class Output:
    """A clip on our disk, measured from the file itself. Duration in seconds."""

    position: int
    file: str
    media_type: str
    bytes: int
    sha256: str
    width: int
    height: int
    duration: float
    frame_rate: float
    poster: str


@dataclass(frozen=True)
class Event:
    """A moment in the life of a generation, for its timeline."""

    at: datetime
    status: Status
    detail: str


@dataclass(frozen=True)
class Generation:
    """One row of the history. Credits are whole; None means that nobody has said."""

    id: int
    intent_key: str
    status: Status
    request: Request
    demo: bool
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    finished_at: datetime | None = None
    polled_at: datetime | None = None
    retry_at: datetime | None = None
    attempts: int = 0
    task_id: str | None = None
    remote_status: str = ""
    progress: float | None = None
    credits_quoted: int | None = None
    credits_estimated: int | None = None
    credits_charged: int | None = None
    failure_code: str = ""
    reason: str = ""
    cancel_requested: bool = False
    favourite: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()

    @property
    def credits(self) -> int | None:
        """The best figure there is: Runway's final one, else its maximum, else our quote."""
        for figure in (self.credits_charged, self.credits_estimated, self.credits_quoted):
            if figure is not None:
                return figure
        return None

    @property
    def video(self) -> Output | None:
        """The first output, if it is already on our disk."""
        return self.outputs[0] if self.outputs else None
