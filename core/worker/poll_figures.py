"""What the history keeps of one poll."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from core.catalog.suppliers import Supplier, Suppliers
from core.generations import Generation, Status
from core.providers.tasks import Task
from core.storage.rows import Changes


def news(figures: Changes, generation: Generation) -> Changes:
    """The figures that were not known yet. That it was polled is no news by itself: most polls tell
    nothing."""
    new = {name: v for name, v in figures.items() if v != getattr(generation, name)}
    return cast(Changes, new) if new.keys() - {"polled_at"} else {}


def told(task: Task, generation: Generation, suppliers: Suppliers, now: datetime) -> Changes:
    """The changes that a poll brings besides the status.

    A known estimate is never forgotten. A charge is only what this answer says, since a task that
    went back to work is not settled; where the provider tells no cost, it is our price once there
    is a clip. Progress is rounded to whole percent, as pages show it, so that smaller steps write
    no row.
    """
    estimated = task.credits_estimated
    return {
        "remote_status": task.status,
        "polled_at": now,
        "progress": task.progress if task.progress is None else round(task.progress, 2),
        "credits_estimated": generation.credits_estimated if estimated is None else estimated,
        "credits_charged": _charged(task, generation, suppliers[generation.provider]),
        "failure_code": task.failure_code,
        "reason": task.failure,
    }


def _charged(task: Task, generation: Generation, supplier: Supplier) -> int | None:
    untold = task.credits_charged is None and not supplier.tells_cost
    if untold and task.stage is Status.DOWNLOADING:
        return generation.credits_quoted
    return task.credits_charged
