"""What Runway's SDK asks of the account: its balance and limits, and what was charged by day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.callers import caller_of
from core.api.json_bodies import json_object
from core.api.problems import Refused
from core.errors import Problem
from core.generations import FIRST_PROVIDER
from core.providers.account import USAGE_DAYS, Account, Usage
from core.providers.tasks import Organization

PATIENCE = 50
"""Tenths of a second that the account is waited for."""
USUAL_DAYS = timedelta(days=30)
LONGEST = timedelta(days=90)
Known = TypeVar("Known", Account, Usage)


async def organization(request: Request) -> Response:
    accounts = caller_of(request).studio.accounts
    found = await _once_known(
        partial(accounts.seen, FIRST_PROVIDER), lambda known: known.organization is not None
    )
    assert found.organization
    return JSONResponse(_organization(found.organization))


async def usage(request: Request) -> Response:
    """Net credits of each UTC day that has any, from `startDate` to before `beforeDate`."""
    studio, said = caller_of(request).studio, await json_object(request)
    start = _day(said, "startDate") or studio.today - USUAL_DAYS
    before = _day(said, "beforeDate") or start + USUAL_DAYS + timedelta(days=1)
    if not timedelta() < before - start <= LONGEST:
        raise _wrong("beforeDate", "It is 1 to 90 days after startDate.")
    if start <= studio.today - timedelta(days=USAGE_DAYS):
        raise _wrong("startDate", f"Dailies knows the last {USAGE_DAYS} days.")
    found = await _once_known(
        partial(studio.accounts.usage, FIRST_PROVIDER), lambda known: known.credits is not None
    )
    assert found.credits is not None
    return JSONResponse(_usage(found.credits, start, before))


async def _once_known(look: Callable[[], Known], is_known: Callable[[Known], bool]) -> Known:
    """Raises ProviderError with why it cannot be known, or Refused."""
    for _ in range(PATIENCE):
        found = await run_in_threadpool(look)
        if is_known(found):
            return found
        await asyncio.sleep(0.1)
    raise found.error or Refused(503, "Runway has not told of the account yet.")


def _day(said: Mapping[str, Any], name: str) -> date | None:
    """Raises Refused for what is no day."""
    if name not in said:
        return None
    try:
        return date.fromisoformat(said[name])
    except (TypeError, ValueError):
        raise _wrong(name, "Expected a date, YYYY-MM-DD.") from None


def _wrong(field: str, message: str) -> Refused:
    return Refused(400, message, problems=[Problem(field, message)])


def _usage(credits: Mapping[tuple[date, str], int], start: date, before: date) -> dict[str, Any]:
    charged = {key: sum_ for key, sum_ in sorted(credits.items()) if start <= key[0] < before}
    days = sorted({day for day, _ in charged})
    return {
        "results": [
            {
                "date": day.isoformat(),
                "usedCredits": [
                    {"model": model, "amount": amount}
                    for (on, model), amount in charged.items()
                    if on == day
                ],
            }
            for day in days
        ],
        "models": sorted({model for _, model in charged}),
    }


def _organization(found: Organization) -> dict[str, Any]:
    counted = found.usage or {}
    return {
        "creditBalance": found.credit_balance,
        "tier": {
            "maxMonthlyCreditSpend": found.monthly_spend or 0,
            "models": {
                name: {
                    "maxConcurrentGenerations": limits.concurrent,
                    "maxDailyGenerations": limits.daily,
                }
                for name, limits in found.limits.items()
            },
        },
        "usage": {
            "models": {name: {"dailyGenerations": used.today} for name, used in counted.items()}
        },
    }
