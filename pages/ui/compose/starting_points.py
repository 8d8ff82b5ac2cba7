"""What the Create page shows before there is anything to watch."""

from __future__ import annotations

import secrets
from dataclasses import replace

import streamlit as st

from core.compose.examples import Example, examples
from core.errors import InvalidRequest
from core.generations import Input, Request
from core.studio import Studio
from pages.ui import clicks, formatting
from pages.ui.compose import draft
from pages.ui.compose.form_state import form_state


def show(studio: Studio) -> None:
    """Three ways to begin. In the demo a click makes the clip; with a key it fills the form."""
    # A clip in flight takes its place with its first element: see `_draw`.
    with st.container(), st.container():
        _draw(studio)


def _draw(studio: Studio) -> None:
    st.subheader("Your clips appear here")
    st.caption(
        "Try one of these: it is made at once and costs nothing."
        if studio.settings.demo
        else "Try one of these: it fills the form, and the button there says what it costs."
    )
    grid = st.grid(columns=3, min_column_width=220)
    for number, example in enumerate(examples()):
        with grid.cell(), st.container(border=True, height="stretch"):
            with st.container(key=f"example_still_{number}"):
                st.image(str(example.still), width="stretch", alt=example.title)
            st.markdown(f"**{example.title}**")
            st.text(formatting.short(example.request.prompt, 200))
            st.button(
                "Make this clip" if studio.settings.demo else "Fill the form",
                key=f"example_{number}",
                icon=":material/play_arrow:",
                on_click=_run,
                args=(studio, example),
            )


def _run(studio: Studio, example: Example) -> None:
    request = _complete(studio, example)
    draft.replace_with(studio, request)
    if studio.settings.demo:
        try:
            generation, _new = clicks.order(studio, request, secrets.token_hex(8))
        except InvalidRequest as error:
            form_state().toast(error.message, ":material/error:")
        else:
            form_state().remember(generation)


def _complete(studio: Studio, example: Example) -> Request:
    """The example with its picture kept as an upload, and the model's own settings."""
    model = studio.compose.model(example.request)
    assert model is not None
    request = replace(example.request, params=model.defaults)
    if example.picture is None:
        return request
    upload, _notices = studio.uploads.add(example.picture.name, example.picture.read_bytes())
    role = model.input[0].role
    return draft.with_inputs(request, role, [Input(role, upload.sha256)])
