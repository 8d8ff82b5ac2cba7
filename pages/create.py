"""Compose on one side, watch on the other."""

import secrets
from dataclasses import replace

import streamlit as st

from core.generations import FINAL
from core.history import Filter, Order
from core.serving import current
from pages.ui import cards, draft, examples, form, picture, prompt, words

RECENT = 5
CARDS = 12

studio = current()
state = st.session_state
request = draft.load(studio)
draft.show_key()
state.setdefault("create_nonce", secrets.token_hex(8))
if said := state.pop("create_said", None):
    st.toast(said)
compose, watch = st.columns([5, 6], gap="large")

with compose:
    model = form.model(studio, request)
    request = replace(request, endpoint=model.endpoint, model=model.id)
    problems = state.get("create_problems", [])

    size = form.size(studio, model, request)
    for slot in model.input:
        picture.choose(studio, request, slot, size)
        form.complaints(problems, slot.role)
    request = replace(request, prompt=prompt.write(studio, model, request))
    form.complaints(problems, "prompt")
    chosen = form.settings(model, request, problems)
    others = {k: v for k, v in request.params.items() if model.setting(k) is None}
    request = replace(request, params=others | chosen)
    draft.save(studio, request)

    wanted = draft.fitted(request, model)
    quote = studio.quote(wanted)
    twin = studio.twin(wanted)
    if twin:
        cards.twin(studio, twin)
    agreed = quote is not None or st.checkbox(
        "Submit it although nobody knows the price yet", key=draft.widget("agreed")
    )
    # The key holds the price: a click on a price that has just changed does not count.
    clicked = st.button(
        f"{'Generate anyway' if twin else 'Generate'} · {words.price(quote)}",
        key=f"create_go_{state['create_nonce']}_{quote}",
        type="primary",
        icon=":material/movie:",
        width="stretch",
    )
    before, problems = problems, form.problems(studio, wanted, agreed=bool(agreed))
    if clicked and not problems:
        generation, new = studio.submit(wanted, state["create_nonce"])
        state["create_nonce"] = secrets.token_hex(8)
        number = generation.id
        state["create_said"] = (
            f"Generation {number} is on its way." if new else f"That is {number} already."
        )
    state["create_problems"] = problems if clicked or before else []
    if clicked and (not problems or problems != before):
        st.rerun()  # for a fresh button, or for each reason beside its field
    if state["create_problems"]:
        reasons = "\n".join(f"- {problem.message}" for problem in problems)
        st.error(reasons, title="Not submitted, and nothing is lost", icon=":material/error:")


def follow(seen: list[int]) -> None:
    """Draw what is in flight. When one ends or begins, the whole page is drawn once."""
    flying = studio.history.in_flight()
    for generation in flying[:CARDS]:
        cards.in_flight(studio, generation)
    if len(flying) > CARDS:
        st.caption(f"And {len(flying) - CARDS} more.")
    if [generation.id for generation in flying] != seen:
        st.rerun()


with watch:
    flying = [generation.id for generation in studio.history.in_flight()]
    st.fragment(follow, run_every=2 if flying else None)(flying)
    ended = studio.history.page(Filter(status=tuple(FINAL)), Order.NEWEST, 1, RECENT)
    if ended:
        cards.ended(studio, ended[0], "create_latest")
        cards.strip(studio, ended[1:])
    elif not flying:
        examples.show(studio)
