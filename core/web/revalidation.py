"""How long a browser may show a file without asking: not at all where only named people see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from core.domain.people import NOBODY
from core.errors import UnknownGeneration
from core.serving import served, who_asks
from core.visibility import seen_by
from core.web.files import HEADERS

ASK_EACH_TIME = "private, no-cache"
"""An ETag makes that a short answer as long as they may see it."""
Endpoint = Callable[[Request], Response]


def revalidated(endpoint: Endpoint) -> Endpoint:
    """The same answers; those of private projects must be requested anew each time, since anybody
    can lose the right to see one."""

    @wraps(endpoint)
    def answer(request: Request) -> Response:
        response = endpoint(request)
        is_kept = response.headers.get("Cache-Control") == HEADERS["Cache-Control"]
        if is_kept and is_private(request):
            response.headers["Cache-Control"] = ASK_EACH_TIME
        return response

    return answer


def is_private(request: Request) -> bool:
    person, studio, named = who_asks(), served(), request.path_params
    if person is None or not person.is_signed_in:
        return False
    with seen_by(NOBODY):
        if "sha256" in named:
            return studio.uploads.get(named["sha256"]) is None
        if "comparison" in named:
            return studio.comparisons.get(named["comparison"]) is None
        try:
            studio.generations.get(named["generation_id"])
        except UnknownGeneration:
            return True
    return False
