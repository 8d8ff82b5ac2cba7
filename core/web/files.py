"""Files of ours as answers: with Range and ETag, and headers that let a browser do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from core.settings import ROOT

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "private, max-age=3600",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""An SVG can contain scripts: opened by its URL, it gets no origin and runs none."""
GONE = "There is no such file in the history."
FONTS = ROOT / "pages" / "frontend" / "fonts"
FOR_GOOD = "public, max-age=31536000, immutable"
"""For files with a version in their name, such as fonts: a newer one is another file."""


class FileInPieces(FileResponse):
    """Larger pieces: each is read on a thread, and with Starlette's 64 KB that takes six times the
    processor time. A slow player holds a piece or two in memory."""

    chunk_size = 1024**2


def file_answer(
    request: Request,
    path: Path,
    media_type: str,
    *,
    filename: str | None = None,
    disposition: str = "inline",
    headers: Mapping[str, str] = HEADERS,
) -> Response:
    if not path.is_file():
        return PlainTextResponse(GONE, 404)
    headers = protected(headers, media_type)
    response = FileInPieces(
        path,
        media_type=media_type,
        headers=headers,
        filename=filename,
        stat_result=path.stat(),
        content_disposition_type=disposition,
    )
    if is_known(request, response.headers["etag"]):
        return Response(status_code=304, headers={**headers, "ETag": response.headers["etag"]})
    return response


def protected(headers: Mapping[str, str], media_type: str) -> dict[str, str]:
    return {**headers, **({"Content-Security-Policy": DRAWING} if "svg" in media_type else {})}


def is_known(request: Request, etag: str) -> bool:
    """True if the browser has this very file: its tag alone or in a list, weak or not, or any."""
    known = ",".join(request.headers.getlist("if-none-match")).split(",")
    return bool({"*", etag} & {tag.strip().removeprefix("W/") for tag in known})
