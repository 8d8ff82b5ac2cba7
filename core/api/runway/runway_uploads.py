"""The two steps of Runway's uploads: an address to send a file to, then the file.

The second step shows no token, so it is taken in the name of whoever made the first, as long as
their token works and they may generate. As at Runway, an address takes a file for a day. Its sender
may name the file by it for a month; the file itself stays as uploads of the pages do.
"""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.admission import WRONG_TOKEN, bearer
from core.api.callers import maker_of
from core.api.json_bodies import json_object
from core.api.problems import Refused
from core.domain.people import Person, Role
from core.serving import served

ADDRESS = "runway://"
RECEIVER = "/uploads"
USED = "This upload URL is not valid, or has been used."


async def begin(request: Request) -> Response:
    person = maker_of(request).person
    body = await json_object(request)
    if not isinstance(body.get("filename"), str) or body.get("type") != "ephemeral":
        raise Refused(400, "Send a filename, and ephemeral as the type.")
    ticket = secrets.token_urlsafe(32)
    await run_in_threadpool(_hand_out, ticket, person, bearer(request))
    root = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
    told = {"uploadUrl": f"{root}{RECEIVER}/{ticket}", "runwayUri": ADDRESS + ticket}
    return JSONResponse(told | {"fields": {"key": ticket}})


async def receive(request: Request) -> Response:
    ticket = request.path_params["ticket"]
    person = await run_in_threadpool(_holder, ticket)
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


def _hand_out(ticket: str, person: Person, secret: str) -> None:
    studio = served()
    token = studio.tokens.recognise(secret) if secret else None
    if secret and token is None:
        raise Refused(401, WRONG_TOKEN)  # it was revoked a moment ago
    studio.upload_tickets.add(ticket, person, token, studio.now)


def _holder(ticket: str) -> Person | None:
    """Who may still send a file by it, as what they are by now."""
    studio = served()
    person = studio.people.now(studio.upload_tickets.open(ticket, studio.now))
    return person if person and person.role.includes(Role.MAKER) else None


def _keep(ticket: str, person: Person, file: UploadFile) -> None:
    studio = served().asked_by(person)
    kept, _ = studio.uploads.add(file.filename or "a file", file.file)
    if not served().upload_tickets.use(ticket, kept.sha256):
        raise Refused(403, USED)
