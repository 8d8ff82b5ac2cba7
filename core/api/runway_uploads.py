"""The two steps of Runway's uploads: an address to send a file to, then the file.

The second step shows no token, so it is taken in the name of whoever made the first. As at Runway,
an address takes a file for a day; what has come lasts as uploads of the pages do, for who sent it.
"""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.callers import maker_of
from core.api.json_bodies import json_object
from core.api.problems import Refused
from core.domain.people import Person
from core.serving import served

ADDRESS = "runway://"
RECEIVER = "/uploads"
USED = "This upload URL is not valid, or has been used."


async def begin(request: Request) -> Response:
    person = maker_of(request).person
    body = await json_object(request)
    if not isinstance(body.get("filename"), str) or body.get("type") != "ephemeral":
        raise Refused(400, "Send a filename, and ephemeral as the type.")
    ticket, studio = secrets.token_urlsafe(32), served()
    await run_in_threadpool(studio.upload_tickets.add, ticket, person, studio.now)
    root = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
    told = {"uploadUrl": f"{root}{RECEIVER}/{ticket}", "runwayUri": ADDRESS + ticket}
    return JSONResponse(told | {"fields": {"key": ticket}})


async def receive(request: Request) -> Response:
    ticket = request.path_params["ticket"]
    person = await run_in_threadpool(served().upload_tickets.open, ticket, served().now)
    if person is None:
        raise Refused(403, USED)
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refused(400, "The form has no file.")
        await run_in_threadpool(_keep, ticket, person, file)
    return Response(status_code=204)


def find(person: Person, address: str) -> str:
    """The SHA-256 of the file that this person sent to a `runway://` address; empty for none."""
    return served().upload_tickets.file(address.removeprefix(ADDRESS), person)


def _keep(ticket: str, person: Person, file: UploadFile) -> None:
    studio = served().asked_by(person)
    kept, _ = studio.uploads.add(file.filename or "a file", file.file)
    if not served().upload_tickets.use(ticket, kept.sha256):
        raise Refused(403, USED)
