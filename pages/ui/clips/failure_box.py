"""Why there is nothing to see: what happened, what it cost, and what may be tried instead."""

from __future__ import annotations

import secrets

import streamlit as st

from core.catalog.suppliers import Supplier
from core.domain.families import Origin, Way
from core.errors import DailiesError
from core.generations import Generation, Status
from core.providers.failures import explain, is_gone, may_change, may_repeat
from core.studio import Studio
from pages.ui import clicks, filing, formatting, plain
from pages.ui.access import person
from pages.ui.clips import actions, recall

GONE = "It was deleted there, or has expired. It may be known again: asking costs nothing."


def show(studio: Studio, generation: Generation) -> None:
    supplier = studio.catalog.suppliers[generation.provider]
    who, cost = plain.text(supplier.title), charge(generation, supplier)
    if generation.status is Status.UNCONFIRMED:
        st.warning(
            "It may have been made and billed. Nothing is sent again by itself.",
            title=f"Nobody knows whether {who} took this.",
            icon=formatting.ICON[Status.UNCONFIRMED],
        )
    elif generation.status is Status.CANCELLED:
        st.info(f"Cancelled. {cost}", icon=formatting.ICON[Status.CANCELLED])
    elif generation.task_id is None:
        st.error(cost, title=f"{who} did not take this.")
        st.text(generation.reason)
        return
    elif is_gone(generation):
        st.error(f"{GONE} {cost}", title=f"{who} does not know this task any more.")
    else:
        reason = explain(generation.failure_code, who)
        st.error(f"{reason.advice} {cost}", title=reason.title)
    _details(generation)


def verbs(studio: Studio, generation: Generation, key: str, *, primary: bool = False) -> None:
    """Edit and try again; and repeat, where its provider says that repeating can help. First comes
    what costs nothing: to ask again for an unknown task."""
    if is_gone(generation):
        actions.recover(studio, generation, f"{key}_recover")
    if not is_edited(generation):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(
            "Edit and try again",
            key=f"{key}_edit",
            icon=":material/edit:",
            type="primary" if primary else "secondary",
        ):
            recall.recall(studio, "Use all", generation)
        if may_repeat(generation):
            _repeat(studio, generation, key)


def is_edited(generation: Generation) -> bool:
    return may_change(generation) and bool(generation.request.model)


def charge(generation: Generation, supplier: Supplier) -> str:
    """What it cost, as a sentence: only the provider's final figure tells."""
    who = plain.text(supplier.title)
    charged = generation.credits_charged
    if charged is None:
        return f"{who} has not said what it cost: {formatting.cost(generation, supplier)}."
    cost = formatting.credits(charged, supplier)
    if generation.demo:
        return f"This is a demo; at {who} it would have cost {cost}."
    return f"{cost} charged." if charged else "Nothing was charged."


def _repeat(studio: Studio, generation: Generation, key: str) -> None:
    """The same request once more, for its price; with an unknown price through the form."""
    quote = studio.compose.quote(generation.request)
    against = studio.compose.problems(
        generation.request, author=person.name(), project_id=filing.known_id(studio)
    )
    for problem in against:
        if problem.field == "price":  # a cap has no room for it
            st.caption(plain.text(problem.message))
    if quote is None or against:
        return
    # The key holds this order's own, as on Generate: the second of a double click does not count.
    idempotency_key = st.session_state.setdefault(f"{key}_order_key", secrets.token_hex(8))
    if not st.button(
        f"Try again · {formatting.price(quote, studio.catalog.supplier(generation.request))}",
        key=f"{key}_again_{idempotency_key}_{quote}",
        icon=":material/replay:",
        help="The same request once more, at the price on the button.",
    ):
        return
    try:
        again, _new = clicks.order(
            studio, generation.request, idempotency_key, Origin(generation.id, Way.AGAIN)
        )
    except DailiesError as error:
        st.error(plain.text(error.hint) or " ", title=plain.text(error.message))
        return
    st.session_state[f"{key}_order_key"] = secrets.token_hex(8)
    st.switch_page("generation.py", query_params={"id": str(again.id)})


def _details(generation: Generation) -> None:
    said = [text for text in (generation.failure_code, generation.reason) if text]
    if said:
        with st.expander("Details"):
            st.code("\n".join(said), language=None, wrap_lines=True)
