"""Tells in the browser that a generation, or a batch, which this session ordered has ended."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from core.domain.batches import UnknownBatch
from core.errors import UnknownGeneration
from core.generations import Generation, Status
from core.studio import Studio
from pages.ui import clicks, components, formatting

EVERY = 2  # seconds between two looks, in a session that has ordered something
SAYS = {
    Status.SUCCEEDED: "is done",
    Status.FAILED: "has failed",
    Status.UNCONFIRMED: "needs you to decide",
}
"""What is worth telling. Whoever cancels knows."""


class Ended(TypedDict):
    """As the script takes it."""

    id: int | str
    says: str


def watch(studio: Studio) -> None:
    """Look now and then, on whichever page the session is, once it has ordered something."""
    if clicks.ordered() or clicks.ordered_batches():
        st.fragment(_announce, run_every=EVERY)(studio)


def switches() -> None:
    """How to be told; each browser keeps its own answer."""
    components.component("shell/announcer")(
        data={"ended": [], "panel": True}, key="announcer_switches"
    )


def ended(studio: Studio) -> list[Ended]:
    found = [_found(studio, number) for number in clicks.ordered()]
    alone = [_line(studio, one) for one in found if one and one.status in SAYS]
    return [*alone, *(line for one in clicks.ordered_batches() if (line := _batch(studio, one)))]


def _announce(studio: Studio) -> None:
    told = ended(studio)
    components.component("shell/announcer")(data={"ended": told, "panel": False}, key="announcer")


def _found(studio: Studio, number: int) -> Generation | None:
    """None when the history went back to a moment before it."""
    try:
        return studio.generations.get(number)
    except UnknownGeneration:
        return None


def _batch(studio: Studio, batch_id: str) -> Ended | None:
    """One line for all of it, once nothing of it is open."""
    try:
        batch, tally = studio.batches.get(batch_id), studio.batches.tally(batch_id)
    except UnknownBatch:
        return None
    if tally.is_open or not tally.size:
        return None
    return Ended(id=batch.id, says=f"{formatting.short(batch.name, 60)}: {formatting.tally(tally)}")


def _line(studio: Studio, generation: Generation) -> Ended:
    title = formatting.title(generation, studio.catalog.names)
    return Ended(id=generation.id, says=f"{title} {SAYS[generation.status]}")
