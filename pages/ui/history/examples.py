"""An empty demo, filled with a small studio's week."""

from __future__ import annotations

import streamlit as st

from core.compose.examples import Planned, week
from core.errors import DailiesError
from core.studio import Studio
from pages.ui import plain


def offer(studio: Studio) -> None:
    """In the demo only: one click orders the whole week, and the history then fills by itself."""
    if not studio.settings.demo:
        return
    planned = week()
    with st.container(horizontal_alignment="center", gap="xsmall"):
        clicked = st.button(
            "Fill with examples", key="fill_with_examples", icon=":material/grid_view:"
        )
        st.caption(
            f"Makes {len(planned)} demo generations, as after a week's work; nothing is charged.",
            width="content",
            text_alignment="center",
        )
    if clicked:
        try:
            with st.spinner("Ordering the examples"):
                _order(studio, planned)
        except DailiesError as refused:  # such as a full disk
            st.error(plain.error(refused), icon=":material/error:")
        else:
            st.rerun()


def _order(studio: Studio, planned: list[Planned]) -> None:
    """Each is ordered like any other, and so dated now: no date is made up. The keys are always the
    same, so that a second click, or a second tab, orders nothing."""
    files = {file for one in planned for file in one.files.values()}
    kept = {file: studio.uploads.add(file.name, file.read_bytes())[0].sha256 for file in files}
    for number, one in enumerate(planned):
        model = studio.compose.model(one.request)
        assert model is not None
        request = one.complete(model, kept)
        generation, new = studio.compose.submit(request, f"example {number} of the week")
        if new and one.favourite:
            studio.generations.set_favourite(generation.id, True)
        if new and one.cancelled:
            studio.generations.cancel(generation.id)
