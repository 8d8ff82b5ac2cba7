"""Runway's own wire, for programs that use its SDK: the same calls, with history and caps behind.

A program only changes its base URL and its key: it gets a token for that.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.api import files, ordering, problems, wording
from core.api.callers import Caller, caller_of, maker_of
from core.api.json_bodies import json_object
from core.api.ordering import Terms
from core.api.problems import Refused
from core.api.runway import runway_account, runway_uploads
from core.api.runway.fleeting import Fleeting
from core.domain.people import Role
from core.errors import DailiesError, UnknownGeneration
from core.generations import FIRST_PROVIDER, Generation, Status

TASK = re.compile(r"00000000-0000-4000-8000-([0-9a-f]{12})")
"""Our numbers in the form of Runway's task ids, which programs may check."""
TEN_MINUTES = 600.0
ATTEMPT = "x-stainless-retry-count"
"""By which the SDK tells that it sends a call again."""
NO_TASK = "Could not find Task"
FOR_GOOD = {409: {"x-should-retry": "false"}}
"""The SDK takes a 409 for a lock, and would send the call again."""


def build() -> Starlette:
    wire = Wire()
    return Starlette(
        routes=[
            Route("/v1/tasks/{task}", wire.task, methods=["GET"]),
            Route("/v1/tasks/{task}", wire.cancel, methods=["DELETE"]),
            Route("/v1/uploads", runway_uploads.begin, methods=["POST"]),
            Route("/v1/organization", runway_account.organization, methods=["GET"]),
            Route("/v1/organization/usage", runway_account.usage, methods=["POST"]),
            Route("/v1/{endpoint}", wire.create, methods=["POST"]),
            Route(
                f"{runway_uploads.RECEIVER}/{{ticket}}", runway_uploads.receive, methods=["POST"]
            ),
        ],
        exception_handlers={
            Refused: _refused,
            DailiesError: _expected,
            HTTPException: _http,
        },
    )


class Wire:
    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._orders: Fleeting[str] = Fleeting(TEN_MINUTES, ticks)

    async def create(self, request: Request) -> Response:
        body = await json_object(request)
        return await run_in_threadpool(self._create, request, body)

    def _create(self, request: Request, body: Mapping[str, Any]) -> Response:
        caller, endpoint = maker_of(request), request.path_params["endpoint"]
        if endpoint not in caller.studio.catalog.endpoints:
            raise Refused(404, "There is no such endpoint.")
        asked = ordering.read(
            caller.studio,
            _with_own_tasks(caller, body),
            endpoint=endpoint,
            defaults=False,
            find_upload=partial(runway_uploads.find, caller.person),
        )
        order = f"{caller.name}\n{asked.fingerprint}"
        again = request.headers.get(ATTEMPT, "0") != "0" and self._orders.get(order)
        terms = Terms(
            request.headers.get("idempotency-key", "") or again or secrets.token_hex(16),
            allow_unknown_price=True,
        )
        self._orders.put(order, terms.idempotency_key)
        made, _ = ordering.place(caller, asked, terms)
        return JSONResponse({"id": task_id(made.id), "estimatedCost": _cost(caller, made)})

    async def task(self, request: Request) -> Response:
        return JSONResponse(_task(request, caller_of(request), await _found(request)))

    async def cancel(self, request: Request) -> Response:
        """Cancel what is open. What has ended stays in the history."""
        found = await _found(request)
        await run_in_threadpool(_cancel, caller_of(request), found)
        return Response(status_code=204)


def task_id(generation_id: int) -> str:
    return f"00000000-0000-4000-8000-{generation_id:012x}"


async def _found(request: Request) -> Generation:
    number = TASK.fullmatch(request.path_params["task"])
    if number is None:
        raise Refused(404, NO_TASK)
    try:
        return await caller_of(request).look_up(int(number[1], 16))
    except UnknownGeneration:
        raise Refused(404, NO_TASK) from None


def _task(request: Request, caller: Caller, found: Generation) -> dict[str, Any]:
    status = wording.WORDS[found.status]
    answer: dict[str, Any] = {
        "id": task_id(found.id),
        "status": status,
        "createdAt": _moment(found.created_at),
        ("cost" if found.status.is_final else "estimatedCost"): _cost(caller, found),
    }
    if status == "RUNNING":
        answer["progress"] = min(1.0, found.progress or 0.0)
    if found.status is Status.SUCCEEDED:
        answer["output"] = [files.address(request, found, one) for one in found.outputs]
    if status == "FAILED":
        answer["failure"] = wording.failure(found, caller.who_makes(found))
        answer["failureCode"] = wording.failure_code(found)
    return answer


def _cancel(caller: Caller, found: Generation) -> None:
    caller.must_be(Role.MAKER)
    if not found.status.is_final:
        caller.studio.generations.cancel(found.id)


def _with_own_tasks(caller: Caller, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with Runway's ids of tasks in place of ours: a draft to go on from."""

    def turned(value: Any) -> Any:
        number = TASK.fullmatch(value) if isinstance(value, str) else None
        if number is None:
            return value
        found = caller.studio.generations.get(int(number[1], 16))
        return found.task_id or value

    return {name: turned(value) for name, value in body.items()}


def _cost(caller: Caller, found: Generation) -> dict[str, int]:
    """In Runway's credits, also of what another provider makes: a program adds them up."""
    suppliers, credits = caller.studio.catalog.suppliers, found.credits or 0
    return {"credits": suppliers.converted(credits, found.provider, FIRST_PROVIDER) or 0}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def refuse(status: int, said: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": said}, status, headers)


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    issues = [
        {"code": "custom", "path": [problem.field], "message": problem.message}
        for problem in error.problems
    ]
    told: dict[str, Any] = {"error": error.detail} | ({"issues": issues} if issues else {})
    return JSONResponse(told, error.status, error.headers | FOR_GOOD.get(error.status, {}))


def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, DailiesError)
    return _refused(request, problems.from_error(error))


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(error.status_code, error.detail, error.headers)
