"""Actions on many that were cut off with their server: what was done is undone, or kept."""

from __future__ import annotations

import streamlit as st

from core.domain.reviews import CutOff
from core.errors import DailiesError
from core.studio import Studio
from pages.ui import plain
from pages.ui.access import person
from pages.ui.review import deeds, story, unbroken

SAID = "cut_off_said"


def show(studio: Studio) -> None:
    for found in studio.reviews.cut_off():
        _line(studio, found)
    if said := st.session_state.pop(SAID, ""):
        st.caption(f":material/info: {plain.text(said)}")


def _line(studio: Studio, found: CutOff) -> None:
    name = f"history_cut_off_{found.action}"
    with st.container(key=name, horizontal=True, vertical_alignment="center", border=True):
        where = st.container(width="stretch", gap="xsmall")
        where.text(_words(found))
        if st.button("Undo", key=f"{name}_undo", icon=":material/undo:"):
            with where:
                person.do(lambda by: _undo(studio, found.action, by))
            st.rerun()
        if st.button("Keep", key=f"{name}_keep", type="tertiary"):
            _keep(studio, found.action)
            st.rerun()


def _words(found: CutOff) -> str:
    return (
        f"An action was cut off after {found.done:,} of {found.total:,} clips:"
        f" {story.told(found.first)}."
    )


def _undo(studio: Studio, action: int, by: str) -> None:
    try:
        with unbroken.shown() as progress:
            outcome = studio.reviews.undo(action, by=by, progress=progress)
    except DailiesError as error:
        st.session_state[SAID] = f"{error.message} {error.hint}".strip()
        return
    if outcome.refused:
        st.session_state[SAID] = deeds.refusals(deeds.SELECTION, outcome.refused)


def _keep(studio: Studio, action: int) -> None:
    try:
        studio.reviews.keep(action)
    except DailiesError as error:
        st.session_state[SAID] = f"{error.message} {error.hint}".strip()
