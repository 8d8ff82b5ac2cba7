"""What people say of clips, where they are filed, and what all of it costs."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.api.callers import Viewer
from core.api.problems import Refused
from core.api.v1.generations import found_by
from core.domain.caps import Standing
from core.domain.reviews import MOST_STARS, Note, Outcome, Rating, Span
from core.storage.spending.bought import Bought, together

router = APIRouter(tags=["Review and spending"])


class Stars(BaseModel):
    stars: int = Field(ge=0, le=MOST_STARS, description="0 takes them away.")


class Words(BaseModel):
    """A note, on a moment of the clip in seconds where one is given."""

    text: str
    seconds: float | None = Field(None, ge=0)


class RatingAnswer(BaseModel):
    person: str
    stars: int
    at: datetime


class NoteAnswer(BaseModel):
    id: str
    person: str
    text: str
    seconds: float | None
    at: datetime


class Said(BaseModel):
    ratings: list[RatingAnswer]
    notes: list[NoteAnswer]
    tags: list[str]


class ProjectAnswer(BaseModel):
    id: int
    name: str
    generations: int
    archived: bool


class Projects(BaseModel):
    projects: list[ProjectAnswer]


class ModelSpending(BaseModel):
    """Of a model at one provider, in the credits of that."""

    model: str
    provider: str
    generations: int
    settled: int
    pending: int


class ProviderSpending(BaseModel):
    """In the credits of one provider, and what all of them are worth in US dollars."""

    provider: str
    settled: int
    pending: int
    dollars: float


class CapStanding(BaseModel):
    """How far a cap is used that what you order counts against, in the credits of its provider, or
    in US cents where the provider is `all`."""

    name: str
    provider: str
    credits: int
    used: int
    left: int
    startsAgain: datetime | None  # noqa: N815


class Spending(BaseModel):
    """Credits: settled by the provider, and the most that the rest may still cost. Where several
    are in use `settled` and `pending` are none: credits of one are never added to another's."""

    since: date | None
    settled: int | None
    pending: int | None
    dollars: float
    providers: list[ProviderSpending]
    models: list[ModelSpending]
    caps: list[CapStanding]


@router.get("/generations/{generation_id}/reviews")
def reviews(caller: Viewer, generation_id: int) -> Said:
    """What people say of it."""
    number, said = found_by(caller, generation_id).id, caller.studio.reviews
    return Said(
        ratings=[_rating(one) for one in said.ratings(number)],
        notes=[_note(one) for one in said.notes(number) if one.deleted_at is None],
        tags=[tag.name for tag in said.tags(number)],
    )


@router.put("/generations/{generation_id}/rating")
def rate(caller: Viewer, generation_id: int, given: Stars) -> Said:
    """Your own stars."""
    number = found_by(caller, generation_id).id
    _done(caller.studio.reviews.rate([number], given.stars, by=caller.name))
    return reviews(caller, number)


@router.post("/generations/{generation_id}/notes", status_code=201)
def write(caller: Viewer, generation_id: int, given: Words) -> Said:
    """A note in your name."""
    number = found_by(caller, generation_id).id
    span = None if given.seconds is None else Span(given.seconds)
    _done(caller.studio.reviews.write(number, given.text, by=caller.name, span=span))
    return reviews(caller, number)


@router.get("/projects")
def projects(caller: Viewer) -> Projects:
    return Projects(
        projects=[
            ProjectAnswer(
                id=one.id,
                name=one.name,
                generations=one.generations,
                archived=one.archived_at is not None,
            )
            for one in caller.studio.projects.all()
        ]
    )


@router.get("/spending")
def spending(caller: Viewer, since: date | None = None) -> Spending:
    """What was spent since a day, in UTC, or ever; and how far your caps are used."""
    studio = caller.studio
    there = studio.spending.by_provider(since)
    used = [one for one in there.values() if one.spent]
    alone = together(used) if len(used) < 2 else None
    worth = studio.catalog.suppliers.worth
    models = studio.spending.credits("model", since)
    return Spending(
        since=since,
        settled=alone.settled if alone else None,
        pending=alone.pending if alone else None,
        dollars=float(worth({name: one.spent for name, one in there.items()})),
        providers=[
            _provider(name, one, float(worth({name: one.spent}))) for name, one in there.items()
        ],
        models=[_model(name, one) for each in models.values() for name, one in each.items()],
        caps=[
            _cap(studio.caps.title(one.cap), one) for one in studio.caps.standings_for(caller.name)
        ],
    )


def _done(outcome: Outcome) -> None:
    """Raises Refused with why it was not done."""
    if outcome.refused:
        raise Refused(409, " ".join(dict.fromkeys(outcome.refused.values())))


def _rating(one: Rating) -> RatingAnswer:
    return RatingAnswer(person=one.person, stars=one.stars, at=one.at)


def _note(one: Note) -> NoteAnswer:
    seconds = one.span.start if one.span else None
    return NoteAnswer(
        id=one.id, person=one.person, text=one.text, seconds=seconds, at=one.created_at
    )


def _provider(name: str, bought: Bought, dollars: float) -> ProviderSpending:
    return ProviderSpending(
        provider=name, settled=bought.settled, pending=bought.pending, dollars=dollars
    )


def _model(provider: str, bought: Bought) -> ModelSpending:
    return ModelSpending(
        model=str(bought.value),
        provider=provider,
        generations=bought.generations,
        settled=bought.settled,
        pending=bought.pending,
    )


def _cap(title: str, standing: Standing) -> CapStanding:
    return CapStanding(
        name=title,
        provider=standing.cap.provider,
        credits=standing.cap.credits,
        used=standing.used,
        left=standing.left,
        startsAgain=standing.turns_at,
    )
