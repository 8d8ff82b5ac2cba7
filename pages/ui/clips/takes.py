"""The strip of takes: those in flight and those that have just ended, as small tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.domain.people import Role
from core.generations import BEFORE_PROVIDER, FINAL, Generation, Status
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui import formatting, media_urls
from pages.ui.access import allowed
from pages.ui.clips import cards, frame_to_come, queue_verbs
from pages.ui.clips.stage import Seen
from pages.ui.components import component, message, number
from pages.ui.compose.form_state import STRIP, form_state

FLYING, ENDED = 24, 12
"""So many tiles of each at most."""
PROMPT = 160
ALONE = Filter(status=tuple(FINAL), search="-is:batched")
"""A batch has a card of its own."""
STATE = {
    Status.RUNNING: "running",
    Status.DOWNLOADING: "fetching",
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.UNCONFIRMED: "unsure",
}
"""How a tile looks; it waits in every other state."""


def show(studio: Studio, seen: Seen) -> None:
    flying = studio.history.in_flight(FLYING, alone=True)
    ended = studio.history.page(ALONE, Order.NEWEST, 1, ENDED)
    if not (flying or ended):
        return
    mine = form_state().ordered
    sent = component("compose/strip")(
        data={
            "takes": [_tile(studio, one, mine) for one in (*flying, *ended)],
            "on": seen.on_stage,
        },
        key=STRIP,
        on_open_change=_open,
        on_cancel_change=lambda: _cancel(studio),
    )
    if (more := len(seen.flying) - len(flying)) > 0:
        st.caption(f"And {more} more in flight.")
    if sent.open:
        st.rerun()


def _open() -> None:
    state = form_state()
    if chosen := number(message(STRIP, "open")):
        state.on_stage = state.chosen_for_stage = chosen


def _cancel(studio: Studio) -> None:
    if chosen := number(message(STRIP, "cancel")):
        cards.cancel(studio, chosen)


def _tile(studio: Studio, generation: Generation, mine: Sequence[int]) -> dict[str, Any]:
    status, title = generation.status, cards.title(studio, generation)
    return {
        "id": generation.id,
        "state": STATE.get(status, "waiting"),
        "label": _label(generation),
        "progress": generation.progress,
        "since": generation.created_at.timestamp() * 1000,
        "picture": _picture(studio, generation),
        "prompt": formatting.short(generation.request.words, PROMPT) or title,
        "cancel": cards.cancel_hint(studio, generation) if allowed.to(Role.MAKER) else "",
        "free": status in BEFORE_PROVIDER,
        "mine": generation.id in mine,
    }


def _label(generation: Generation) -> str:
    if _is_cancelling(generation):
        return "Cancelling …"
    return (
        queue_verbs.HELD
        if queue_verbs.is_held(generation)
        else formatting.STATUS[generation.status]
    )


def _is_cancelling(generation: Generation) -> bool:
    return generation.cancel_requested and not generation.status.is_final


def _picture(studio: Studio, generation: Generation) -> str:
    made = generation.main
    if made and made.poster:
        return media_urls.linked(media_urls.poster(generation, made))
    start = None if made else frame_to_come.start_picture(studio, generation)
    return media_urls.linked(media_urls.picture(start)) if start else ""
