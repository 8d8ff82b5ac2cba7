"""Reads what KIE's answers hold: a new task, a task's record, the balance, an uploaded file.

Tolerant where KIE's own pages contradict each other: names in either spelling, codes as numbers,
texts or nothing. A state that is not known is shown, and asked for again.
"""

from __future__ import annotations

import math
import re
from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import NotFound, UnreadableAnswer
from core.kie import failure_texts
from core.providers import tasks
from core.providers.tasks import Created, Task, cut

TASK_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
STATES = {
    "wait": tasks.PENDING,
    "queueing": tasks.PENDING,
    "generating": tasks.RUNNING,
    "success": tasks.SUCCEEDED,
    "fail": tasks.FAILED,
}
DONE, FAILED = 1, (2, 3)
"""Flags of Aleph's records; with 0 it has failed too, where there is an error."""


class _Held(BaseModel):
    """`null` in place of a text or a number is read as missing."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Taken(_Held):
    task_id: str = Field(alias="taskId", pattern=f"^{TASK_ID.pattern}$")


class _Video(_Held):
    url: str | None = Field(
        None, validation_alias=AliasChoices("videoUrl", "video_url", "resultVideoUrl"), repr=False
    )


class _Record(_Held):
    state: str
    video: _Video | None = Field(None, validation_alias=AliasChoices("videoInfo", "video_info"))
    failure: str | None = Field(None, alias="failMsg")
    is_expired: bool | None = Field(None, alias="expireFlag")


class _AlephRecord(_Held):
    flag: int = Field(alias="successFlag")
    video: _Video | None = Field(None, alias="response")
    code: str = Field("0", alias="errorCode")
    failure: str | None = Field(None, alias="errorMessage")

    @field_validator("code", mode="before")
    @classmethod
    def _as_text(cls, code: Any) -> str:
        return str(code or "0")

    @property
    def state(self) -> str:
        if self.flag == DONE:
            return "success"
        has_failed = self.flag in FAILED or self.code != "0" or self.failure
        return "fail" if has_failed else "generating"


class _File(_Held):
    address: str = Field(validation_alias=AliasChoices("downloadUrl", "fileUrl"), repr=False)


HeldT = TypeVar("HeldT", bound=_Held)


def created(data: Any) -> Created:
    return Created(id=_read(_Taken, data).task_id)


def task(task_id: str, data: Any) -> Task:
    """Raises NotFound once KIE has deleted what was made, as nothing there leads to it any more."""
    found = _read(_Record, data)
    if found.is_expired:
        raise NotFound("KIE keeps a clip for 14 days, and has deleted this one.")
    return _task(task_id, found.state, found.video, found.failure)


def aleph_task(task_id: str, data: Any) -> Task:
    found = _read(_AlephRecord, data)
    return _task(task_id, found.state, found.video, found.failure)


def balance(data: Any) -> int:
    """Whole credits, rounded down."""
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        raise _unreadable()
    return math.floor(data)


def file_address(data: Any) -> str:
    return _read(_File, data).address


def _task(task_id: str, state: str, video: _Video | None, failure: str | None) -> Task:
    has_failed = STATES.get(state) == tasks.FAILED
    said = cut(failure or "") if has_failed else ""
    return Task(
        id=task_id,
        status=STATES.get(state, cut(state)),
        outputs=(video.url,) if video and video.url and not has_failed else (),
        failure=said,
        failure_code=failure_texts.code_of(said) if has_failed else "",
    )


def _read(kind: type[HeldT], data: Any) -> HeldT:
    try:
        return kind.model_validate(data)
    except ValidationError:
        raise _unreadable() from None  # its text would repeat addresses


def _unreadable() -> UnreadableAnswer:
    return UnreadableAnswer("KIE's answer came incomplete.", "It is tried again.")
