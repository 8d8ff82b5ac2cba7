"""What the server answers beside the pages: made files, posters, uploads; health; figures."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import UnknownGeneration
from core.generations import Generation, Output
from core.monitoring.metrics import TEXT
from core.serving import current
from core.web.guard import is_monitor

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "private, max-age=3600",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""An SVG can hold scripts: opened by its address it gets no origin, and runs none."""
SHOWN = ("video", "image", "audio")
GONE = "There is no such file in the history."


def routes(base: str = "") -> list[Route]:
    """All below `base`, the path that Streamlit serves its pages at, such as `dailies`.

    Media under /app/static, since Streamlit's players take only such paths for an address. What is
    there none of is not found: Streamlit would answer with its page.
    """
    below = f"/{base.strip('/')}".rstrip("/")
    media = f"{below}/app/static"
    return [
        Route(f"{media}/videos/{{generation_id:int}}/{{position:int}}", video),
        Route(f"{media}/posters/{{generation_id:int}}/{{position:int}}", poster),
        Route(f"{media}/pictures/{{sha256}}", picture),
        Route(f"{media}/uploads/{{sha256}}", upload),
        Route(f"{media}/{{other:path}}", nothing),
        Route(f"{below}/healthz", health),
        Route(f"{below}/metrics", metrics),
    ]


def video(request: Request) -> Response:
    """A made file, with Range; `?download=1` names it for saving. What no browser shows is only
    ever saved."""
    found = _output(request)
    if found is None:
        return PlainTextResponse(GONE, 404)
    generation, output = found
    path = current().media.output(output)
    number = str(output.position + 1) if len(generation.outputs) > 1 else ""
    parts = ("dailies", str(generation.id), generation.request.model, number)
    name = f"{'-'.join(filter(None, parts))}{path.suffix}"
    shown = output.medium in SHOWN and not request.query_params.get("download")
    kind = "inline" if shown else "attachment"
    return _file(request, path, output.media_type, filename=name, disposition=kind)


def poster(request: Request) -> Response:
    """The first thing to see of a made file."""
    found = _output(request)
    if found is None:
        return PlainTextResponse(GONE, 404)
    return _file(request, current().media.poster(found[1]), "image/jpeg")


def picture(request: Request) -> Response:
    """An upload, small; of a video its first frame."""
    found = current().uploads.get(request.path_params["sha256"])
    if found is None:
        return PlainTextResponse(GONE, 404)
    return _file(request, current().uploads.still(found), "image/jpeg")


def upload(request: Request) -> Response:
    """An upload itself, with Range: to play a video or a sound."""
    found = current().uploads.get(request.path_params["sha256"])
    if found is None:
        return PlainTextResponse(GONE, 404)
    return _file(request, current().uploads.path(found), found.media_type)


def nothing(_request: Request) -> Response:
    """Where no medium is."""
    return PlainTextResponse(GONE, 404)


def health(request: Request) -> Response:
    """200 while the database takes writes and the tracker steps, else 503; why, for monitors."""
    studio = current()
    well, report = studio.server.health()
    details = report if is_monitor(request.scope, studio.settings.monitors) else {}
    return JSONResponse({"well": well, **details}, status_code=200 if well else 503)


def metrics(_request: Request) -> Response:
    """The figures of this moment, for a monitoring system."""
    return Response(current().metrics.text(), media_type=TEXT)


def _output(request: Request) -> tuple[Generation, Output] | None:
    try:
        generation = current().generations.get(request.path_params["generation_id"])
    except (UnknownGeneration, OverflowError):
        return None
    wanted = request.path_params["position"]
    output = next((o for o in generation.outputs if o.position == wanted), None)
    return (generation, output) if output else None


def _file(
    request: Request,
    path: Path,
    media_type: str,
    *,
    filename: str | None = None,
    disposition: str = "inline",
) -> Response:
    if not path.is_file():
        return PlainTextResponse(GONE, 404)
    headers = HEADERS | ({"Content-Security-Policy": DRAWING} if "svg" in media_type else {})
    response = FileResponse(
        path,
        media_type=media_type,
        headers=headers,
        filename=filename,
        stat_result=path.stat(),
        content_disposition_type=disposition,
    )
    if _is_known(request, response.headers["etag"]):
        return Response(status_code=304, headers={**headers, "ETag": response.headers["etag"]})
    return response


def _is_known(request: Request, etag: str) -> bool:
    """True when the browser has the file as it is: one tag of a list, weak or not, or any."""
    known = ",".join(request.headers.getlist("if-none-match")).split(",")
    return bool({"*", etag} & {tag.strip().removeprefix("W/") for tag in known})
