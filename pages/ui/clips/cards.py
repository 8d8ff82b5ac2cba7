"""One generation as a card: in flight with its progress, or ended with its clip or its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.domain.people import Role
from core.errors import NotCancellable, UnknownGeneration
from core.generations import BEFORE_PROVIDER, Generation, Status
from core.studio import Studio
from pages.ui import formatting, plain, times
from pages.ui.access import allowed
from pages.ui.clips import failure_box, frame_to_come, outputs, queue_verbs, recall
from pages.ui.components import component
from pages.ui.compose.form_state import form_state

TALLEST = 58  # hundredths of the window
WAITING = BEFORE_PROVIDER | {Status.PENDING, Status.THROTTLED}


def title(studio: Studio, generation: Generation) -> str:
    """The generation's number and the model's name: never the prompt, which is not for labels."""
    return formatting.title(generation, studio.catalog.names)


def in_flight(
    studio: Studio, generation: Generation, tallest: int = TALLEST, *, with_prompt: bool = True
) -> None:
    """A frame for what will come, with its progress. The label stays the same throughout a state,
    so that it does not fold or jump."""
    is_held = queue_verbs.is_held(generation)
    state = queue_verbs.HELD if is_held else formatting.STATUS[generation.status]
    label = f"{state} · {title(studio, generation)}"
    with st.container(key="flight", gap=None):
        frame_to_come.show(studio, generation, tallest)
        with st.container(key="flight_status"):
            # `with` would mark it as complete
            box = st.status(label, state="running", expanded=True)
    with box.container():
        _how_far(generation)
    if line := queue_verbs.words(studio, generation):
        box.text(line)
    if generation.reason and not is_held:
        box.text(f"{generation.reason}{_retry(studio, generation)}")
    may_retry = not is_held and allowed.to(Role.MAKER)
    if generation.status is Status.QUEUED and generation.retry_at and may_retry:
        box.button(
            "Try now",
            key=f"retry_now_{generation.id}",
            on_click=studio.generations.retry_now,
            args=(generation.id,),
            icon=":material/bolt:",
            type="tertiary",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="flight_words", width="stretch", gap=None):
            if with_prompt:
                _prompt(generation)
            st.caption(cost(studio, generation))
        queue_verbs.show(studio, generation)
        _cancel(studio, generation)


def ended(studio: Studio, generation: Generation, key: str) -> None:
    if generation.outputs:
        seen = outputs.show(studio, generation, TALLEST, key)
    else:
        seen = None
        failure_box.show(studio, generation)
        failure_box.verbs(studio, generation, key)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_verbs"
    ):
        with st.container(key=f"{key}_words", width="stretch", gap=None):
            _prompt(generation)
            st.caption(f"{title(studio, generation)} · {cost(studio, generation)}")
        if seen:
            outputs.verbs(studio, generation, seen, key)
        recall.menu(studio, generation, key)
        link(generation)


def cost(studio: Studio, generation: Generation) -> str:
    return formatting.cost(generation, studio.catalog.suppliers[generation.provider])


def link(generation: Generation) -> None:
    st.page_link(
        "generation.py",
        label="Open",
        icon=":material/open_in_full:",
        help=times.moment(generation.created_at),
        query_params={"id": str(generation.id)},
    )


def _prompt(generation: Generation) -> None:
    if generation.request.words:
        st.text(formatting.short(generation.request.words))


def _how_far(generation: Generation) -> None:
    """Progress in words and as a bar, both of which the browser continues. No share where the
    provider tells none."""
    share = None if generation.status in WAITING else generation.progress
    since = generation.created_at.timestamp() * 1000
    told = {"id": generation.id, "share": share, "since": since}
    component("generation/elapsed")(data=told, key="flight_elapsed")


def _retry(studio: Studio, generation: Generation) -> str:
    if generation.status is Status.DOWNLOADING:
        supplier = studio.catalog.suppliers[generation.provider]
        return f" It is tried again by itself: {supplier.title} keeps a clip for {supplier.keeps}."
    at = generation.retry_at if generation.status is Status.QUEUED else None
    if at is None or at < datetime.now(UTC):
        return ""
    return f" Next try at {times.clock(at)}."


def cancel_hint(studio: Studio, generation: Generation) -> str:
    """What a cancel would mean; empty where nothing can be cancelled any more."""
    if generation.status.is_final or generation.status is Status.DOWNLOADING:
        return ""
    if generation.cancel_requested:
        return ""
    if generation.status is Status.QUEUED:
        return "Nothing has been sent yet."
    supplier = studio.catalog.suppliers[generation.provider]
    return supplier.on_cancelling if supplier.may_cancel(generation.status) else ""


def cancel(studio: Studio, generation_id: int) -> None:
    try:
        studio.generations.cancel(generation_id)
    except (NotCancellable, UnknownGeneration) as error:  # since the page was drawn
        form_state().toast(error.message, ":material/info:")


def _cancel(studio: Studio, generation: Generation) -> None:
    if generation.cancel_requested and generation.status is not Status.DOWNLOADING:
        st.caption("Cancelling …", width="content")
    elif (hint := cancel_hint(studio, generation)) and allowed.to(Role.MAKER):
        st.button(
            "Cancel",
            key=f"cancel_{generation.id}",
            help=hint,
            on_click=cancel,
            args=(studio, generation.id),
            icon=":material/close:",
            type="tertiary",
        )
    elif generation.status.is_at_provider and not hint:
        why = NotCancellable(studio.catalog.suppliers[generation.provider].title).message
        st.caption("Cannot be cancelled", help=plain.text(why), width="content")


def in_doubt(studio: Studio, generation: Generation) -> None:
    """Warn, before money is spent twice, that the same request may be in the making."""
    who = plain.text(studio.catalog.suppliers[generation.provider].title)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xsmall"):
            st.markdown(f"**{who} may be making this already**")
            st.caption(f"The same order was sent, and nobody knows yet whether {who} took it.")
        link(generation)


def made_already(generation: Generation) -> None:
    st.page_link(
        "generation.py",
        label=f"The same as #{generation.id}",
        help="The same files, words and settings made it. Once more is paid once more.",
        query_params={"id": str(generation.id)},
    )
