"""The inbox: the data of our own component, and the decisions that it sends back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.domain.reviews import MOST_STARS, Span
from core.errors import DailiesError
from core.generations import Generation, Review
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.studio.desk.comparisons import output_of
from core.text.names import key
from pages.ui import components, formatting, media_urls, plain
from pages.ui.access import person
from pages.ui.review import inbox_view

KEY, TAKEN = "inbox_clips", "inbox_taken"
AHEAD = 24
"""Clips that the browser knows: it asks for more each time that it tells what was decided."""
RUN = re.compile(r"[a-z0-9]{1,20}")
MOST = 200
"""Of the decisions that one message may carry."""


def button(studio: Studio, chosen: Filter, order: Order) -> None:
    left = studio.history.unrated(chosen, order, key(person.name()), 0)[1]
    if left and st.button(
        f"Inbox · {left:,}",
        key="filter_inbox",
        icon=":material/inbox:",
        type="tertiary",
        help="One clip after the other, of those that you have not rated.",
    ):
        st.switch_page("inbox.py", query_params=inbox_view.query(chosen, order))


def show(studio: Studio, chosen: Filter, order: Order) -> None:
    by = person.name()
    numbers, left = studio.history.unrated(chosen, order, key(by), AHEAD)
    run, number = st.session_state.get(TAKEN, ("", 0))
    components.component("review/inbox")(
        key=KEY,
        data={
            "view": f"{by} {chosen} {order}",
            "clips": [_clip(studio, one) for one in studio.history.these(numbers)],
            "left": left,
            "taken": {"run": run, "number": number},
        },
        on_decisions_change=lambda: _take_in(studio, by),
    )


def _clip(studio: Studio, generation: Generation) -> dict[str, Any]:
    """What pages/frontend/review/inbox.js calls a Clip."""
    output = output_of(generation)
    seen = output or generation.main
    poster = media_urls.poster(generation, seen) if seen and seen.poster else ""
    return {
        "id": generation.id,
        "href": f"{media_urls.base()}/generation?id={generation.id}",
        "name": formatting.title(generation, studio.catalog.names),
        "words": formatting.short(generation.request.words, 600),
        "src": media_urls.linked(media_urls.video(generation, output) if output else poster),
        "poster": media_urls.linked(poster),
        "kind": output.medium if output else "image",
        "stars": 0,
        "state": str(generation.review),
    }


def _take_in(studio: Studio, by: str) -> None:
    """Read with care: a browser may send anything. What was taken in before is skipped, so that
    sending it again changes nothing."""
    sent = components.message(KEY, "decisions")
    if not isinstance(sent, Mapping) or not isinstance(sent.get("decisions"), list):
        return
    run = str(sent.get("run"))
    if not RUN.fullmatch(run):
        return
    known, taken = st.session_state.get(TAKEN, ("", 0))
    taken = taken if known == run else 0
    for decision in sent["decisions"][:MOST]:
        number = components.number(decision.get("number")) if isinstance(decision, Mapping) else 0
        if number > taken:
            _decide(studio, decision, by, f"{run}-{number}")
            taken = number
    st.session_state[TAKEN] = run, taken


def _decide(studio: Studio, decision: Mapping[str, Any], by: str, note_id: str) -> None:
    number, value = components.number(decision.get("id")), str(decision.get("value"))
    what = decision.get("what")
    try:
        if what == "stars" and components.number(value) <= MOST_STARS:
            studio.reviews.rate([number], components.number(value), by=by)
        elif what == "state" and value in list(Review):
            studio.reviews.set_state([number], Review(value), by=by)
        elif what == "note":
            span = _moment(decision.get("moment"))
            studio.reviews.write(number, value, by=by, span=span, note_id=note_id)
    except DailiesError as error:
        st.toast(plain.error(error))


def _moment(at: object) -> Span | None:
    return Span(float(at)) if isinstance(at, (int, float)) and 0 <= at < 1e6 else None
