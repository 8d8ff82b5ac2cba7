"""Where the API is in the server, who gets to it, and how much may be sent there.

This module is loaded at the start and so knows nothing of FastAPI.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Collection
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api import admission
from core.api.admission import Admission
from core.media.uploads import MAX_BYTES
from core.serving import served

MB = 1024**2
LARGEST_BODY = 12 * MB
"""As at Runway; a data URI may be 5 MB of it."""
OF_A_TICKET = admission.one_of(("/uploads/",))
WITHOUT_TOKEN = admission.one_of(("/docs", "/docs/", "/openapi.json", "/files/"))
READ_BY_PAGES = ("Idempotent-Replayed", "Retry-After", "WWW-Authenticate")


def below(base: str) -> str:
    """The path before all others, such as `/dailies`; empty without one."""
    return f"/{base.strip('/')}".rstrip("/")


def routes(base: str, origins: Collection[str]) -> list[BaseRoute]:
    """`base` is the path of the pages; pages of `origins` may call too."""
    built = Lazily("core.api.application")
    api = Admission(built, _refuse, is_open=WITHOUT_TOKEN)
    sdk = Admission(Lazily("core.api.runway.runway_wire"), refuse_briefly, is_open=OF_A_TICKET)
    return [
        Mount(f"{below(base)}/api", app=Counted("api", shared(api, origins))),
        Mount(f"{below(base)}/runway", app=Counted("runway", shared(sdk, origins))),
    ]


def places(base: str) -> tuple[str, ...]:
    """Under which other programs call; pages of other origins may, if they are named."""
    return (f"{below(base)}/api/", f"{below(base)}/runway/")


def largest(base: str) -> dict[str, int]:
    """How many bytes a call may bring, by the start of its path."""
    return {
        f"{below(base)}/api/v1/uploads": MAX_BYTES + MB,
        f"{below(base)}/runway/uploads/": MAX_BYTES + MB,
        f"{below(base)}/api/": LARGEST_BODY,
        f"{below(base)}/runway/": LARGEST_BODY,
    }


class Counted:
    """Counts the answers of an application, for monitors."""

    def __init__(self, way: str, app: ASGIApp) -> None:
        self._way = way
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                served().metrics.answered(self._way, message["status"])
            await send(message)

        await self._app(scope, receive, counted)


class Lazily:
    """An application that is imported, and put together by its `build`, at its first call."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._building = asyncio.Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app or await self._built()
        await app(scope, receive, send)

    async def _built(self) -> ASGIApp:
        async with self._building:
            if self._app is None:
                self._app = await run_in_threadpool(self._build)
            return self._app

    def _build(self) -> ASGIApp:
        built: ASGIApp = importlib.import_module(self._module).build()
        return built


def shared(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=sorted(origins),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=READ_BY_PAGES,
    )


def refuse_briefly(_request: Request, status: int, said: str) -> Response:
    return JSONResponse({"error": said}, status, admission.headers_of(status))


def _refuse(_request: Request, status: int, said: str) -> Response:
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}[status],
        "status": status,
        "detail": said,
        "problems": [],
        "error": said,
        "details": [],
        "failureCode": "",
    }
    headers = admission.headers_of(status)
    return JSONResponse(told, status, headers, media_type="application/problem+json")
