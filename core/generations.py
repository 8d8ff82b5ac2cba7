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

from core.media_types import PLAYED


class Shot(TypedDict):
    """One shot of several in a clip. Duration in whole seconds."""

    prompt: str
    duration: int


Value = bool | int | float | str | list[str] | list[Shot]
"""One setting of a request, as it goes over the wire."""


def is_shots(value: object) -> TypeGuard[list[Shot]]:
    """True for a list of prompts with their whole seconds."""
    return isinstance(value, list) and all(
        isinstance(shot, dict)
        and shot.keys() == {"prompt", "duration"}
        and isinstance(shot["prompt"], str)
        and type(shot["duration"]) is int
        for shot in value
    )


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


def key_hash(idempotency_key: str) -> str:
    """What of an intent stands in the names of its files."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Input:
    """A file a request starts from: one of our uploads by its SHA-256, or an HTTPS address.

    `medium` is image, video or audio; empty means image. `settings` belong to this file alone,
    such as its tag or the moment that it stands for.
    """

    role: str
    sha256: str = ""
    url: str = ""
    medium: str = ""
    settings: Mapping[str, Value] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored: what is empty is left out beyond the first three."""
        shown = asdict(self)
        return {k: v for k, v in shown.items() if v or k in ("role", "sha256", "url")}


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
        shown = asdict(self) | {"inputs": [item.to_dict() for item in self.inputs]}
        return json.dumps(shown, ensure_ascii=False, sort_keys=True)

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

    @property
    def shots(self) -> list[Shot]:
        """The shots that the clip is divided into, in their order; none where it is not."""
        lists = (value for value in self.params.values() if is_shots(value))
        return [shot for shots in lists for shot in shots]

    @property
    def words(self) -> str:
        """All that a person wrote to have it made: the prompt, and each shot's, a line each."""
        return "\n".join(filter(None, (self.prompt, *(shot["prompt"] for shot in self.shots))))

    @property
    def length(self) -> float:
        """Seconds that were asked for, of all shots together; 0 where that was left open."""
        duration = self.params.get("duration", sum(shot["duration"] for shot in self.shots))
        return float(duration) if isinstance(duration, (int, float)) else 0.0

    @property
    def seconds(self) -> int:
        """The length in whole seconds, which lists are sorted by."""
        return round(self.length)

    def input(self, role: str) -> Input | None:
        """The first input that plays `role`, if there is one."""
        return next((item for item in self.inputs if item.role == role), None)

    def all_inputs(self, role: str) -> tuple[Input, ...]:
        """Every input that plays `role`, in their order."""
        return tuple(item for item in self.inputs if item.role == role)


PLAYED_VIDEO = frozenset({"video/mp4", "video/webm", "video/quicktime"})


@dataclass(frozen=True)
class Upload:
    """A picture, video or sound kept on our disk under its SHA-256.

    `name` is what its owner called it. Size in pixels, 0 for a sound; duration in seconds and
    frames a second, 0 for a picture.
    """

    sha256: str
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    created_at: datetime
    duration: float = 0.0
    frame_rate: float = 0.0
    codec: str = ""

    @property
    def medium(self) -> str:
        """image, video or audio."""
        return self.media_type.partition("/")[0]

    @property
    def is_played(self) -> bool:
        """True for a video that every browser plays."""
        return self.media_type in PLAYED_VIDEO and self.codec in PLAYED


MAX_SHOWN_PIXELS = 40_000_000
"""A browser takes four bytes for each."""


@dataclass(frozen=True)
class Output:
    """A file that was made, on our disk, measured from the file itself.

    Size in pixels, 0 for a sound; duration in seconds and frames a second, 0 for a picture.
    `poster` is empty where there is nothing to see. `depth` in bits a colour; `frames` counts those
    of an archive, whose `codec` is their kind; `note` says what is odd about the file.
    """

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
    codec: str = ""
    depth: int = 0
    frames: int = 0
    note: str = ""

    @property
    def medium(self) -> str:
        """image, video or audio; application for an archive of frames and for what nobody knows."""
        return self.media_type.partition("/")[0]

    @property
    def is_played(self) -> bool:
        """True when every browser shows it itself. Of older clips nobody has noted the codec: they
        are all H.264."""
        if self.medium == "video":
            known = self.codec in PLAYED and not (self.codec == "h264" and self.depth > 8)
            return self.media_type in PLAYED_VIDEO and (known or not self.codec)
        if self.medium == "image":
            shown = self.media_type != "image/heic" and self.note == ""
            return shown and self.width * self.height <= MAX_SHOWN_PIXELS
        return self.medium == "audio"


@dataclass(frozen=True)
class Event:
    """A moment in the life of a generation, for its timeline."""

    at: datetime
    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """Of an open generation what says whether there is something to do; cheap to read often.

    `state` holds all else that a look may change. `since` is when it was sent, or written down.
    """

    id: int
    status: Status
    model: str
    cancel_requested: bool
    reason: str
    retry_at: datetime | None
    polled_at: datetime | None
    since: datetime
    state: tuple[object, ...]


@dataclass(frozen=True)
class Generation:
    """One row of the history. Credits are whole; None means that nobody has said."""

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

    @property
    def model(self) -> str:
        """The model's name on the wire."""
        return self.request.model

    @property
    def file_stem(self) -> str:
        """What its files are called; never as those of another history that had the same folder."""
        return f"{self.id:08d}-{key_hash(self.idempotency_key)}"

    @property
    def credits(self) -> int | None:
        """The best figure there is: Runway's final one, else its maximum, else our quote."""
        for figure in (self.credits_charged, self.credits_estimated, self.credits_quoted):
            if figure is not None:
                return figure
        return None

    @property
    def main(self) -> Output | None:
        """The output that stands for it: the first that can be seen, else the first."""
        seen = (output for output in self.outputs if output.poster)
        return next(seen, self.outputs[0] if self.outputs else None)
