"""Many at once: all of them within the caps, or none."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from core.api import ordering
from core.api.bodies import Key, Wanted
from core.api.callers import Caller, Maker, Viewer
from core.api.problems import Refused
from core.api.simple import REPLAYED
from core.domain.batches import UnknownBatch
from core.errors import InvalidRequest, Problem
from core.studio import Studio
from core.studio.making import batches as studio_batches
from core.text.names import key as person_key

SEVERAL = "These are made at several providers, whose credits are not alike: leave maxCredits out."
MOST = 500
"""In one call; the body has its limit too."""

router = APIRouter(prefix="/batches", tags=["Batches"])


class WantedBatch(BaseModel):
    """`maxCredits` is the most that all of them may cost together."""

    name: str = Field("", max_length=200)
    generations: list[Wanted] = Field(min_length=1, max_length=MOST)
    maxCredits: int | None = Field(None, ge=0)  # noqa: N815


class BatchSpending(BaseModel):
    """In the credits of one provider."""

    provider: str
    charged: int
    pending: int


class BatchAnswer(BaseModel):
    """`charged` and `pending` are credits; none where several providers make it, whose credits are
    not added up."""

    id: str
    name: str
    size: int
    paused: bool
    done: int
    running: int
    waiting: int
    failed: int
    cancelled: int
    unconfirmed: int
    charged: int | None
    pending: int | None
    spent: list[BatchSpending]
    generations: list[int]


@router.post("", status_code=201)
def create(caller: Maker, wanted: WantedBatch, answer: Response, key: Key = "") -> BatchAnswer:
    """Put all of them into the queue, or none."""
    orders = [_order(caller, one, number) for number, one in enumerate(wanted.generations)]
    if wanted.maxCredits is not None:
        _check_price(caller.studio, orders, wanted.maxCredits)
    whose = caller.person.id or person_key(caller.name)
    scoped = json.dumps(["api", whose, key or secrets.token_hex(16)])
    batch, new = caller.studio.batches.submit(
        wanted.name, orders, hashlib.sha256(scoped.encode()).hexdigest(), author=caller.name
    )
    if not new and not _are_of(caller, batch.id, orders):
        raise Refused(409, ordering.OTHER_BODY)
    answer.headers[REPLAYED] = "false" if new else "true"
    return look(caller, batch.id)


@router.get("/{batch_id}")
def look(caller: Viewer, batch_id: str) -> BatchAnswer:
    """How far it is."""
    try:
        batch = caller.studio.batches.get(batch_id)
    except UnknownBatch:
        raise Refused(404, "There is no such batch.") from None
    tally = caller.studio.batches.tally(batch.id)
    return BatchAnswer(
        id=batch.id,
        name=batch.name,
        size=batch.size,
        paused=batch.is_paused,
        generations=caller.studio.batches.numbers(batch.id),
        **vars(tally)
        | {
            "charged": _only(tally.charged),
            "pending": _only(tally.pending),
            "spent": [
                BatchSpending(
                    provider=name,
                    charged=tally.charged.get(name, 0),
                    pending=tally.pending.get(name, 0),
                )
                for name in sorted({*tally.charged, *tally.pending})
            ],
        },
    )


@router.post("/{batch_id}/cancel")
def cancel(caller: Maker, batch_id: str) -> BatchAnswer:
    """Cancel what has not been sent, which costs nothing; what has been sent goes on."""
    found = look(caller, batch_id)
    caller.studio.batches.cancel_rest(found.id)
    return look(caller, batch_id)


def _only(credits: Mapping[str, int]) -> int | None:
    return None if len(credits) > 1 else sum(credits.values())


def _check_price(studio: Studio, orders: Sequence[studio_batches.Wanted], most: int) -> None:
    """Raises InvalidRequest: also where credits of several providers would have to be added up."""
    makers = {of.id: of for of in (studio.catalog.supplier(one.request) for one in orders)}
    if len(makers) > 1:
        raise InvalidRequest([Problem("maxCredits", SEVERAL)])
    (of,) = makers.values()
    price = studio.batches.quote(orders)
    if price is None or sum(price.values()) > most:
        said = f"Together they may cost more than the {of.counted(most)} that you allow."
        raise InvalidRequest([Problem("price", said)])


def _are_of(caller: Caller, batch_id: str, orders: Sequence[studio_batches.Wanted]) -> bool:
    """Whether the batch has these requests and no others, in whatever order."""
    studio = caller.studio
    known = [studio.generations.get(one).request for one in studio.batches.numbers(batch_id)]
    wanted = [one.request for one in orders]
    return sorted(one.fingerprint for one in known) == sorted(one.fingerprint for one in wanted)


def _order(caller: Caller, wanted: Wanted, number: int) -> studio_batches.Wanted:
    studio = caller.studio
    try:
        asked = ordering.read(studio, wanted.body, endpoint=wanted.endpoint or "")
    except InvalidRequest as error:
        told = [Problem(f"generations.{number}.{p.field}", p.message) for p in error.problems]
        raise InvalidRequest(told) from error
    if not wanted.project:
        return studio_batches.Wanted(asked)
    return studio_batches.Wanted(asked, studio.projects.named(wanted.project, by=caller.name).id)
