"""All that happens to generations, as server-sent events: nobody asks again and again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core.api.callers import Caller, Viewer
from core.api.problems import Refused
from core.api.watching import Watch
from core.storage.store import LARGEST_ID
from core.storage.timeline import Change

SECONDS_BETWEEN_PULSES = 15.0
PULSE = ":\n\n"
"""A comment: it keeps what lies between from hanging up, and tells who has hung up."""

router = APIRouter(tags=["Events"])


@router.get(
    "/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(
    request: Request,
    caller: Viewer,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=20)] = "",
) -> Response:
    """Each change of state of each generation, from now on, or from after the event with the
    number in `Last-Event-ID`."""
    if last and not (last.isascii() and last.isdigit() and int(last) <= LARGEST_ID):
        raise Refused(400, "This is no number of an event.")
    told = _told(request, caller, int(last) if last else None)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told, headers=headers, media_type="text/event-stream")


async def _told(request: Request, caller: Caller, last: int | None) -> AsyncIterator[str]:
    watch: Watch = request.app.state.watch
    timeline = caller.studio.timeline
    async with watch.listening() as changes:
        yield PULSE
        seen = last or 0
        while last is not None and (missed := await run_in_threadpool(timeline.after, seen)):
            for change in missed:
                yield _event(change)
            seen = missed[-1].number
        while not await request.is_disconnected():
            try:
                news = await asyncio.wait_for(changes.get(), SECONDS_BETWEEN_PULSES)
            except TimeoutError:
                yield PULSE
                continue
            if news is None:
                return
            for change in await run_in_threadpool(timeline.seen, news):
                if change.number > seen:
                    yield _event(change)
            seen = max(seen, news[-1].number)


def _event(change: Change) -> str:
    event = change.event
    told = {
        "generation": change.generation_id,
        "status": event.status,
        "detail": event.detail,
        "at": event.at.isoformat(),
    }
    return f"id: {change.number}\nevent: generation\ndata: {json.dumps(told)}\n\n"
