"""The two steps of Runway's uploads: an address to send a file to, then the file.

The second step shows no token, so it is taken in the name of whoever made the first. As at Runway,
an address works for a day; it ends with the server, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.callers import maker_of
from core.api.fleeting import Fleeting
from core.api.json_bodies import json_object
from core.api.problems import Refused
from core.domain.people import Person
from core.serving import served

ADDRESS = "runway://"
RECEIVER = "/uploads"
DAY = 24 * 60 * 60.0


@dataclass(frozen=True)
class Ticket:
    """Leave for one file. `sha256` is empty until it has come."""

    person: Person
    sha256: str = ""


class EphemeralUploads:
    def __init__(self, ticks: Callable[[], float]) -> None:
        self._tickets: Fleeting[Ticket] = Fleeting(DAY, ticks)

    async def begin(self, request: Request) -> Response:
        person = maker_of(request).person
        body = await json_object(request)
        if not isinstance(body.get("filename"), str) or body.get("type") != "ephemeral":
            raise Refused(400, "Send a filename, and ephemeral as the type.")
        ticket = secrets.token_urlsafe(32)
        self._tickets.put(ticket, Ticket(person))
        root = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
        told = {"uploadUrl": f"{root}{RECEIVER}/{ticket}", "runwayUri": ADDRESS + ticket}
        return JSONResponse(told | {"fields": {"key": ticket}})

    async def receive(self, request: Request) -> Response:
        ticket = self._tickets.get(request.path_params["ticket"])
        if ticket is None or ticket.sha256:
            raise Refused(403, "This upload URL is not valid, or has been used.")
        studio = served().asked_by(ticket.person)
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Refused(400, "The form has no file.")
            kept, _ = await run_in_threadpool(
                studio.uploads.add, file.filename or "a file", file.file
            )
        self._tickets.put(request.path_params["ticket"], replace(ticket, sha256=kept.sha256))
        return Response(status_code=204)

    def find(self, address: str) -> str:
        """The SHA-256 of the file that was sent to a `runway://` address; empty for none."""
        ticket = self._tickets.get(address.removeprefix(ADDRESS))
        return ticket.sha256 if ticket else ""
