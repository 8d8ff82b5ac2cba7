"""Addresses of kept files, which players can open: ours, which do not end as Runway's do."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from core.api.admission import PERSON
from core.api.problems import Refused
from core.errors import UnknownGeneration
from core.files import Output
from core.generations import Generation
from core.serving import current, served
from core.studio import Studio
from core.web.clips import clip_answer
from core.web.files import HEADERS

PLAYED_ANYWHERE = HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}
"""A page of another origin may play what it was given the address of."""
GONE = "There is no such file, or its address has ended: ask for the generation again."

router = APIRouter(tags=["Files"])


def address(request: Request, generation: Generation, output: Output) -> str:
    """Where the file is for the next hour, for who has this address, and for good with a token."""
    name = f"{generation.id}/{output.position}"
    base = request.scope.get("root_path", "").rpartition("/")[0]
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return f"{origin}{base}/api/files/{name}?{current().file_links.query(name)}"


@router.get(
    "/files/{generation_id}/{position}",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"*/*": {}}},
        206: {"description": "The stretch of it that Range asks for", "content": {"*/*": {}}},
        304: {"description": "The file is still the one that If-None-Match names"},
        410: {"description": "The original was removed by a rule, which is named"},
        416: {"description": "The file has no such stretch"},
    },
)
@router.head("/files/{generation_id}/{position}", include_in_schema=False)
def file(
    request: Request, generation_id: int, position: int, expires: str = "", signature: str = ""
) -> Response:
    """A file that was made, with Range. Without a token, by an address that was given out."""
    links = current().file_links
    knows = links.opens(f"{generation_id}/{position}", expires, signature)
    if request.scope[PERSON] is None and not knows:
        raise Refused(404, GONE)
    # Who has the address was let in already; with a token, as far as its owner sees.
    found = _output(served() if knows else current(), generation_id, position)
    if found is None:
        raise Refused(404, GONE)
    if found.removal:
        raise Refused(410, found.removal)
    media = current().media
    path = media.output(found)
    return clip_answer(request, media.clips, found, path, headers=PLAYED_ANYWHERE)


def _output(studio: Studio, generation_id: int, position: int) -> Output | None:
    try:
        generation = studio.generations.get(generation_id)
    except (UnknownGeneration, OverflowError):
        return None
    return next((one for one in generation.outputs if one.position == position), None)
