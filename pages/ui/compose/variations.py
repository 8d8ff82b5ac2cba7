"""How many of the same a click orders: a number beside Generate."""

from __future__ import annotations

import streamlit as st

from core.domain.batches import MOST_VARIATIONS
from pages.ui.compose import draft

NAME = "count"
MORE = "Many different ones at once: from a prompt with choices in it, or from a table."
WIDTH = 76  # pixels


def count() -> int:
    """The widget's value, also before it is drawn."""
    number: int = st.session_state.get(draft.widget(NAME), 1)
    return number


def stepper() -> None:
    st.number_input(
        "How many",
        min_value=1,
        max_value=MOST_VARIATIONS,
        value=1,
        key=draft.widget(NAME),
        label_visibility="collapsed",
        width=WIDTH,
    )
