"""Three endpoints for a frontend that only makes clips: make one, look at it, make one and wait."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.api import files, ordering, wording
from core.api.bodies import Key, Wanted
from core.api.callers import Caller, Maker, Viewer, caller_of
from core.api.problems import Reason, Refused
from core.api.watching import Watch
from core.errors import UnknownGeneration
from core.generations import Generation, Status
from core.providers.failures import is_moderation

USUAL_SECONDS = 5
SECONDS_BETWEEN_PULSES = 10.0
REPLAYED = "Idempotent-Replayed"
NO_TASK = "There is no such task."

router = APIRouter(tags=["Simple"])


class Made(BaseModel):
    taskId: str  # noqa: N815 - as frontends expect it
    status: str


class Task(BaseModel):
    """`progress` is from 0 to 100; `output` are addresses that play for an hour, and are new with
    every answer."""

    id: str
    status: str
    progress: int = Field(ge=0, le=100)
    output: list[str]
    createdAt: str  # noqa: N815
    videoUrl: str | None = None  # noqa: N815
    error: str = ""
    details: list[Reason] = Field(default_factory=list)
    failureCode: str = ""  # noqa: N815


class Video(Task):
    taskId: str  # noqa: N815


@router.post("/generate-video")
def generate_video(caller: Maker, wanted: Wanted, answer: Response, key: Key = "") -> Made:
    """Put a clip into the queue."""
    generation, new = _order(caller, wanted, key)
    answer.headers[REPLAYED] = "false" if new else "true"
    return Made(taskId=str(generation.id), status=wording.WORDS[generation.status])


@router.get("/task-status/{task_id}", response_model=Task)
async def task_status(request: Request, caller: Viewer, task_id: str) -> Response:
    """How far it is, and where its files are once it is done."""
    found = await _found(caller, task_id)
    return JSONResponse({**_told(request, caller, found), "details": []})


async def task_status_at_once(request: Request) -> Response:
    """The same for who calls: it is asked more often than anything else, and FastAPI takes longer
    to find out what to call it with than it takes to answer."""
    return await task_status(request, caller_of(request), request.path_params["task_id"])


@router.post("/generate-video-wait")
async def generate_video_wait(
    request: Request, caller: Maker, wanted: Wanted, key: Key = ""
) -> Video:
    """Make a clip, and answer when it is there. Who hangs up loses nothing: it is made all the
    same, and is in the history."""
    generation, _ = await run_in_threadpool(_order, caller, wanted, key)
    await _ended(request, generation.id)
    done = await caller.look_up(generation.id)
    if done.status is not Status.SUCCEEDED:
        raise _failed(caller, done)
    return Video(**_told(request, caller, done), taskId=str(done.id))


def _order(caller: Caller, wanted: Wanted, key: str) -> tuple[Generation, bool]:
    studio, body = caller.studio, wanted.body
    read = ordering.read(studio, body, endpoint=wanted.endpoint or "")
    model = studio.compose.model(read)
    length = model.setting_with_role("duration") if model else None
    if length and length.name not in body and not length.complaint(USUAL_SECONDS):
        read = ordering.read(studio, body | {length.name: USUAL_SECONDS}, endpoint=read.endpoint)
    return ordering.place(caller, read, wanted.terms(key))


async def _ended(request: Request, generation_id: int) -> None:
    """Returns when it is final, or nobody waits for it any more."""
    watch: Watch = request.app.state.watch
    waiting = asyncio.create_task(watch.ended(generation_id))
    try:
        while not waiting.done() and not await request.is_disconnected():
            await asyncio.wait([waiting], timeout=SECONDS_BETWEEN_PULSES)
        if waiting.done():
            waiting.result()
    finally:
        waiting.cancel()


async def _found(caller: Caller, task_id: str) -> Generation:
    if not (task_id.isascii() and task_id.isdigit() and len(task_id) <= 18):
        raise Refused(404, NO_TASK)
    try:
        return await caller.look_up(int(task_id))
    except UnknownGeneration:
        raise Refused(404, NO_TASK) from None


def _told(request: Request, caller: Caller, generation: Generation) -> dict[str, Any]:
    addresses = [files.address(request, generation, one) for one in generation.outputs]
    done = generation.status is Status.SUCCEEDED
    return {
        "id": str(generation.id),
        "status": wording.WORDS[generation.status],
        "progress": 100 if done else round(100 * (generation.progress or 0)),
        "output": addresses,
        "createdAt": generation.created_at.isoformat(),
        "videoUrl": next(iter(addresses), None),
        "error": wording.failure(generation, caller.who_makes(generation)),
        "failureCode": wording.failure_code(generation),
    }


def _failed(caller: Caller, generation: Generation) -> Refused:
    code = wording.failure_code(generation)
    failure = wording.failure(generation, caller.who_makes(generation))
    told = failure or "It is still being made: ask for its status."
    stopped = bool(generation.failure_code) and is_moderation(code)
    return Refused(400 if stopped else 500, told, failure_code=code)
