"""Clips as answers, with Range: from the disk, or through us from the bucket where only that has
them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.types import Send

from core.bucket.clips_elsewhere import PIECE, ClipsElsewhere
from core.errors import BucketError
from core.files import Output
from core.media.clips import Clips, note_use
from core.storage.clip_copies import ClipCopy
from core.web import ranges
from core.web.files import HEADERS, file_answer, is_known, protected

log = logging.getLogger(__name__)

AWAY = "The clip lies in a bucket that does not answer now. Try again soon."


def clip_answer(
    request: Request,
    clips: Clips,
    output: Output,
    path: Path,
    *,
    filename: str | None = None,
    disposition: str = "inline",
    headers: Mapping[str, str] = HEADERS,
    may_redirect: bool = False,
    is_private: Callable[[], bool] = lambda: True,
) -> Response:
    """The file at `path`: that of the output, or a copy of it.

    The output has the same ETag wherever it lies. With `may_redirect` the browser may fetch it from
    the bucket itself, if the settings allow that; where it `is_private`, only from there, never
    from a CDN.
    """
    is_original = path == clips.path(output)
    tag = {"ETag": f'"{output.sha256[:32]}"'} if is_original else {}
    headers = protected({**headers, **tag}, output.media_type)
    copy, elsewhere = clips.only_elsewhere(path), clips.elsewhere
    if may_redirect and elsewhere and (at := _address(elsewhere, output.file, copy, is_private)):
        return RedirectResponse(at, 307, {"Cache-Control": "no-store"})
    if copy and elsewhere:
        if is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        like = FileResponse(
            path,
            media_type=output.media_type,
            headers=headers,
            filename=filename,
            content_disposition_type=disposition,
        )
        return _from_bucket(request, elsewhere, copy, dict(like.headers))
    if is_original and path.is_file():
        note_use(path)
    return file_answer(
        request,
        path,
        output.media_type,
        filename=filename,
        disposition=disposition,
        headers=headers,
    )


def _address(
    elsewhere: ClipsElsewhere, file: str, copy: ClipCopy | None, is_private: Callable[[], bool]
) -> str | None:
    if (public := elsewhere.public_address(file)) and not is_private():
        return public
    try:
        return elsewhere.address(copy) if copy else None
    except BucketError as error:
        log.warning("no address for a clip: %s", error.message)
        return None


def _from_bucket(
    request: Request, elsewhere: ClipsElsewhere, copy: ClipCopy, head: dict[str, str]
) -> Response:
    wanted = ranges.wanted(request.headers, copy.bytes, head["etag"])
    start, end = wanted or (0, copy.bytes)
    if start >= end and copy.bytes:
        return PlainTextResponse("", 416, {"Content-Range": f"bytes */{copy.bytes}"})
    if wanted:
        head["Content-Range"] = f"bytes {start}-{end - 1}/{copy.bytes}"
    head["Content-Length"] = str(end - start)
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return Response(b"", status, head)
    return _Stretch(elsewhere, copy, start, end, status, head)


class _Stretch(StreamingResponse):
    """One piece after the other, as the player takes them. If the bucket ends in the middle, so
    does the connection, and the player asks again from there."""

    def __init__(
        self,
        elsewhere: ClipsElsewhere,
        copy: ClipCopy,
        start: int,
        end: int,
        status: int,
        head: Mapping[str, str],
    ) -> None:
        self._elsewhere, self._copy = elsewhere, copy
        self._start, self._end = start, end
        self._taken = 0
        super().__init__((), status, head)

    async def stream_response(self, send: Send) -> None:
        first = min(self._start + PIECE, self._end)
        try:
            piece = b"".join([p async for p in self._pieces(self._start, first)])
        except BucketError as error:
            log.warning("a clip cannot be played: %s", error.message)
            away = PlainTextResponse(AWAY, 503, {"Retry-After": "5", "Cache-Control": "no-store"})
            await send({"type": "http.response.start", "status": 503, "headers": away.raw_headers})
            await send({"type": "http.response.body", "body": away.body})
            return
        self.body_iterator = self._with_rest(piece, first)
        try:
            await super().stream_response(send)
        except BucketError as error:
            log.warning("a clip breaks off: %s", error.message)

    async def _with_rest(self, piece: bytes, at: int) -> AsyncIterator[bytes]:
        yield piece
        self._note(len(piece))
        async for more in self._pieces(at, self._end):
            yield more
            self._note(len(more))

    def _note(self, count: int) -> None:
        """A player has taken so many bytes. One that only reads a clip's length takes a few."""
        before, self._taken = self._taken, self._taken + count
        if 2 * before < self._copy.bytes <= 2 * self._taken:
            self._elsewhere.played(self._copy)

    def _pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        return self._elsewhere.pieces_soon(self._copy, start, end)
