"""A file that says how it was made: it offers to fill the form, and never does so by itself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.generations import Request
from core.studio import Studio
from pages.ui import components, formatting, plain
from pages.ui.compose import draft
from pages.ui.compose.files import dropped_files
from pages.ui.compose.form_state import form_state

KEY = "recipe_of_a_file"
MEDIA = ["image", "video", "audio"]
NOTHING = "This file does not say how it was made, and this model takes no such file."


def look_into(studio: Studio, file: UploadedFile) -> bool:
    """Note the recipe that a file carries, to be offered. Returns whether it has one."""
    found = studio.uploads.recipe_in(file)
    file.seek(0)
    if found is None or studio.compose.filling(found) is None:
        return False
    form_state().recipe = found
    return True


def place() -> dict[str, Sequence[str]]:
    """For callers that give files to fields: where files go that no input of the model takes."""
    return {"place": components.place(draft.widget(KEY)), "media": MEDIA}


def field(studio: Studio) -> None:
    key = draft.widget(KEY)
    with st.container(key=draft.widget("spare_recipe")):
        st.file_uploader(
            "A file with a recipe",
            key=key,
            label_visibility="collapsed",
            on_change=_received,
            args=(studio, key),
        )


def offer(studio: Studio) -> None:
    state = form_state()
    if state.recipe_note:
        st.caption(f":material/info: {plain.text(state.recipe_note)}")
    filling = studio.compose.filling(state.recipe) if state.recipe else None
    if filling is None:
        return
    with st.container(border=True, key="recipe_offer", gap="xsmall"):
        st.markdown("**This file says how it was made**")
        st.text(formatting.short(filling.request.words or "Without words", 200))
        st.caption(plain.text(" ".join((f"With {filling.model_name}.", *filling.notices))))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Fill the form",
                key="recipe_fill",
                icon=":material/edit_note:",
                on_click=_fill,
                args=(studio, filling.request),
            )
            st.button("Not now", key="recipe_dismiss", type="tertiary", on_click=_forget)


def _received(studio: Studio, key: str) -> None:
    file = st.session_state[key]
    if not isinstance(file, UploadedFile):
        return
    form_state().recipe_note = "" if look_into(studio, file) else NOTHING
    dropped_files.release(file)


def _fill(studio: Studio, request: Request) -> None:
    _forget()
    draft.replace_with(studio, request)


def _forget() -> None:
    form_state().recipe = None
    form_state().recipe_note = ""
