"""How a page of the history was drawn before it had a component of its own, with all that its
panels hold: the baseline."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting, times
from pages.ui.clips import cards, outputs
from pages.ui.history import marks

COLUMNS, NARROWEST = 4, 160


def posters(studio: Studio, generations: Sequence[Generation]) -> None:
    """Each generation as a still with what one wants to know of it, in elements of Streamlit."""
    grid = st.grid(columns=COLUMNS, min_column_width=NARROWEST, gap=("medium", "small"))
    for generation in generations:
        with grid.cell(), st.container(gap="xsmall"):
            outputs.still(studio, generation)
            st.page_link(
                "generation.py",
                label=cards.title(studio, generation),
                help=times.moment(generation.created_at),
                query_params={"id": str(generation.id)},
            )
            st.caption(_facts(studio, generation))


def panel(label: str, icon: str, key: str, *, quiet: bool = True) -> PopoverContainer:
    """One that is always filled, and opened by the browser alone."""
    filled = st.popover(label, icon=icon, key=key, type="tertiary" if quiet else "secondary")
    filled.open = True
    return filled


def _facts(studio: Studio, generation: Generation) -> str:
    length = marks.seconds(generation)
    figures = [
        f"{length:.3g} s" if length else "",
        formatting.cost(generation, studio.catalog.suppliers[generation.provider]),
        formatting.age(generation.created_at),
    ]
    return "  \n".join((marks.badge(generation), " · ".join(filter(None, figures))))
