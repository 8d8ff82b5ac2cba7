"""What a request is made from: judged when it is submitted, by the files that it uses and by what
the form was filled from."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.domain.families import Origin, Parent, Way
from core.generations import Generation, Request

ENOUGH = 1 / 3
"""The share of the shorter text's words that both need in common to count as alike."""
WORD = re.compile(r"\w+")


def parents(
    request: Request, sources: Mapping[str, str], origin: Origin | None, earlier: Generation | None
) -> tuple[Parent, ...]:
    """`sources` are the generations' idempotency keys by the files' SHA-256; `earlier` is the
    generation that the origin names."""
    found = {key: Way.INPUT for item in request.inputs if (key := sources.get(item.sha256))}
    if origin and earlier and (way := way_from(request, sources, origin, earlier)):
        found[earlier.idempotency_key] = way
    return tuple(Parent(key, way) for key, way in found.items())


def way_from(
    request: Request, sources: Mapping[str, str], origin: Origin, earlier: Generation
) -> Way | None:
    """How the request is made from the generation that filled the form; None where nothing of that
    is left in it."""
    before = earlier.request
    uses_it = any(sources.get(item.sha256) == earlier.idempotency_key for item in request.inputs)
    if origin.way is Way.EXTENDED and uses_it:
        return Way.EXTENDED
    if not is_like(request, before):
        return None
    if (request.endpoint, request.model) != (before.endpoint, before.model):
        return Way.PROMOTED if origin.way is Way.PROMOTED else Way.MODEL
    return Way.AGAIN if request == before else Way.REMIX


def is_like(one: Request, other: Request) -> bool:
    files, others = ({item.sha256 or item.url for item in each.inputs} for each in (one, other))
    if files & others:
        return True
    words, wanted = (set(WORD.findall(each.words.casefold())) for each in (one, other))
    shorter = min(len(words), len(wanted))
    if not shorter:
        return not (words or wanted or files or others)
    return len(words & wanted) >= ENOUGH * shorter
