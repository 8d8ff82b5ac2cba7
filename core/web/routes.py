"""What the server answers besides the pages: outputs, posters, uploads; health; figures."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import DailiesError, StoreError, UnknownGeneration
from core.files import STORYBOARD, Output
from core.generations import Generation
from core.media.previews import SIZES
from core.monitoring.metrics import TEXT
from core.serving import current
from core.web import exports
from core.web.clips import clip_answer
from core.web.files import FONTS, FOR_GOOD, GONE, HEADERS, file_answer
from core.web.guard import is_monitor
from core.web.revalidation import is_private, revalidated

SHOWN = ("video", "image", "audio")
NOW = HEADERS | {"Cache-Control": "no-store"}
"""For an answer that is only valid now."""


def routes(base: str = "") -> list[Route]:
    """Everything below `base`, the path of Streamlit's pages, such as `dailies`.

    Media are under /app/static, since Streamlit's players accept only such paths as URLs. Unknown
    paths answer 404 here; Streamlit would answer with its page.
    """
    below = f"/{base.strip('/')}".rstrip("/")
    media = f"{below}/app/static"
    return [
        Route(f"{media}/videos/{{generation_id:int}}/{{position:int}}", video),
        Route(f"{media}/blind/{{comparison:int}}/{{place:int}}", blind),
        Route(f"{media}/posters/{{generation_id:int}}/{{position:int}}", poster),
        Route(
            f"{media}/stills/{{generation_id:int}}/{{position:int}}/{{longest:int}}",
            still,
        ),
        Route(f"{media}/previews/{{generation_id:int}}/{{position:int}}", preview),
        Route(f"{media}/storyboards/{{generation_id:int}}/{{position:int}}", storyboard),
        Route(
            f"{media}/frames/{{generation_id:int}}/{{position:int}}/{{number:int}}",
            frame,
        ),
        Route(f"{media}/pictures/{{sha256}}", picture),
        Route(f"{media}/uploads/{{sha256}}", upload),
        Route(f"{media}/exports/{{key}}/archive.zip", exports.archive),
        Route(f"{media}/exports/{{key}}/generations.csv", exports.csv),
        Route(f"{media}/exports/{{key}}/generations.json", exports.json),
        Route(f"{media}/fonts/{{name}}", font),
        Route(f"{media}/newest", newest),
        Route(f"{media}/in_flight", in_flight),
        Route(f"{media}/{{other:path}}", nothing),
        Route(f"{below}/healthz", health),
        Route(f"{below}/metrics", metrics),
    ]


@revalidated
def video(request: Request) -> Response:
    """An output, with Range. `?download=1` is for saving, with its recipe in it, `?download=clean`
    as it came. What no browser shows can only be saved."""
    found = _output(request)
    if found is None:
        return PlainTextResponse(GONE, 404)
    generation, output = found
    if output.removal:
        return PlainTextResponse(output.removal, 410)
    wanted, media = request.query_params.get("download", ""), current().media
    tagged = wanted not in ("", "clean")
    path = media.with_recipe(generation, output) if tagged else media.output(output)
    number = str(output.position + 1) if len(generation.outputs) > 1 else ""
    parts = ("dailies", str(generation.id), generation.request.model, number)
    name = f"{'-'.join(filter(None, parts))}{path.suffix}"
    shown = output.medium in SHOWN and not wanted
    kind = "inline" if shown else "attachment"
    return clip_answer(
        request,
        media.clips,
        output,
        path,
        filename=name,
        disposition=kind,
        may_redirect=shown,
        is_private=partial(is_private, request),
    )


@revalidated
def blind(request: Request) -> Response:
    """An output by its place in a comparison, with Range: neither address, header nor text in the
    file tells which it is. A file that cannot be had without its text is not found."""
    number, place = request.path_params["comparison"], request.path_params["place"]
    comparisons = current().comparisons
    comparison, output = comparisons.get(number), comparisons.file(number, place)
    if comparison is None or output is None:
        return PlainTextResponse(GONE, 404)
    path = current().media.stripped(output)
    if path is None:
        return PlainTextResponse(GONE, 404)
    told = {
        "ETag": comparison.etag(place, path.name),
        "Last-Modified": format_datetime(comparison.created_at, usegmt=True),
    }
    return file_answer(request, path, output.media_type, headers=HEADERS | told)


@revalidated
def poster(request: Request) -> Response:
    found = _output(request)
    if found is None:
        return PlainTextResponse(GONE, 404)
    return file_answer(request, current().media.poster(found[1]), "image/jpeg")


@revalidated
def still(request: Request) -> Response:
    found, longest = _output(request), request.path_params["longest"]
    if found is None or longest not in SIZES:
        return PlainTextResponse(GONE, 404)
    path = current().previews.still(found[1], longest)
    return file_answer(request, path, "image/webp" if path.suffix == ".webp" else "image/jpeg")


@revalidated
def preview(request: Request) -> Response:
    """The first seconds of a made clip. A missing one is no error: a later request may find it."""
    found = _output(request)
    if found is None:
        return PlainTextResponse(GONE, 404)
    path = current().previews.clip(found[1])
    if path is None:
        return Response(status_code=204, headers=HEADERS | {"Cache-Control": "no-store"})
    return file_answer(request, path, "video/mp4")


@revalidated
def storyboard(request: Request) -> Response:
    found = _filmed(request)
    path = _asked(partial(current().previews.storyboard, found[1])) if found else None
    return file_answer(request, path, "image/webp") if path else PlainTextResponse(GONE, 404)


@revalidated
def frame(request: Request) -> Response:
    found, number = _filmed(request), request.path_params["number"]
    if found is None or number >= STORYBOARD:
        return PlainTextResponse(GONE, 404)
    generation, output = found
    path = _asked(partial(current().previews.frame, output, number))
    if path is None:
        return PlainTextResponse(GONE, 404)
    second = f"{output.moments[number]:.2f}s"
    name = f"dailies-{generation.id}-{generation.request.model}-{second}.png"
    return file_answer(request, path, "image/png", filename=name, disposition="attachment")


def _filmed(request: Request) -> tuple[Generation, Output] | None:
    found = _output(request)
    return found if found and found[1].medium == "video" and found[1].poster else None


def _asked(make: Callable[[], Path]) -> Path | None:
    try:
        return make()
    except (DailiesError, OSError):
        return None


@revalidated
def picture(request: Request) -> Response:
    found = current().uploads.get(request.path_params["sha256"])
    if found is None:
        return PlainTextResponse(GONE, 404)
    return file_answer(request, current().uploads.still(found), "image/jpeg")


@revalidated
def upload(request: Request) -> Response:
    found = current().uploads.get(request.path_params["sha256"])
    if found is None:
        return PlainTextResponse(GONE, 404)
    return file_answer(request, current().uploads.path(found), found.media_type)


def font(request: Request) -> Response:
    known = {path.name: path for path in FONTS.glob("*.woff2")}
    if not (path := known.get(request.path_params["name"])):
        return PlainTextResponse(GONE, 404)
    return FileResponse(
        path, media_type="font/woff2", headers=HEADERS | {"Cache-Control": FOR_GOOD}
    )


def newest(_request: Request) -> Response:
    try:
        return JSONResponse({"newest": current().history.newest()}, headers=NOW)
    except StoreError as error:
        return PlainTextResponse(str(error), 503, NOW)


async def in_flight(_request: Request) -> Response:
    """Tells every open page whether it has to look, and how far its clips are. Waits for nothing:
    finding a thread would take longer than the rest."""
    known = current().in_flight
    try:
        return JSONResponse({"etag": known.etag(), "progress": known.progress()}, headers=NOW)
    except StoreError as error:
        return PlainTextResponse(str(error), 503, NOW)


def nothing(_request: Request) -> Response:
    return PlainTextResponse(GONE, 404)


def health(request: Request) -> Response:
    """200 while the database accepts writes and the tracker steps, else 503; why, for monitors."""
    studio = current()
    well, report = studio.server.health()
    details = report if is_monitor(request.scope, studio.settings.monitors) else {}
    return JSONResponse({"well": well, **details}, status_code=200 if well else 503)


def metrics(_request: Request) -> Response:
    return Response(current().metrics.text(), media_type=TEXT)


def _output(request: Request) -> tuple[Generation, Output] | None:
    try:
        generation = current().generations.get(request.path_params["generation_id"])
    except (UnknownGeneration, OverflowError):
        return None
    wanted = request.path_params["position"]
    output = next((o for o in generation.outputs if o.position == wanted), None)
    return (generation, output) if output else None
