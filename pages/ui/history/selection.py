"""What is ticked, over all pages of the history, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.reviews import MOST_AT_ONCE
from core.studio import Studio
from pages.ui.clips import share_dialog
from pages.ui.compare import opening
from pages.ui.history import bulk_review, export
from pages.ui.review import deeds, unbroken

KEY, VERSION = "history_selected", "history_selection_version"


def chosen() -> list[int]:
    numbers: list[int] = st.session_state.get(KEY, [])
    return numbers


def version() -> int:
    """Another number each time that the selection changes by other means than ticks."""
    number: int = st.session_state.get(VERSION, 0)
    return number


def change(choice: Mapping[int, bool]) -> None:
    kept = [number for number in chosen() if choice.get(number, True)]
    st.session_state[KEY] = kept + [n for n, on in choice.items() if on and n not in kept]


def replace(shown: Iterable[int], ticked: Iterable[int]) -> None:
    """Of those shown, exactly these are ticked; others stay as they are."""
    wanted = set(ticked)
    change({number: number in wanted for number in shown})


def bar(studio: Studio, count: int, everything: Callable[[], Sequence[int]]) -> None:
    """What can be done with the selection; nothing while it is empty. `everything` gives the
    numbers of all that the view lets through, and `count` is how many there are."""
    if not (numbers := chosen()):
        return
    with st.container(key="history_selection", horizontal=True, vertical_alignment="center"):
        where = st.container(key="history_selection_progress")
        with _row("history_selection_count"):
            _count(len(numbers), count, everything)
        with _row("history_selection_verbs"):
            _verbs(studio, numbers, where)
        deeds.foot(studio, deeds.SELECTION, where)


def _row(key: str) -> DeltaGenerator:
    return st.container(key=key, horizontal=True, vertical_alignment="center", width="content")


def _count(ticked: int, count: int, everything: Callable[[], Sequence[int]]) -> None:
    st.markdown(f"**{ticked:,} selected**", width="content")
    if ticked < count <= MOST_AT_ONCE:
        st.button(
            f"Select all {count:,}",
            key="selection_everything",
            icon=":material/select_all:",
            type="tertiary",
            on_click=lambda: _choose(everything()),
        )
    st.button(
        "Clear",
        key="selection_clear",
        icon=":material/close:",
        type="tertiary",
        on_click=_clear,
    )


def _verbs(studio: Studio, numbers: list[int], where: DeltaGenerator) -> None:
    bulk_review.panel(studio, numbers, where)
    if st.button(
        "Favourite",
        key="selection_favourite",
        icon=":material/favorite:",
        type="tertiary",
    ):
        _favour(studio, numbers, True, where)
    if st.button(
        "Not favourite",
        key="selection_unfavourite",
        icon=":material/heart_minus:",
        type="tertiary",
    ):
        _favour(studio, numbers, False, where)
    opening.compare(numbers)
    opening.blind(studio, "selection_blind", len(numbers), lambda: numbers)
    export.button(studio, "selection_export", lambda: numbers)
    share_dialog.button(studio, share_dialog.Clips(tuple(numbers)), "selection_share")


def _favour(studio: Studio, numbers: Sequence[int], favourite: bool, where: DeltaGenerator) -> None:
    with where, unbroken.shown() as progress:
        studio.generations.favour(numbers, favourite, progress=progress)
    st.rerun()


def _choose(numbers: Iterable[int]) -> None:
    st.session_state[KEY] = list(numbers)
    st.session_state[VERSION] = version() + 1


def _clear() -> None:
    _choose([])
