"""One generation: what it made, what it was made from, what it cost and how it went."""

import streamlit as st

from core.accounting.untold import is_untold
from core.generations import Generation, Status
from core.serving import current
from core.text import visible_text
from pages.ui import empty, page_address
from pages.ui.clips import actions, cards, failure_box, outputs
from pages.ui.generation import (
    family,
    moderation_report,
    record,
    sent_request,
    settling,
    storyboard,
    undecided,
    verbs,
)
from pages.ui.review import panel
from pages.ui.shell import lookout, page_title
from pages.ui.spending import balance

TALLEST = 68  # hundredths of the window that a clip is high at most

studio = current()
answered = studio.accounts.changes


def named() -> Generation | None:
    """The generation that the address names; without one, the last one seen: after a quick step
    back from Create, Create's own address may have come too late."""
    text = visible_text.bare(st.query_params.get("id", st.session_state.get("generation_seen", "")))
    if not (text.isdecimal() and len(text) < 16):
        return None
    return studio.generations.find(int(text))


def follow(seen: Generation) -> None:
    """The live card. When its state changes, the whole page is drawn once."""
    with lookout.waiting(studio, "generation_lookout"):
        now = studio.generations.get(seen.id)
        cards.in_flight(studio, now, TALLEST, with_prompt=False)  # it stands beside
        if now.status is not seen.status:
            st.rerun()


generation = named()
if generation is None:
    page_title.show("No such generation")
    empty.show(
        "There is no such generation",
        "The address names one that this history does not have.",
    )
else:
    st.session_state["generation_seen"] = str(generation.id)
    page_title.show(page_title.of_generation(generation))
    record.heading(studio, generation)
    undecided.flash(generation.id)
    made, told = st.columns([9, 4], gap="large")
    with made, st.container(key="generation_made"):
        seen = None
        if not generation.status.is_final:
            st.fragment(follow)(generation)
        elif generation.outputs:
            seen = outputs.show(studio, generation, TALLEST, "generation")
        else:
            failure_box.show(studio, generation)
            failure_box.verbs(studio, generation, "generation_failure", primary=True)
            moderation_report.show(studio, generation)
        if generation.status is Status.UNCONFIRMED:
            undecided.resolve(studio, generation)
        elif is_untold(generation, studio.catalog.suppliers[generation.provider]):
            settling.settle(studio, generation)
        verbs.row(studio, generation, seen)
        if seen:
            storyboard.show(studio, generation, seen)
    with told:
        sent_request.prompt(generation)
        record.timeline(studio, generation)
        panel.show(studio, generation)
        sent_request.inputs(studio, generation.request)
        with st.container(gap="xsmall"):
            record.cost(studio, generation)
            with st.expander("Settings"):
                sent_request.settings(studio.compose.model(generation.request), generation.request)
            actions.facts_of(generation)
            record.steps(studio, generation)
    family.show(studio, generation)
    balance.follow(studio, answered)
    if "id" not in st.query_params:
        page_address.correct({"id": str(generation.id)})
