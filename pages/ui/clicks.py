"""One click, one order: the second click of a double click orders nothing."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.domain.batches import Batch
from core.domain.families import Origin
from core.generations import Generation, Request, Status
from core.studio import Studio
from pages.ui import filing
from pages.ui.access import person

DOUBLE = timedelta(seconds=3)
"""As long as the second click of a double one may take to arrive while the server is busy."""
IN_VAIN = frozenset({Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED})
ORDERED = "clicks_ordered"
OWN = "clicks_own"
ORDERED_BATCH, OWN_BATCHES = "clicks_ordered_batch", "clicks_own_batches"
KEPT = 20


def order(
    studio: Studio, wanted: Request, idempotency_key: str, origin: Origin | None = None
) -> tuple[Generation, bool]:
    """Order it.

    Returns the generation, and whether it is new. Raises InvalidRequest. A second click on the same
    button brings the same key, and so the same order. If it meets a fresh button, it is recognised
    by what this session ordered just before, until that has failed. An order by somebody else, or
    in another tab, is an order of its own.
    """
    state = st.session_state
    fingerprint, number, at = state.get(ORDERED, ("", 0, studio.now))
    if fingerprint == wanted.fingerprint and abs(studio.now - at) < DOUBLE:
        first = studio.generations.get(number)
        if first.status not in IN_VAIN:
            return first, False
    generation, new = studio.compose.submit(
        wanted,
        idempotency_key,
        author=person.name(),
        project_id=filing.project_id(studio),
        origin=origin,
    )
    state[ORDERED] = wanted.fingerprint, generation.id, studio.now
    keep_as_own(generation)
    return generation, new


def order_variations(
    studio: Studio, wanted: Request, count: int, idempotency_key: str, origin: Origin | None = None
) -> tuple[Batch, bool]:
    """Order so many of the same as one batch, as `order` does one. Raises InvalidRequest."""
    state = st.session_state
    mark = f"{count} {wanted.fingerprint}"
    before, batch_id, at = state.get(ORDERED_BATCH, ("", "", studio.now))
    if mark == before and abs(studio.now - at) < DOUBLE:
        return studio.batches.get(batch_id), False
    batch, new = studio.batches.vary(
        wanted,
        count,
        idempotency_key,
        author=person.name(),
        project_id=filing.project_id(studio),
        origin=origin,
    )
    state[ORDERED_BATCH] = mark, batch.id, studio.now
    keep_batch_as_own(batch)
    return batch, new


def keep_batch_as_own(batch: Batch) -> None:
    """Announce its end to whoever sits there."""
    st.session_state[OWN_BATCHES] = [*ordered_batches(), batch.id][-KEPT:]


def ordered_batches() -> list[str]:
    own: list[str] = st.session_state.get(OWN_BATCHES, [])
    return own


def keep_as_own(generation: Generation) -> None:
    """Announce its end to whoever sits there: this session ordered it."""
    st.session_state[OWN] = [*ordered(), generation.id][-KEPT:]


def ordered() -> list[int]:
    own: list[int] = st.session_state.get(OWN, [])
    return own
