"""The record of one generation: its name and neighbours, its three figures, its timeline."""

from __future__ import annotations

import streamlit as st

from core.catalog.prices import dollars
from core.generations import Event, Generation
from core.studio import Studio
from pages.ui import formatting, times
from pages.ui.clips import cards
from pages.ui.history import filters, gallery

FIGURES = (
    ("Quoted", "credits_quoted", "By our catalogue, before it was sent"),
    ("Estimated", "credits_estimated", "Runway's maximum, when it took it"),
    ("Charged", "credits_charged", "Runway's final figure"),
)


def heading(studio: Studio, generation: Generation) -> None:
    """Which one this is, how it stands, and the ways to the ones before and after."""
    demo = f" {gallery.DEMO}" if generation.demo else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(cards.title(studio, generation), anchor=False, width="content")
        st.markdown(gallery.badge(generation) + demo, width="stretch")
        earlier, later = studio.history.neighbours(generation.id)
        with st.container(horizontal=True, wrap=False, width="content", gap="small"):
            st.page_link(
                "history.py",
                label="History",
                icon=":material/arrow_back:",
                query_params=filters.left(),
            )
            _link(earlier, "Earlier", ":material/chevron_left:")
            _link(later, "Later", ":material/chevron_right:")


def credits(generation: Generation) -> None:
    """The three figures, and what each of them is."""
    grid = st.grid(columns=3, min_column_width=100, gap="xsmall")
    for label, name, meaning in FIGURES:
        figure = getattr(generation, name)
        grid.metric(
            label,
            "—" if figure is None else f"{figure:,}",
            delta=None if figure is None else dollars(figure),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=meaning,
        )
    quoted, estimated = generation.credits_quoted, generation.credits_estimated
    if None not in (quoted, estimated) and quoted != estimated:
        st.caption(
            f":material/price_change: Our price said {quoted:,}, Runway says at most {estimated:,}."
        )
    st.caption(
        "Credits. Quoted is our own price before it was sent, estimated is the most that Runway"
        " may take, charged is what it took."
        + (" This is a demo: nothing was charged." if generation.demo else "")
    )


def timeline(studio: Studio, generation: Generation) -> None:
    """Every state with its moment, and the task's id."""
    st.markdown("**Timeline**")
    with st.container(gap="xxsmall"):
        for event in studio.generations.events(generation.id):
            _event(event)
    if generation.task_id:
        st.caption("Task id at Runway")
        st.code(generation.task_id, language=None)


def _event(event: Event) -> None:
    at, what = st.columns([2, 3], gap="small", wrap=False)
    at.caption(times.moment(event.at))
    what.text("\n".join(text for text in (formatting.STATUS[event.status], event.detail) if text))


def _link(generation_id: int | None, label: str, icon: str) -> None:
    if generation_id is not None:
        st.page_link(
            "generation.py", label=label, icon=icon, query_params={"id": str(generation_id)}
        )
