"""Generations: priced, made, listed, looked at, cancelled, fetched again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.api import ordering
from core.api.bodies import Key, Wanted
from core.api.callers import Caller, Maker, Viewer
from core.api.problems import Refused
from core.api.simple import REPLAYED
from core.api.v1 import answers
from core.api.v1.answers import GenerationAnswer
from core.generations import Generation
from core.storage.search.selection import Filter
from core.storage.store import LARGEST_ID

MOST_A_PAGE = 100

router = APIRouter(prefix="/generations", tags=["Generations"])


class Quote(BaseModel):
    """`credits` of the provider at most, and their worth in US dollars; none where nobody knows
    before it is made. `problems` are all reasons against it, caps among them."""

    credits: int | None
    provider: str
    dollars: float | None
    model: str
    endpoint: str
    problems: list[str]


class Page(BaseModel):
    """`next` is the cursor of the page after this one; none after the last. `remarks` say what of
    the search was not understood."""

    generations: list[GenerationAnswer]
    next: str | None
    remarks: list[str]


@router.post("", status_code=201)
def create(
    request: Request, caller: Maker, wanted: Wanted, answer: Response, key: Key = ""
) -> GenerationAnswer:
    """Put one into the queue."""
    asked = ordering.read(caller.studio, wanted.body, endpoint=wanted.endpoint or "")
    made, new = ordering.place(caller, asked, wanted.terms(key))
    answer.headers[REPLAYED] = "false" if new else "true"
    return _told(request, caller, made)


@router.post("/quote")
def quote(caller: Viewer, wanted: Wanted) -> Quote:
    """What one would cost, and what speaks against it; nothing is made."""
    studio = caller.studio
    asked = ordering.read(studio, wanted.body, endpoint=wanted.endpoint or "")
    project = studio.projects.find(wanted.project) if wanted.project else None
    found = studio.compose.problems(
        asked, author=caller.name, project_id=project.id if project else None
    )
    credits, of = studio.compose.quote(asked), studio.catalog.supplier(asked)
    return Quote(
        credits=credits,
        provider=of.id,
        dollars=of.known_worth(credits),
        model=asked.model,
        endpoint=asked.endpoint,
        problems=[problem.message for problem in found],
    )


@router.get("")
def search(
    request: Request,
    caller: Viewer,
    query: Annotated[
        str, Query(max_length=2000, description="As in the History: words, model:…, is:approved …")
    ] = "",
    cursor: Annotated[str, Query(max_length=20, pattern=r"^\d*$")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = 20,
) -> Page:
    """Those that a search finds, the newest first."""
    history, before = caller.studio.history, int(cursor) if cursor else LARGEST_ID
    if before > LARGEST_ID:
        raise Refused(400, "This is no cursor of a page.")
    found = history.before(Filter(search=query), before, limit + 1)
    names = caller.studio.projects.names()
    shown = [answers.generation(request, caller, one, names) for one in found[:limit]]
    more = str(shown[-1].id) if len(found) > limit else None
    return Page(generations=shown, next=more, remarks=history.complaints(query))


@router.get("/{generation_id}", response_model=GenerationAnswer)
async def look(request: Request, caller: Viewer, generation_id: int) -> Response:
    found = await caller.look_up(generation_id)
    if found.project_id is None:
        told = answers.generation(request, caller, found, {})
    else:
        told = await run_in_threadpool(_told, request, caller, found)
    return Response(told.model_dump_json(), media_type="application/json")


@router.post("/{generation_id}/cancel")
def cancel(request: Request, caller: Maker, generation_id: int) -> GenerationAnswer:
    """Ask for it to end. What has begun is charged; what is final stays as it is. Some providers
    cannot end what they have begun: then it is refused (409)."""
    found = found_by(caller, generation_id)
    if not found.status.is_final:
        caller.studio.generations.cancel(found.id)
    return _told(request, caller, found_by(caller, generation_id))


@router.post("/{generation_id}/recover")
def recover(request: Request, caller: Maker, generation_id: int) -> GenerationAnswer:
    """Fetch its files again while its provider has them."""
    found = found_by(caller, generation_id)
    return _told(request, caller, caller.studio.generations.recover(found.id))


def found_by(caller: Caller, generation_id: int) -> Generation:
    """Raises UnknownGeneration."""
    return caller.studio.generations.get(generation_id)


def _told(request: Request, caller: Caller, found: Generation) -> GenerationAnswer:
    filed_under = found.project_id and caller.studio.projects.get(found.project_id)
    names = {filed_under.id: filed_under.name} if filed_under else {}
    return answers.generation(request, caller, found, names)
