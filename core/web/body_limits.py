"""How much a request may bring: a file where files are uploaded, next to nothing elsewhere.

Streamlit keeps each uploaded file in memory until its page is done with it, whoever sent it. So
files in memory and files on their way are counted together, per session and in total.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MB = 1024 * 1024
ELSEWHERE = 64 * 1024
FORM = MB
"""Bytes that a form may add to its file."""
FILES_A_SESSION, FILES_IN_ALL = 2, 4
"""How many files of the largest size may be in memory."""
SECONDS_WITHOUT_A_BYTE = 60.0
DIGITS = 15
TOO_LARGE = "This is larger than what is taken here."
TOO_MUCH = "Too many files are being uploaded at the moment. Try again in a minute."
TOO_SLOW = "Nothing came for a minute."


class Uploads(Protocol):
    def sizes(self) -> Mapping[str, int]:
        """Bytes, by session."""

    def forget_gone(self) -> None: ...


class Intake:
    """Counts what requests bring. `largest` is the size of a file, in bytes; `elsewhere` says how
    many bytes other paths take, by their start, the longest first."""

    def __init__(
        self,
        uploads: Uploads,
        *,
        base: str,
        largest: int,
        elsewhere: Mapping[str, int] | None = None,
    ) -> None:
        self._uploads = uploads
        self._under = f"/{base.strip('/')}".rstrip("/") + "/_stcore/upload_file/"
        self._largest = largest + FORM
        self._elsewhere = dict(elsewhere or {})
        self._coming: Counter[str] = Counter()

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        session = self._session(scope)
        body = _Body(receive, self._largest if session else self._most(scope["path"]))
        try:
            body.announce(scope)
            self._make_room(session, body.announced)
        except HTTPException as refused:
            await PlainTextResponse(refused.detail, refused.status_code)(scope, receive, send)
            return

        async def receiving() -> Message:
            message = await body.receive()
            if size := len(message.get("body", b"")):
                self._make_room(session, size)
                self._coming[session] += size
            return message

        try:
            await app(scope, receiving, send)
        finally:
            self._coming[session] -= body.came
            self._coming += Counter()  # drop sessions that no longer send anything

    def _most(self, path: str) -> int:
        found = (most for start, most in self._elsewhere.items() if path.startswith(start))
        return next(found, ELSEWHERE)

    def _session(self, scope: Scope) -> str:
        path: str = scope["path"]
        if scope["method"] != "PUT" or not path.startswith(self._under):
            return ""
        return path.removeprefix(self._under).partition("/")[0]

    def _make_room(self, session: str, size: int) -> None:
        """Raises HTTPException if this much more may not be in memory."""
        if not session or self._has_room(session, size):
            return
        self._uploads.forget_gone()
        if not self._has_room(session, size):
            raise HTTPException(429, TOO_MUCH)

    def _has_room(self, session: str, size: int) -> bool:
        held = Counter(self._uploads.sizes()) + self._coming
        fits_session = held[session] + size <= FILES_A_SESSION * self._largest
        return fits_session and held.total() + size <= FILES_IN_ALL * self._largest


class _Body:
    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._is_whole = False
        self.announced = 0
        self.came = 0

    def announce(self, scope: Scope) -> None:
        """Read the size that it claims. Raises HTTPException if that is too much."""
        text = Headers(scope=scope).get("content-length", "0")
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
            raise HTTPException(413, TOO_LARGE)
        self.announced = int(text)
        if self.announced > self._most:
            raise HTTPException(413, TOO_LARGE)

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()  # this waits until the other side is gone
        try:
            async with asyncio.timeout(SECONDS_WITHOUT_A_BYTE):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, TOO_SLOW) from None
        self._is_whole = not message.get("more_body", False)
        self.came += len(message.get("body", b""))
        if self.came > self._most:
            raise HTTPException(413, TOO_LARGE)
        return message
