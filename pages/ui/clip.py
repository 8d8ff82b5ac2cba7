"""The clip of one generation: watching it, keeping it, starting the next one from it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.errors import DailiesError
from core.generations import Generation, Input, Output, Request, Status
from core.models import Model
from core.studio import Studio
from pages.ui import addresses, cards, draft, facts, words

TALLEST = 600
"""Pixels. A clip that is taller than wide is shown at this height."""


def player(studio: Studio, generation: Generation) -> None:
    """The clip, or the one that is chosen of several."""
    if len(generation.outputs) > 1:
        st.segmented_control(
            "Clip",
            range(len(generation.outputs)),
            key="generation_output",
            default=0,
            required=True,
            format_func=lambda position: f"Clip {position + 1}",
        )
    output = _chosen(generation)
    cards.player(studio, generation, output, TALLEST)


def verbs(studio: Studio, generation: Generation) -> None:
    """What can be done with it, in one row."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _favourite(studio, generation)
        if generation.main:
            st.link_button(
                "Download",
                addresses.download(generation, _chosen(generation)),
                icon=":material/download:",
            )
            _use_as_input(studio, generation)
        if _is_recoverable(generation):
            _recover(studio, generation)


def facts_of(generation: Generation) -> None:
    """What the file itself says."""
    if generation.main is None:
        return
    output = _chosen(generation)
    st.markdown("**File**")
    facts.show(
        {
            "Picture": f"{output.width} × {output.height}, {output.frame_rate:g} frames a second",
            "Length": f"{output.duration:g} s",
            "Size": words.size(output.bytes),
        }
    )


def _chosen(generation: Generation) -> Output:
    """Of several outputs, the one that is looked at."""
    outputs = generation.outputs
    position = st.session_state.get("generation_output") or 0
    return outputs[position] if position < len(outputs) else outputs[0]


def _favourite(studio: Studio, generation: Generation) -> None:
    marked = generation.favourite
    st.button(
        ":orange[:material/star:] Favourite" if marked else ":material/star: Add to favourites",
        key="generation_favourite",
        help="Click to take it out of the favourites." if marked else None,
        on_click=studio.set_favourite,
        args=(generation.id, not marked),
    )


def _use_as_input(studio: Studio, generation: Generation) -> None:
    with st.popover("Use as input", icon=":material/input:"):
        st.caption("The frame starts a new clip; the form opens with it.")
        if st.button("First frame", key="generation_first_frame", width="stretch"):
            _start_from(studio, generation, "first")
        if st.button("Last frame", key="generation_last_frame", width="stretch"):
            _start_from(studio, generation, "last")


def _start_from(studio: Studio, generation: Generation, which: Literal["first", "last"]) -> None:
    model = _taking_a_picture(studio, draft.load(studio))
    try:
        upload = studio.frame(generation, which)
    except DailiesError as error:
        st.error(f"{error.message} {error.hint}")
        return
    role = model.input[0].role
    started = Request(model.endpoint, model.id, inputs=(Input(role, sha256=upload.sha256),))
    draft.replace_with(studio, started)
    st.session_state["create_new_picture"] = role
    st.switch_page("create.py")


def _taking_a_picture(studio: Studio, current: Request) -> Model:
    """The model of the form if it takes a picture, else the first one that does."""
    models = [m for m in studio.catalog if m.input and m.status == "current"]
    return next((m for m in models if m is studio.model(current)), models[0])


def _is_recoverable(generation: Generation) -> bool:
    """Runway has made a clip, perhaps in spite of a cancel, and may still have it."""
    made = generation.status in (Status.SUCCEEDED, Status.CANCELLED) or (
        generation.status is Status.FAILED and not generation.failure_code
    )
    return made and generation.task_id is not None


def _recover(studio: Studio, generation: Generation) -> None:
    if not st.button(
        "Fetch the clip again from Runway",
        key="generation_recover",
        icon=":material/cloud_download:",
        type="tertiary",
        help="Costs nothing. Runway keeps clips for a day or two.",
    ):
        return
    try:
        with st.spinner("Fetching the clip …"):
            studio.recover(generation.id)
    except DailiesError as error:
        st.error(error.hint or " ", title=error.message)
    else:
        st.rerun()
