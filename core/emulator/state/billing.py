"""Credits: what a task costs, when credits moved, and what the organization is told about it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.emulator.checks.assets import Asset
from core.emulator.checks.issues import whole
from core.emulator.checks.validation import Order
from core.emulator.render_job import Job
from core.emulator.state import plans
from core.emulator.state.conditions import Rules
from core.emulator.state.records import Entry, Records
from core.emulator.state.tasks import Task

_UNPRICED = 10
"""Credits per second, or per picture, for a model whose price is unknown."""
_MONTHLY_SPEND = 50_000
_DAY = timedelta(days=1)


def price(order: Order, assets: Sequence[Asset], job: Job) -> tuple[int, int]:
    """Credits before, at most, and after it is made.

    They differ if the model chooses the length: Runway bills the longest first and refunds the rest
    (docs.dev.runwayml.com, pricing).
    """
    params = plans.settings(order)
    made = params | {"duration": whole(job.seconds)}
    most = params if plans.length_is_open(order) else made
    limit, final = (_quote(order, chosen, assets, job) for chosen in (most, made))
    return limit, min(limit, final)


def _quote(order: Order, params: Mapping[str, Any], assets: Sequence[Asset], job: Job) -> int:
    quote = order.model.quote(params, [asset.given for asset in assets])
    if quote is not None:
        return quote
    length = 1 if job.makes == "image" else order.model.duration(params) or job.seconds
    return math.ceil(length) * _UNPRICED * job.count


def book(records: Records, task: Task, amount: int, now: datetime) -> None:
    """Move credits: a charge is positive, a refund negative."""
    if amount:
        records.balance -= amount
        entry = Entry(at=now, model=task.model, task=task.id, amount=amount)
        records.entries.append(entry)


def daily(records: Records, model: str, now: datetime) -> int:
    tasks = records.tasks.values()
    return sum(task.model == model and task.created > now - _DAY for task in tasks)


def summary(records: Records, rules: Rules, models: Sequence[str], now: datetime) -> dict[str, Any]:
    limits = {
        "maxConcurrentGenerations": rules.concurrency,
        "maxDailyGenerations": rules.daily,
    }
    return {
        "creditBalance": records.balance,
        "tier": {
            "maxMonthlyCreditSpend": _MONTHLY_SPEND,
            "models": dict.fromkeys(models, limits),
        },
        "usage": {"models": {m: {"dailyGenerations": daily(records, m, now)} for m in models}},
    }


def usage(records: Records, start: date, before: date) -> dict[str, Any]:
    """Net credits by day and model: charges on that day less refunds on that day."""
    days: dict[date, Counter[str]] = {}
    for entry in records.entries:
        day = entry.at.astimezone(UTC).date()
        if start <= day < before:
            days.setdefault(day, Counter())[entry.model] += entry.amount
    results = [
        {
            "date": day.isoformat(),
            "usedCredits": [{"model": m, "amount": a} for m, a in sorted(used.items())],
        }
        for day, used in sorted(days.items())
    ]
    return {
        "models": sorted({model for used in days.values() for model in used}),
        "results": results,
    }
