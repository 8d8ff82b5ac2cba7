"""The ways to Compare and to blind pairs, from a selection or from all that a filter finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.domain.comparisons import FEWEST, MOST
from core.errors import DailiesError
from core.studio import Studio
from pages.ui import plain
from pages.ui.access import person
from pages.ui.compare import takes
from pages.ui.compose.form_state import form_state

UNNAMED = "Somebody"


def compare(numbers: Sequence[int], key: str = "selection_compare") -> None:
    able = takes.FEWEST <= len(numbers) <= takes.MOST
    if st.button(
        "Compare",
        key=key,
        icon=":material/compare:",
        type="tertiary",
        disabled=not able,
        help=None if able else "Two to four are played in step.",
    ):
        st.switch_page("compare.py", query_params=takes.address(sorted(numbers)))


def blind(studio: Studio, key: str, count: int, numbers: Callable[[], Sequence[int]]) -> None:
    if st.button(
        "Blind pairs",
        key=key,
        icon=":material/visibility_off:",
        type="tertiary",
        disabled=not FEWEST <= count <= MOST,
        help=f"Which of two is better, not knowing what they are. {FEWEST} to {MOST} clips.",
    ):
        chosen = numbers()
        try:
            comparison = studio.comparisons.open(chosen, by=person.name() or UNNAMED)
        except DailiesError as error:
            st.toast(plain.error(error))
        else:
            _tell_left_out(len(chosen) - len(comparison.generation_ids))
            st.switch_page("blind.py", query_params={"comparison": str(comparison.id)})


def _tell_left_out(count: int) -> None:
    if count:
        form_state().toast(
            f"{count} left out: no browser plays {'it' if count == 1 else 'them'}, or the file"
            " would say how it was made.",
            ":material/visibility_off:",
        )
