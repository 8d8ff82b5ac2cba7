"""What stands in the frame of every page before anything is drawn: our style sheet, name and icon.

Streamlit lays a page's styles over it only after its first elements: all of them would move. Its
frame carries its own name, icon and typeface until the first page has been drawn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.files import FOR_GOOD

HEAD, HEAD_END, BODY = b"<head>", b"</head>", b"<body>"
NAME, ICON = b"<title>Streamlit</title>", b'"./favicon.png"'
FONT = re.compile(rb'"\./static/media/SourceSans[^"]*"')
AHEAD = '<link rel="modulepreload" crossorigin fetchpriority="low" href="./{}">'
NOT_A_NAME = re.compile(r"[^a-z]")
ACCEPT_ENCODING = b"accept-encoding"
OF_THE_FILE = ("etag", "last-modified", "accept-ranges")
"""Headers about the unchanged file of the frame."""


class PageStyle:
    def __init__(self, text: str, base: str = "") -> None:
        below = f"/{base.strip('/')}".rstrip("/")
        self._text = text
        mark = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.address = f"{below}/app/static/pages.{mark}.css"

    @property
    def link(self) -> bytes:
        return f'<link rel="stylesheet" href="{self.address}">'.encode()

    def route(self) -> Route:
        return Route(self.address, self._answer)

    def _answer(self, _request: Request) -> Response:
        headers = {"Cache-Control": FOR_GOOD, "X-Content-Type-Options": "nosniff"}
        return Response(self._text, media_type="text/css", headers=headers)


@dataclass(frozen=True)
class Face:
    """How a frame of a page looks before its page is drawn. `font` is an address below the pages'
    own; `icon` a complete one."""

    style: PageStyle
    title: str
    icon: str
    font: str
    scripts: Sequence[str] = ()

    def put_on(self, frame: bytes, path: str) -> bytes:
        frame = frame.replace(NAME, f"<title>{self.title}</title>".encode(), 1)
        frame = frame.replace(ICON, f'"{self.icon}"'.encode(), 1)
        frame = FONT.sub(f'"./{self.font}"'.encode(), frame, count=1)
        links = "".join(AHEAD.format(script) for script in self.scripts).encode()
        frame = frame.replace(HEAD_END, links + HEAD_END, 1)
        # In the head it holds the first drawing back; in the body it has the last word over what
        # Streamlit puts into the head meanwhile.
        page = NOT_A_NAME.sub("", path.rpartition("/")[2])
        frame = frame.replace(HEAD, HEAD + self.style.link, 1)
        return frame.replace(BODY, f'<body data-page="{page}">'.encode() + self.style.link, 1)


class Dressed:
    """Middleware: gives every frame of a page our face, except below `apart`, where other pages
    than Streamlit's are."""

    def __init__(self, app: ASGIApp, face: Face, apart: Collection[str]) -> None:
        self._app = app
        self._face = face
        self._apart = tuple(f"{path.rstrip('/')}/" for path in apart)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or f"{scope['path']}/".startswith(self._apart):
            await self._app(scope, receive, send)
            return
        await self._app(_plain(scope), receive, _Frame(self._face, scope["path"], send))


def _plain(scope: Scope) -> Scope:
    """The request without its wish for a compressed page, which could not be read."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return scope
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != ACCEPT_ENCODING]}


class _Frame:
    """Passes an answer on; of a page it waits for the whole, which is a few KB."""

    def __init__(self, face: Face, path: str, send: Send) -> None:
        self._face = face
        self._path = path
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = self._face.put_on(self._body, self._path)
        headers = MutableHeaders(raw=list(start["headers"]))
        for name in OF_THE_FILE:
            del headers[name]
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_html = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_html and "content-encoding" not in headers
