"""KIE's endpoints, and two of the emulator's own."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.emulator.api.listening import TRANSPORT
from core.emulator.kie import orders
from core.emulator.kie.account import Account
from core.emulator.kie.answers import Refusal, success
from core.emulator.kie.orders import Aleph, Extend, Generate, Order, OrderT
from core.emulator.kie.records import Task

Handler = Callable[[Request], Awaitable[Response]]
UNNAMED = "Give a taskId"


@dataclass(frozen=True)
class Kie:
    account: Account

    def routes(self) -> list[Route]:
        return [
            self._route("/api/v1/runway/generate", self._create(Generate), "POST"),
            self._route("/api/v1/runway/extend", self._create(Extend), "POST"),
            self._route("/api/v1/aleph/generate", self._create(Aleph), "POST"),
            self._route("/api/v1/runway/record-detail", self.detail, "GET"),
            self._route("/api/v1/aleph/record-info", self.info, "GET"),
            self._route("/api/v1/chat/credit", self.credit, "GET"),
            self._route("/api/file-stream-upload", self.stream_upload, "POST"),
            self._route("/api/file-base64-upload", self.base64_upload, "POST"),
            Route("/uploads/{name}", self.uploaded, methods=["GET"]),
            Route("/outputs/{id}.mp4", self.output, methods=["GET"]),
            Route("/emulator/ledger", self.ledger, methods=["GET"]),
            Route("/emulator/settings", self.settings, methods=["POST"]),
        ]

    def _route(self, path: str, handler: Handler, method: str) -> Route:
        async def guarded(request: Request) -> Response:
            scheme, _, key = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not key.strip():
                raise Refusal(401)
            return await handler(request)

        return Route(path, guarded, methods=[method])

    # -- tasks ------------------------------------------------------------------------------------

    def _create(self, kind: type[OrderT]) -> Handler:
        async def create(request: Request) -> Response:
            order = orders.read(kind, await _json(request))
            task = await run_in_threadpool(self.account.create, order)
            if self.account.loses_answer():
                transport: asyncio.Transport = request.scope[TRANSPORT]
                transport.abort()
            return success({"taskId": task.id})

        return create

    async def detail(self, request: Request) -> Response:
        task = await self._looked(request, Generate, Extend)
        order = task.order
        found: dict[str, Any] = {
            "taskId": task.id,
            "parentTaskId": task.parent,
            "generateParam": {
                "prompt": order.prompt,
                "imageUrl": order.source,
                "expandPrompt": False,
            },
            "state": task.state,
            "generateTime": f"{task.ended_at:%Y-%m-%d %H:%M:%S}" if task.ended_at else "",
            "videoInfo": None,
            "failCode": 400 if task.failure else 0,
            "failMsg": task.failure,
            "expireFlag": int(self.account.is_expired(task)),
        }
        if task.state == "success":
            found["videoInfo"] = {
                "videoId": task.id,
                "taskId": task.id,
                "videoUrl": _output(request, task),
                "imageUrl": "",
            }
        return success(found)

    async def info(self, request: Request) -> Response:
        """Of what Aleph has made. As at KIE, one that has failed and one that is still at work have
        the same flag."""
        task = await self._looked(request, Aleph)
        made = task.state == "success"
        response = {
            "taskId": task.id,
            "resultVideoUrl": _output(request, task),
            "resultImageUrl": "",
        }
        return success(
            {
                "taskId": task.id,
                "paramJson": task.order.model_dump_json(),
                "response": response if made else None,
                "completeTime": task.ended_at.isoformat() if task.ended_at else None,
                "createTime": task.made_at.isoformat(),
                "successFlag": int(made),
                "errorCode": 400 if task.failure else 0,
                "errorMessage": task.failure,
            }
        )

    async def _looked(self, request: Request, *kinds: type[Order]) -> Task:
        task_id = request.query_params.get("taskId")
        if not task_id:
            raise Refusal(422, UNNAMED)
        return await run_in_threadpool(self.account.look, task_id, *kinds)

    async def output(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        task = next((one for one in self.account.tasks() if one.id == wanted), None)
        if task is None or task.state != "success" or self.account.is_expired(task):
            return Response(status_code=404)
        return FileResponse(self.account.folder.clip(task.job.names[0]), media_type="video/mp4")

    # -- account and uploads ----------------------------------------------------------------------

    async def credit(self, request: Request) -> Response:
        return success(self.account.balance)

    async def stream_upload(self, request: Request) -> Response:
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Refusal(400, "The form has no file")
            name = str(form.get("fileName") or file.filename or "file")
            return await self._kept(request, await file.read(), name)

    async def base64_upload(self, request: Request) -> Response:
        body = await _json(request)
        text = str(body.get("base64Data", ""))
        try:
            content = base64.b64decode(text.rpartition(",")[2], validate=True)
        except binascii.Error:
            raise Refusal(400, "base64Data is not base64") from None
        return await self._kept(request, content, str(body.get("fileName") or "file"))

    async def _kept(self, request: Request, content: bytes, name: str) -> Response:
        kept = await run_in_threadpool(self.account.keep, content, PurePath(name).suffix)
        data = {
            "fileName": name,
            "filePath": f"uploads/{kept}",
            "downloadUrl": f"{request.base_url}uploads/{kept}",
            "fileSize": len(content),
            "uploadedAt": self.account.clock().isoformat(),
        }
        return success(data, success=True)

    async def uploaded(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not self.account.has(name):
            return Response(status_code=404)
        return FileResponse(Path(self.account.folder.path) / "uploads" / name)

    # -- the emulator's own -----------------------------------------------------------------------

    async def ledger(self, request: Request) -> Response:
        tasks = [
            {"id": task.id, "state": task.state, "price": task.price, "prompt": task.order.prompt}
            for task in self.account.tasks()
        ]
        return JSONResponse({"balance": self.account.balance, "tasks": tasks})

    async def settings(self, request: Request) -> Response:
        changes = await _json(request)
        rules = self.account.rules
        try:
            self.account.configure(type(rules).model_validate(rules.model_dump() | changes))
        except ValidationError as error:
            raise Refusal(422, str(error)) from None
        return JSONResponse(self.account.rules.model_dump())


def _output(request: Request, task: Task) -> str:
    return f"{request.base_url}outputs/{task.id}.mp4"


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refusal(422, "The body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal(422, "The body is not an object")
    return body
