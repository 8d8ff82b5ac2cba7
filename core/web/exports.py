"""Sends an export: lists as they are read, and an archive from any byte on."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from core.export import file_names
from core.export.archive import Archive
from core.export.packages import Plan
from core.serving import current
from core.web import ranges

DEAD = "This link has expired: export the selection once more."
SOON = "This archive is still being made ready."
GONE = "A file of this export is no longer on the server: export the selection once more."
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
ZIP = "application/zip"


def csv(request: Request) -> Response:
    plan = current().exports.find(request.path_params["key"])
    if plan is None:
        return PlainTextResponse(DEAD, 404)
    head = _headers(plan, "csv")
    return StreamingResponse(current().exports.csv(plan), headers=head, media_type="text/csv")


def json(request: Request) -> Response:
    plan = current().exports.find(request.path_params["key"])
    if plan is None:
        return PlainTextResponse(DEAD, 404)
    pieces = current().exports.json(plan)
    return StreamingResponse(pieces, headers=_headers(plan, "json"), media_type="application/json")


def archive(request: Request) -> Response:
    """The archive, whole or from where a download broke off; its bytes are always the same."""
    exports, key = current().exports, request.path_params["key"]
    plan, found = exports.find(key), exports.archive(key)
    if plan is None or not plan.pattern:
        return PlainTextResponse(DEAD, 404)
    if found is None:
        return PlainTextResponse(SOON, 503, {"Retry-After": "5"})
    if not found.is_whole():
        return PlainTextResponse(GONE, 410)
    head = _headers(plan, "zip") | {"ETag": found.etag, "Accept-Ranges": "bytes"}
    wanted = ranges.wanted(request.headers, found.size, found.etag)
    if wanted is None:
        return _stretch(request, found, (0, found.size), head, 200)
    start, end = wanted
    if start >= end:
        none = head | {"Content-Range": f"bytes */{found.size}"}
        return PlainTextResponse("", 416, none)
    head["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    return _stretch(request, found, (start, end), head, 206)


def _stretch(
    request: Request, found: Archive, stretch: tuple[int, int], head: dict[str, str], status: int
) -> Response:
    start, end = stretch
    head["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(b"", status, head, ZIP)
    return StreamingResponse(found.read(start, end), status, head, ZIP)


def _headers(plan: Plan, suffix: str) -> dict[str, str]:
    name = f"{file_names.safe(plan.project, file_names.LONGEST_NAME) or 'dailies'}.{suffix}"
    return HEADERS | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
