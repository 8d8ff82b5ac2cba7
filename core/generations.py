"""The nouns: what a person asks for, what becomes of it, and what it leaves behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeGuard

from typing_extensions import TypedDict

from core.files import Output

FIRST_PROVIDER = "runway"  # the provider of everything that does not name one
STORED_DURATION = "duration"
"""The only setting known by name: the history sorts by it, even if a row's model has left the
catalogue. The catalogue promises that every model calls its length this."""


class Shot(TypedDict):
    """One of several shots in a clip. Duration in whole seconds."""

    prompt: str
    duration: int


Value = bool | int | float | str | list[str] | list[Shot]
"""A setting of a request, as on the wire."""


def is_shots(value: object) -> TypeGuard[list[Shot]]:
    return isinstance(value, list) and all(
        isinstance(shot, dict)
        and shot.keys() == {"prompt", "duration"}
        and isinstance(shot["prompt"], str)
        and type(shot["duration"]) is int
        for shot in value
    )


class Status(StrEnum):
    """The state of a generation. The values are stored, so they never change."""

    QUEUED = "queued"
    """Recorded, not sent: waiting its turn, or held for a reason."""
    SUBMITTING = "submitting"
    """With the submitter; the answer has not been read yet."""
    PENDING = "pending"
    THROTTLED = "throttled"
    RUNNING = "running"
    DOWNLOADING = "downloading"
    """Succeeded at its provider; its output is not yet safe on our disk."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"
    """Sent, without a usable answer: it may have been billed, and a person must decide."""

    @property
    def is_final(self) -> bool:
        return self in FINAL

    @property
    def is_at_provider(self) -> bool:
        return self in AT_PROVIDER


class Review(StrEnum):
    """What a team thinks of a generation. The values are stored, so they never change."""

    NONE = "none"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    TO_EDIT = "to_edit"


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED})
BEFORE_PROVIDER = frozenset({Status.QUEUED, Status.SUBMITTING})
AT_PROVIDER = frozenset({Status.PENDING, Status.THROTTLED, Status.RUNNING})
OPEN = tuple(status for status in Status if status not in FINAL)


def key_hash(idempotency_key: str) -> str:
    """The part of an idempotency key that is in the names of its files."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Input:
    """A file that a request starts from: one of our uploads by its SHA-256, or an HTTPS URL.

    `medium` is image, video or audio (empty: image). `settings` are its own, such as its tag.
    """

    role: str
    sha256: str = ""
    url: str = ""
    medium: str = ""
    settings: Mapping[str, Value] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        shown = asdict(self)
        return {k: v for k, v in shown.items() if v or k in ("role", "sha256", "url")}


@dataclass(frozen=True)
class Request:
    """Everything needed to make a clip again at any time: no link that dies, no moving default."""

    endpoint: str
    model: str
    prompt: str = ""
    params: Mapping[str, Value] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()

    def to_json(self) -> str:
        """Readable text; equal requests always give the same text."""
        inputs = [item.to_dict() for item in self.inputs]
        shown = vars(self) | {"params": dict(self.params), "inputs": inputs}
        return json.dumps(shown, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Request:
        data = json.loads(text)
        data["inputs"] = tuple(Input(**item) for item in data["inputs"])
        return cls(**data)

    @property
    def fingerprint(self) -> str:
        """The same for two requests that ask for exactly the same clip."""
        return hashlib.sha256(self.to_json().encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def shots(self) -> list[Shot]:
        lists = (value for value in self.params.values() if is_shots(value))
        return [shot for shots in lists for shot in shots]

    @property
    def words(self) -> str:
        """Everything written for it: the prompt, and each shot's prompt, on lines of their own."""
        return "\n".join(filter(None, (self.prompt, *(shot["prompt"] for shot in self.shots))))

    @property
    def length(self) -> float:
        """Seconds requested, for all shots together; 0 if left open."""
        shots = sum(shot["duration"] for shot in self.shots)
        duration = self.params.get(STORED_DURATION, shots)
        return float(duration) if isinstance(duration, (int, float)) else 0.0

    @property
    def seconds(self) -> int:
        return round(self.length)

    def input(self, role: str) -> Input | None:
        return next((item for item in self.inputs if item.role == role), None)

    def all_inputs(self, role: str) -> tuple[Input, ...]:
        return tuple(item for item in self.inputs if item.role == role)


@dataclass(frozen=True)
class Event:
    at: datetime
    status: Status
    detail: str


@dataclass(frozen=True)
class Generation:
    """One row of the history.

    Credits are whole; None means that nobody has told them. `author` is empty if they told no name.
    `stars` is the mean of `raters` people, in hundredths, and `guest_stars` that of guests. After
    `emptied_at` only its cost is kept. `batch_place` counts from 1: a retry has the place of the
    failure. `held_at` keeps it in the queue; of its author's, the latest `first_at` goes first, and
    with `before_all` of everybody's.
    """

    id: int
    idempotency_key: str
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
    author: str = ""
    project_id: int | None = None
    review: Review = Review.NONE
    stars: int | None = None
    raters: int = 0
    guest_stars: int | None = None
    guest_raters: int = 0
    trashed_at: datetime | None = None
    trashed_by: str = ""
    emptied_at: datetime | None = None
    batch_id: str | None = None
    batch_place: int | None = None
    held_at: datetime | None = None
    first_at: datetime | None = None
    before_all: bool = False
    provider: str = FIRST_PROVIDER

    @property
    def model(self) -> str:
        return self.request.model

    @property
    def is_in_trash(self) -> bool:
        return self.trashed_at is not None

    @property
    def file_stem(self) -> str:
        """The start of its files' names; another history's in the same folder differ."""
        return f"{self.id:08d}-{key_hash(self.idempotency_key)}"

    @property
    def credits(self) -> int | None:
        """The best figure known: the provider's final one, else its maximum, else our quote."""
        figures = (self.credits_charged, self.credits_estimated, self.credits_quoted)
        return next((one for one in figures if one is not None), None)

    @property
    def main(self) -> Output | None:
        """The output that stands for it: the first that can be seen, else the first."""
        seen = (output for output in self.outputs if output.poster)
        return next(seen, next(iter(self.outputs), None))
