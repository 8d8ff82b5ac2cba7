"""Compose on one side, watch on the other."""

from dataclasses import replace

import streamlit as st

from core.generations import Status
from core.serving import current
from pages.ui import filing
from pages.ui.batch import card
from pages.ui.clips import cards, stage, takes
from pages.ui.compose import (
    chooser,
    descent,
    draft,
    form,
    generate_button,
    preflight,
    prompt_field,
    starting_points,
    variations,
)
from pages.ui.compose.files import file_picker, file_recipe, input_files
from pages.ui.compose.form_state import STAGE, form_state
from pages.ui.shell import cap_notice, lookout
from pages.ui.spending import balance

studio = current()
answered = studio.accounts.changes
request = draft.load(studio)
state = form_state()
compose, watch = st.columns([5, 6], gap="large")

with compose, st.container(key="composer", gap=None):
    body = st.container(key="composer_form", gap="small")
    foot = st.container(key="composer_foot", gap="xxsmall")
with body:
    # Each in a place of its own: else a new line above a field would show it twice for a moment.
    start, offer, files, text, rest = (st.container(gap="small") for _ in range(5))
    with start:
        model = chooser.model(studio, request)
        request = form.lengthened(studio, model, chooser.changed(studio, request, model))
    problems = state.problems
    with offer:
        file_recipe.offer(studio)
    size = form.size(studio, model, request)
    with rest:  # first, as inputs and prompt depend on the settings
        request = replace(request, params=form.settings(studio, model, request, problems))
    with files:
        slots = input_files.offered(model, request)
        request = input_files.draw(studio, model, request, slots, size, problems)
    with text:
        sent = draft.fitted(request, model, slots)
        request = replace(
            request, prompt=prompt_field.write(studio, model, replace(sent, prompt=request.prompt))
        )
        form.complaints(problems, "prompt")
    draft.save(studio, request)
    if state.needs_redraw:
        st.rerun()

with foot:
    wanted = draft.fitted(request, model, slots)
    duplicate = studio.compose.duplicate(wanted)
    if duplicate and duplicate.status is Status.UNCONFIRMED:
        cards.in_doubt(studio, duplicate)
    generate_button.draw(studio, model, wanted, duplicate)
    with st.container(key="composer_small_print"):
        preflight.line(studio, model, wanted)
        filing.chooser(studio)
        st.page_link(
            "batches.py", label="Batch from a list", icon=":material/stacks:", help=variations.MORE
        )
        cap_notice.line(studio, wanted)
        descent.line(studio, wanted)
        if duplicate and duplicate.status is not Status.UNCONFIRMED:
            cards.made_already(duplicate)


def follow(seen: stage.Seen) -> None:
    """Draw what is in flight, the take on the stage first. When one begins or ends, the whole page
    is drawn once; of a batch that counts only as a whole, or when its take is on the stage."""
    with lookout.waiting(studio, "stage_lookout", waits=seen.is_open):
        stands = studio.generations.find(seen.on_stage)
        now = stage.look(studio, stands)
        if not seen.stands_still:
            with st.container(key="stage_view"):
                if stands and not stands.status.is_final:
                    cards.in_flight(studio, stands)
        takes.show(studio, now)
        card.stack(studio)
        if now != seen:
            stage.announce(studio, seen.flying, now.flying)
            st.rerun()


with watch, st.container(key="stage"):
    stands = stage.on_stage(studio)
    seen = stage.look(studio, stands)
    if seen.stands_still:  # a player is not drawn anew at each look
        with st.container(key="stage_view"):
            if stands is None:
                starting_points.show(studio)
            else:
                cards.ended(studio, stands, STAGE)
    st.fragment(follow)(seen)

draft.show_key()
file_picker.dialog(studio, model)
file_recipe.field(studio)
balance.follow(studio, answered)
