"""A task: what was requested, its state, how it looks on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.emulator.render_job import Job


class Status(StrEnum):
    PENDING = "PENDING"
    THROTTLED = "THROTTLED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: Status
    failure: str = ""
    failure_code: str | None = None

    def cost(self, charged: int, final: int, was: Status) -> int:
        """What stays charged under Runway's refund rules. `final` is the price of the output."""
        if self.status is Status.SUCCEEDED:
            return final
        if self.status is Status.CANCELLED:
            return charged if was is Status.RUNNING else 0
        return charged if (self.failure_code or "").startswith("SAFETY.INPUT.") else 0


class Task(BaseModel):
    """A task as the emulator keeps it. `looks` counts the GETs since it was admitted."""

    id: str
    endpoint: str
    model: str
    request: dict[str, Any]
    fingerprint: str
    created: datetime
    estimate: int
    final: int
    charged: int
    job: Job
    forced_outcome: Outcome | None = None
    status: Status = Status.PENDING
    admitted: datetime | None = None
    progress: float = 0
    looks: int = 0
    polls: list[datetime] = []
    ended: datetime | None = None
    failure: str = ""
    failure_code: str | None = None
    deleted: bool = False

    @property
    def is_open(self) -> bool:
        return self.ended is None

    def wire(self, outputs: Sequence[str]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": self.id,
            "status": str(self.status),
            "createdAt": wire_time(self.created),
        }
        if self.is_open:
            answer["estimatedCost"] = {"credits": self.estimate}
        else:
            answer["cost"] = {"credits": self.charged}
        if self.status is Status.RUNNING:
            answer["progress"] = self.progress
        if self.status is Status.SUCCEEDED:
            answer["output"] = list(outputs)
        if self.status is Status.FAILED:
            answer |= {"failure": self.failure, "failureCode": self.failure_code}
        return answer


def wire_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
