"""Tells in the browser that a generation, or a batch, which this session ordered has ended."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from core.domain.batches import UnknownBatch
from core.generations import Generation, Status
from core.studio import Studio
from pages.ui import clicks, components, formatting
from pages.ui.shell import lookout

SAYS = {
    Status.SUCCEEDED: "is done",
    Status.FAILED: "has failed",
    Status.UNCONFIRMED: "needs you to decide",
}
"""What is worth telling. Whoever cancels knows."""


class Ended(TypedDict):
    id: int | str
    says: str


def watch(studio: Studio) -> None:
    """Wait, on any page of the session, for what it has ordered."""
    if clicks.ordered() or clicks.ordered_batches():
        st.fragment(_announce)(studio)


def switches() -> None:
    """How to be told; each browser keeps its own answer."""
    components.component("shell/announcer")(
        data={"ended": [], "panel": True}, key="announcer_switches"
    )


def ended(studio: Studio) -> list[Ended]:
    found = [studio.generations.find(number) for number in clicks.ordered()]
    alone = [_line(studio, one) for one in found if one and one.status in SAYS]
    return [*alone, *(line for one in clicks.ordered_batches() if (line := _batch(studio, one)))]


def _announce(studio: Studio) -> None:
    with lookout.waiting(studio, "announcer_lookout") as look:
        look.waits = _is_waiting(studio)  # first: what ends meanwhile is told below
        told = ended(studio)
        announcer = components.component("shell/announcer")
        announcer(data={"ended": told, "panel": False}, key="announcer")


def _is_waiting(studio: Studio) -> bool:
    if {*clicks.ordered_batches()} & {*studio.batches.open()}:
        return True
    found = map(studio.generations.find, clicks.ordered())
    return any(one and not one.status.is_final for one in found)


def _batch(studio: Studio, batch_id: str) -> Ended | None:
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
