"""Runway's own wire, for programs that use its SDK: the same calls, with history and caps behind.

A program only changes its base URL and its key: it gets a token for that. Files sent in the two
steps of Runway's uploads live for a day, as they do at Runway, and end with the server.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.api import files, ordering, problems, runway_account, wording
from core.api.callers import Caller, caller_of
from core.api.ordering import Terms
from core.api.problems import Refused
from core.errors import DailiesError, UnknownGeneration
from core.generations import Generation, Status
from core.people import Role
from core.serving import served

TASK = re.compile(r"00000000-0000-4000-8000-([0-9a-f]{12})")
"""Our numbers in the form of Runway's task ids, which programs may check."""
UPLOAD = "runway://"
DAY = 24 * 60 * 60.0
TEN_MINUTES = 600.0
MOST_KEPT = 10_000
ATTEMPT = "x-stainless-retry-count"
"""By which the SDK tells that it sends a call again."""
NO_TASK = "Could not find Task"


def build() -> Starlette:
    wire = Wire()
    return Starlette(
        routes=[
            Route("/v1/tasks/{task}", wire.task, methods=["GET"]),
            Route("/v1/tasks/{task}", wire.cancel, methods=["DELETE"]),
            Route("/v1/uploads", wire.upload, methods=["POST"]),
            Route("/v1/organization", runway_account.organization, methods=["GET"]),
            Route("/v1/organization/usage", wire.usage, methods=["POST"]),
            Route("/v1/{endpoint}", wire.create, methods=["POST"]),
            Route("/uploads/{ticket}", wire.receive, methods=["POST"]),
        ],
        exception_handlers={
            Refused: _refused,
            DailiesError: _expected,
            HTTPException: _http,
        },
    )


class Wire:
    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._uploads = _Kept(DAY, ticks)
        self._orders = _Kept(TEN_MINUTES, ticks)

    async def create(self, request: Request) -> Response:
        body = await _json(request)
        return await run_in_threadpool(self._create, request, body)

    def _create(self, request: Request, body: Mapping[str, Any]) -> Response:
        caller, endpoint = _maker(request), request.path_params["endpoint"]
        if endpoint not in caller.studio.catalog.endpoints:
            raise Refused(404, "There is no such endpoint.")
        asked = ordering.read(
            caller.studio,
            _with_own_tasks(caller, body),
            endpoint=endpoint,
            defaults=False,
            find_upload=lambda address: self._uploads.get(address.removeprefix(UPLOAD)) or "",
        )
        order = f"{caller.name}\n{asked.fingerprint}"
        again = request.headers.get(ATTEMPT, "0") != "0" and self._orders.get(order)
        terms = Terms(
            request.headers.get("idempotency-key", "") or again or secrets.token_hex(16),
            allow_unknown_price=True,
        )
        self._orders.put(order, terms.idempotency_key)
        made, _ = ordering.place(caller, asked, terms)
        return JSONResponse({"id": task_id(made.id), "estimatedCost": _credits(made)})

    async def task(self, request: Request) -> Response:
        return JSONResponse(_task(request, await _found(request)))

    async def cancel(self, request: Request) -> Response:
        """Cancel what is open. What has ended stays in the history."""
        found = await _found(request)
        await run_in_threadpool(_cancel, caller_of(request), found)
        return Response(status_code=204)

    async def upload(self, request: Request) -> Response:
        """The first step: where to send the file, and the address that it will have."""
        _maker(request)
        body = await _json(request)
        if not isinstance(body.get("filename"), str) or body.get("type") != "ephemeral":
            raise Refused(400, "Send a filename, and ephemeral as the type.")
        ticket = secrets.token_urlsafe(32)
        self._uploads.put(ticket, "")
        root = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
        told = {"uploadUrl": f"{root}/uploads/{ticket}", "runwayUri": UPLOAD + ticket}
        return JSONResponse(told | {"fields": {"key": ticket}})

    async def receive(self, request: Request) -> Response:
        """The second step, for who has the ticket."""
        ticket = request.path_params["ticket"]
        if self._uploads.get(ticket) != "":
            raise Refused(403, "This upload URL is not valid, or has been used.")
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Refused(400, "The form has no file.")
            kept, _ = await run_in_threadpool(
                served().uploads.add, file.filename or "a file", file.file
            )
        self._uploads.put(ticket, kept.sha256)
        return Response(status_code=204)

    async def usage(self, request: Request) -> Response:
        return await runway_account.usage(request, await _json(request))


class _Kept:
    """A few texts by their keys, each for so many seconds. Only in memory."""

    def __init__(self, seconds: float, ticks: Callable[[], float]) -> None:
        self._seconds = seconds
        self._ticks = ticks
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def put(self, key: str, text: str) -> None:
        self._known[key] = self._ticks(), text
        self._known.move_to_end(key)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)

    def get(self, key: str) -> str | None:
        since, text = self._known.get(key, (float("-inf"), ""))
        return text if self._ticks() - since < self._seconds else None


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


def _task(request: Request, found: Generation) -> dict[str, Any]:
    status = wording.WORDS[found.status]
    answer: dict[str, Any] = {
        "id": task_id(found.id),
        "status": status,
        "createdAt": _moment(found.created_at),
        ("cost" if found.status.is_final else "estimatedCost"): _credits(found),
    }
    if status == "RUNNING":
        answer["progress"] = min(1.0, found.progress or 0.0)
    if found.status is Status.SUCCEEDED:
        answer["output"] = [files.address(request, found, one) for one in found.outputs]
    if status == "FAILED":
        answer |= {"failure": wording.failure(found), "failureCode": wording.failure_code(found)}
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


def _maker(request: Request) -> Caller:
    caller = caller_of(request)
    caller.must_be(Role.MAKER)
    return caller


def _credits(found: Generation) -> dict[str, int]:
    return {"credits": found.credits or 0}


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The request body is not an object.")
    return body


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
    return JSONResponse(told, error.status, error.headers)


def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, DailiesError)
    return _refused(request, problems.from_error(error))


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(error.status_code, error.detail, error.headers)
