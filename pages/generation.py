"""One generation: what it made, what it was made from, what it cost and how it went."""

import streamlit as st

from core.accounting.resolution import ENDED
from core.errors import UnknownGeneration
from core.generations import Generation, Status
from core.serving import current
from pages.ui import empty, page_address
from pages.ui.clips import actions, cards, failure_box, outputs, recall
from pages.ui.generation import other_model, record, sent_request, undecided
from pages.ui.spending import balance

EVERY = 2  # seconds between two looks while it is in flight
TALLEST = 600  # pixels of what is taller than wide

studio = current()


def named() -> Generation | None:
    """The generation that the address names.

    Without any it is the one that was seen last: what Create says of its own address can come too
    late, when somebody has gone back from there to here.
    """
    text = st.query_params.get("id", st.session_state.get("generation_seen", ""))
    if not (text.isdecimal() and len(text) < 16):
        return None
    try:
        return studio.generations.get(int(text))
    except UnknownGeneration:
        return None


def follow(seen: Generation) -> None:
    """Its live card. When its state changes, the whole page is drawn once."""
    now = studio.generations.get(seen.id)
    cards.in_flight(studio, now)
    if now.status is not seen.status:
        st.rerun()


generation = named()
if generation is None:
    empty.show(
        "There is no such generation",
        "The address names one that this history does not have.",
        "history.py",
        "Look through the history",
        ":material/history:",
    )
else:
    st.session_state["generation_seen"] = str(generation.id)
    record.heading(studio, generation)
    undecided.flash(generation.id)
    made, told = st.columns([7, 5], gap="large")
    with made:
        if not generation.status.is_final:
            st.fragment(follow, run_every=EVERY)(generation)
        elif generation.outputs:
            outputs.show(studio, generation, TALLEST, "generation")
        else:
            failure_box.show(generation)
            failure_box.verbs(studio, generation, "generation_failure")
        if generation.status is Status.UNCONFIRMED:
            undecided.resolve(studio, generation)
        elif generation.status in ENDED and generation.credits_charged is None:
            undecided.settle(studio, generation)
        recall.buttons(studio, generation, "generation")
        other_model.offer(studio, generation)
        actions.verbs(studio, generation)
        sent_request.prompt(generation.request)
        sent_request.inputs(studio, generation.request)
    with told:
        record.credits(generation)
        sent_request.settings(studio.compose.model(generation.request), generation.request)
        actions.facts_of(generation)
        record.timeline(studio, generation)
    balance.follow(studio)
    if "id" not in st.query_params:
        page_address.correct({"id": str(generation.id)})
