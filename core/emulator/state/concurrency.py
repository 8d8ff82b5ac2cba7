"""The slots of a model: when a waiting task gets one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.emulator.state.conditions import Rules, Tempo
from core.emulator.state.tasks import Task


def admission(task: Task, rivals: Sequence[Task], rules: Rules, now: datetime) -> datetime | None:
    if rules.concurrency is None:
        return task.created
    # First come, first served: never before a task that was admitted earlier.
    floor = max([task.created, *(rival.admitted for rival in rivals if rival.admitted)])
    ends = [_released(rival, rival.admitted, rules.pace) for rival in rivals if rival.admitted]
    later = [end for end in ends if not end or end > floor]
    for moment in sorted({floor, now, *(end for end in later if end and end <= now)}):
        if sum(not end or end > moment for end in later) < rules.concurrency:
            return moment
    return None


def _released(task: Task, admitted: datetime, pace: Tempo) -> datetime | None:
    if due := pace.of(task.id).due(admitted):
        return min(due, task.ended or due)
    return task.ended
