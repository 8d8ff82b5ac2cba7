"""Everything of KIE's account that outlives a restart: credits, tasks, uploads."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from core.emulator.kie.orders import Aleph, Extend, Generate
from core.emulator.render_job import Job


class Task(BaseModel):
    id: str
    order: Generate | Aleph | Extend
    job: Job
    price: int
    made_at: datetime
    parent: str = ""
    looks: int = 0
    state: str = "wait"
    ended_at: datetime | None = None
    failure: str = ""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Records(BaseModel):
    balance: int
    tasks: dict[str, Task] = {}
    uploads: dict[str, datetime] = {}
