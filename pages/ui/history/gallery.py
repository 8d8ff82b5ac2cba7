"""A page of the history as pictures: the data of our own component, and what it sends back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.generations import Generation
from core.studio import Studio
from pages.ui import components
from pages.ui.history import cards, selection

KEY = "history_gallery"
MOST = 200
"""Of the numbers that one message may name: more are on no page."""


def show(
    studio: Studio, generations: Sequence[Generation], view: str, *, density: str, motion: bool
) -> None:
    """The cards. A click opens a generation in place; its address is a link all the same."""
    ticked = set(selection.chosen())
    sent = components.component("history/gallery")(
        key=KEY,
        data={
            "view": view,
            "cards": [cards.card(studio, generation, ticked) for generation in generations],
            "density": density,
            "motion": motion,
        },
        on_open_change=lambda: None,
        on_select_change=_select,
        on_favourite_change=lambda: _favour(studio),
    )
    if number := components.number(sent.open):
        st.switch_page("generation.py", query_params={"id": str(number)})


def _select() -> None:
    selection.change(_choice("select"))


def _favour(studio: Studio) -> None:
    for number, favourite in _choice("favourite").items():
        studio.generations.set_favourite(number, favourite)


def _choice(name: str) -> dict[int, bool]:
    """Read with care: a browser may send anything."""
    sent = components.message(KEY, name)
    if not isinstance(sent, Mapping):
        return {}
    pairs = [(components.number(key), on) for key, on in list(sent.items())[:MOST]]
    return {number: on is True for number, on in pairs if number}
