"""Runway's endpoints: what comes in over HTTP, and what goes out."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.catalog.catalog import Catalog
from core.emulator.api import request_bodies, signed_links
from core.emulator.api.fault_injection import FAULT
from core.emulator.api.faults import Do
from core.emulator.api.intake import Intake
from core.emulator.checks import refusals
from core.emulator.checks.refusals import Refusal
from core.emulator.checks.validation import read_order
from core.emulator.state.arrivals import Arrival
from core.emulator.state.organization import Organization
from core.emulator.state.records import Folder
from core.emulator.state.tasks import Task
from core.emulator.state.upload_tickets import LARGEST, SMALLEST, Uploads, address

VERSION = "2024-11-06"
_RENDER_PATIENCE = 25
_LONGEST_USAGE = timedelta(days=90)

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Runway:
    organization: Organization
    uploads: Uploads
    folder: Folder
    catalog: Catalog
    clock: Callable[[], datetime]
    keys: frozenset[str] | None

    def routes(self) -> list[Route]:
        endpoints = dict.fromkeys(model.endpoint for model in self.catalog)
        return [
            *(self._route(f"/v1/{name}", self.create, "POST") for name in endpoints),
            self._route("/v1/tasks/{id}", self.task, "GET"),
            self._route("/v1/tasks/{id}", self.delete, "DELETE"),
            self._route("/v1/uploads", self.upload, "POST"),
            self._route("/v1/organization", self.summary, "GET"),
            self._route("/v1/organization/usage", self.usage, "POST"),
            Route("/uploads/{ticket}", self.upload_file, methods=["POST"]),
            Route("/outputs/{id}/{name}", self.output, methods=["GET"]),
        ]

    def _route(self, path: str, handler: Handler, method: str) -> Route:
        async def guarded(request: Request) -> Response:
            self._check(request)
            return await handler(request)

        return Route(path, guarded, methods=[method])

    def _check(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        known = bool(key.strip()) if self.keys is None else key.strip() in self.keys
        if scheme.lower() != "bearer" or not known:
            raise refusals.no_key()
        version = request.headers.get("x-runway-version")
        if version != VERSION:
            raise refusals.no_version(version)

    # -- tasks ------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        body = await request_bodies.read_json(request)
        task = await run_in_threadpool(self._create, request.url.path, body, _fault(request))
        return JSONResponse({"id": task.id, "estimatedCost": {"credits": task.estimate}})

    def _create(self, path: str, body: object, do: Do | None) -> Task:
        text = json.dumps(body, sort_keys=True)
        fingerprint = hashlib.sha256(f"{path} {text}".encode()).hexdigest()
        with self.organization.lock:
            arrivals = self.organization.records.arrivals
            arrivals[fingerprint] = arrivals.get(fingerprint, 0) + 1
        order = read_order(self.catalog, path.rpartition("/")[2], body)
        assets = Intake(self.folder, self.uploads, do.head if do else None).assets(order)
        forced_outcome = do.outcome.outcome if do and do.outcome else None
        kept = request_bodies.without_data(body)
        arrival = Arrival(order, assets, kept, fingerprint, forced_outcome)
        return self.organization.create(arrival)

    async def task(self, request: Request) -> Response:
        task_id = request.path_params["id"]
        do = _fault(request)
        if do and do.outcome and (end := do.outcome.outcome):
            self.organization.end(task_id, end)
        waiting = await run_in_threadpool(self.organization.render_needed, task_id)
        if waiting:
            await asyncio.wait([asyncio.wrap_future(waiting)], timeout=_RENDER_PATIENCE)
        task = await run_in_threadpool(self.organization.look, task_id)
        answer = task.wire(self._links(request, task))
        if do and do.outcome and not do.outcome.outcome:
            answer["status"] = do.outcome.status
        return JSONResponse(answer)

    def _links(self, request: Request, task: Task) -> list[str]:
        secret, ttl = self.organization.records.secret, self.organization.rules.url_ttl
        names = [f"{task.id}/{name}" for name in task.job.names]
        tokens = [signed_links.token(secret, name, self.clock(), ttl) for name in names]
        pairs = zip(names, tokens, strict=True)
        return [f"{request.base_url}outputs/{name}?_jwt={token}" for name, token in pairs]

    async def delete(self, request: Request) -> Response:
        await run_in_threadpool(self.organization.delete, request.path_params["id"])
        return Response(status_code=204)

    async def output(self, request: Request) -> Response:
        task_id, name = request.path_params["id"], request.path_params["name"]
        secret = self.organization.records.secret
        sent = request.query_params.get("_jwt", "")
        if not signed_links.opens(secret, f"{task_id}/{name}", self.clock(), sent):
            raise Refusal(403, "This link has expired or is not valid.")
        task = self.organization.records.tasks.get(task_id)
        if task is None or task.deleted or name not in task.job.names:
            raise Refusal(404, "Not found")
        path = self.folder.clip(name)
        if not path.is_file():
            raise Refusal(404, "Not found")
        return FileResponse(path, media_type=task.job.media_type)

    # -- uploads ----------------------------------------------------------------------------------

    async def upload(self, request: Request) -> Response:
        upload = self.uploads.ticket(await request_bodies.read_json(request))
        return JSONResponse(
            {
                "uploadUrl": f"{request.base_url}uploads/{upload.ticket}",
                "fields": upload.fields,
                "runwayUri": address(upload),
            }
        )

    async def upload_file(self, request: Request) -> Response:
        """POST /uploads/{ticket}: a form whose last part is the file; anything after it is lost."""
        ticket = request.path_params["ticket"]
        if int(request.headers.get("content-length") or 0) > LARGEST + request_bodies.LIMIT:
            raise refusals.too_large()
        async with request.form() as form:
            parts = form.multi_items()
            last = next((i for i, (name, _) in enumerate(parts) if name == "file"), len(parts))
            fields = {name: value for name, value in parts[:last] if isinstance(value, str)}
            self.uploads.claim(ticket, fields)
            file = parts[last][1] if last < len(parts) else None
            if not isinstance(file, UploadFile):
                raise Refusal(400, "The form has no file.")
            if not SMALLEST <= (file.size or 0) <= LARGEST:
                raise Refusal(400, f"The file must have {SMALLEST} bytes to {LARGEST} bytes.")
            await run_in_threadpool(_write, file, self.uploads.place(ticket))
        self.uploads.arrived(ticket)
        return Response(status_code=204)

    # -- organization -----------------------------------------------------------------------------

    async def summary(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self.organization.summary))

    async def usage(self, request: Request) -> Response:
        body = await request_bodies.read_json(request)
        sent = body if isinstance(body, dict) else {}
        today = self.clock().astimezone(UTC).date()
        start = request_bodies.day(sent, "startDate") or today - timedelta(days=30)
        before = request_bodies.day(sent, "beforeDate") or start + timedelta(days=31)
        if not timedelta() < before - start <= _LONGEST_USAGE:
            raise Refusal(400, "beforeDate must be 1 to 90 days after startDate.")
        return JSONResponse(self.organization.usage(start, before))


def _fault(request: Request) -> Do | None:
    do: Do | None = request.scope.get(FAULT)
    return do


def _write(file: UploadFile, target: Path) -> None:
    with target.open("wb") as copy:
        shutil.copyfileobj(file.file, copy)
