"""A create call that was taken, and the task that it becomes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.emulator.checks import refusals
from core.emulator.checks.assets import Asset
from core.emulator.checks.validation import Order
from core.emulator.render_job import Job
from core.emulator.state import demo_words, plans
from core.emulator.state.tasks import Outcome, Status, Task


@dataclass(frozen=True)
class Arrival:
    """A create call that passed every check. `assets` are the inputs of its order."""

    order: Order
    assets: tuple[Asset, ...]
    request: dict[str, Any]
    fingerprint: str
    forced_outcome: Outcome | None

    def job(self, tasks: Mapping[str, Task]) -> Job:
        order = self.order
        if not order.draft:
            return plans.job(order, self.assets)
        draft = tasks.get(order.draft)
        if draft is None or draft.deleted or draft.status is not Status.SUCCEEDED:
            raise refusals.no_draft()
        return plans.finished(draft.job)

    def task(self, job: Job, most: int, final: int, now: datetime) -> Task:
        """It costs `most` credits at first, and `final` once it has succeeded."""
        return Task(
            id=str(uuid.uuid4()),
            endpoint=self.order.model.endpoint,
            model=self.order.model.id,
            request=self.request,
            fingerprint=self.fingerprint,
            created=now,
            estimate=most,
            final=final,
            charged=most,
            job=job,
            forced_outcome=self.forced_outcome or demo_words.forced_outcome(job.prompt),
        )
