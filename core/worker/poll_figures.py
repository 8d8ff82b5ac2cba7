"""What one look at a task tells of it, as the history writes it down."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from core.generations import Generation
from core.providers.tasks import Task
from core.storage.rows import Changes


def news(figures: Changes, generation: Generation) -> Changes:
    """What a poll told that was not known yet. That it was polled is no news by itself: most polls
    tell nothing."""
    new = {name: v for name, v in figures.items() if v != getattr(generation, name)}
    return cast(Changes, new) if new.keys() - {"polled_at"} else {}


def told(task: Task, generation: Generation, now: datetime) -> Changes:
    """What a poll tells besides the status. A known estimate is never forgotten. A charge is only
    what this answer says, since a task that has gone back to work is not settled.

    Progress is in whole percent, as pages show it, so that no row is written for less.
    """
    estimated = task.credits_estimated
    return {
        "remote_status": task.status,
        "polled_at": now,
        "progress": task.progress if task.progress is None else round(task.progress, 2),
        "credits_estimated": generation.credits_estimated if estimated is None else estimated,
        "credits_charged": task.credits_charged,
        "failure_code": task.failure_code,
        "reason": task.failure,
    }
