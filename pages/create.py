"""Compose on one side, watch on the other."""

import secrets
from dataclasses import replace

import streamlit as st

from core.generations import FINAL
from core.serving import current
from core.storage.history import Filter, Order
from pages.ui import plain
from pages.ui.clips import cards
from pages.ui.compose import (
    chooser,
    draft,
    file_picker,
    form,
    generate_button,
    input_files,
    keys,
    prompt_field,
    starting_points,
)

RECENT = 5
CARDS = 12

studio = current()
state = st.session_state
request = draft.load(studio)
state.setdefault(keys.ORDER_KEY, secrets.token_hex(8))
state.setdefault(keys.ORDERS, 0)
if said := state.pop(keys.SAID, None):
    st.toast(said)
compose, watch = st.columns([5, 6], gap="large")

with compose:
    model = chooser.model(studio, request)
    request = form.lengthened(studio, model, chooser.changed(studio, request, model))
    problems = state.get(keys.PROBLEMS, [])

    files, text, rest = st.container(), st.container(), st.container()
    size = form.size(studio, model, request)
    with rest:  # first, because inputs and prompt hang on the settings
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
    if state[keys.REDRAW]:
        st.rerun()

    wanted = draft.fitted(request, model, slots)
    quote = studio.compose.quote(wanted)
    duplicate = studio.compose.duplicate(wanted)
    unagreed = generate_button.unagreed(studio, model, wanted)
    button, below = st.container(), st.container()
    with below:  # where it comes and goes, Generate stays under the pointer
        if duplicate:
            cards.duplicate(studio, duplicate)
        unagreed += generate_button.unacknowledged(model, duplicate)
    before, problems = problems, [*studio.compose.problems(wanted), *unagreed]
    # The key holds the price and how many orders this session has made: a click that was meant for
    # another price, or was the second of a double click, does not count. One on a page from before
    # the server was started anew does.
    verb = "Generate anyway" if duplicate else "Generate"
    clicked = button.button(
        f"{verb} · {generate_button.price(studio, model, wanted)}",
        key=draft.widget(f"go_{state[keys.ORDERS]}_{quote}"),
        type="primary",
        icon=":material/movie:",
        width="stretch",
        on_click=None if problems else generate_button.at_once,
        args=(studio, wanted, state[keys.ORDER_KEY], duplicate, draft.typed()),
    )
    generate_button.sureness(studio, model, wanted)
    if clicked and not problems and generate_button.was_shown(studio, wanted, duplicate):
        generate_button.submit(studio, wanted, state[keys.ORDER_KEY])
    state[keys.DUPLICATE] = duplicate and duplicate.id
    state[keys.PROBLEMS] = problems if clicked or before else []
    if (clicked and not problems) or state[keys.PROBLEMS] != before:
        st.rerun()  # for a fresh button, or for each reason beside its field
    if state[keys.PROBLEMS]:
        reasons = "\n".join(f"- {plain.text(problem.message)}" for problem in problems)
        st.error(reasons, title="Not submitted, and nothing is lost", icon=":material/error:")


def follow(seen: list[int]) -> None:
    """Draw what is in flight. When one ends or begins, the whole page is drawn once."""
    flying = studio.history.flying()
    for generation in studio.history.in_flight(CARDS):
        cards.in_flight(studio, generation)
    if len(flying) > CARDS:
        st.caption(f"And {len(flying) - CARDS} more.")
    if flying != seen:
        st.rerun()


with watch:
    flying = studio.history.flying()
    st.fragment(follow, run_every=2 if flying else None)(flying)
    ended = studio.history.page(Filter(status=tuple(FINAL)), Order.NEWEST, 1, RECENT)
    if ended:
        cards.ended(studio, ended[0], "create_latest")
        cards.strip(studio, ended[1:])
    elif not flying:
        starting_points.show(studio)

draft.show_key()
file_picker.dialog(studio, model)
