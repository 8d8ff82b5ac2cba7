"""The record of one generation: its name and neighbours, its three figures, its timeline."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import streamlit as st

from core.catalog.suppliers import Supplier
from core.generations import Event, Generation
from core.studio import Studio
from pages.ui import formatting, money, times
from pages.ui.clips import cards
from pages.ui.components import component
from pages.ui.generation import passing
from pages.ui.history import marks
from pages.ui.history.search import filters
from pages.ui.review import story

FIGURES = (
    ("Quoted", "credits_quoted", "By our catalogue, before it was sent"),
    ("Estimated", "credits_estimated", "{who}'s maximum, when it took it"),
    ("Charged", "credits_charged", "{who}'s final figure"),
)
LISTED = "Charged", "credits_charged", "Our price of it, or what a person said: {who} tells no cost"


def heading(studio: Studio, generation: Generation) -> None:
    demo = f" {marks.DEMO}" if generation.demo else ""
    with st.container(
        key="generation_heading", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.subheader(cards.title(studio, generation), anchor=False, width="content")
        st.markdown(marks.badge(generation) + demo, width="stretch")
        earlier, later = studio.history.neighbours(generation.id)
        st.page_link(
            "history.py", label="History", icon=":material/grid_view:", query_params=filters.left()
        )
        _neighbour(earlier, "Earlier", ":material/chevron_left:", "Shift+Left")
        _neighbour(later, "Later", ":material/chevron_right:", "Shift+Right")


def _neighbour(generation_id: int | None, label: str, icon: str, keys: str) -> None:
    """An arrow, also where there is nothing more, so that the other one does not move."""
    if st.button(
        label,
        key=f"generation_{label.lower()}",
        icon=icon,
        type="tertiary",
        disabled=generation_id is None,
        shortcut=keys,
    ):
        st.switch_page("generation.py", query_params={"id": str(generation_id)})


def credits(generation: Generation, supplier: Supplier) -> None:
    figures = FIGURES if supplier.tells_cost else (FIGURES[0], LISTED)
    grid = st.grid(columns=len(figures), min_column_width=100, gap="xsmall")
    for label, name, meaning in figures:
        figure = getattr(generation, name)
        grid.metric(
            label,
            "—" if figure is None else f"{figure:,}",
            delta=None if figure is None else supplier.dollars(figure),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=meaning.format(who=supplier.title),
        )
    quoted, estimated = generation.credits_quoted, generation.credits_estimated
    if None not in (quoted, estimated) and quoted != estimated:
        st.caption(
            f":material/price_change: Our price said {quoted:,}, {supplier.title} says at most"
            f" {estimated:,}."
        )
    demo = " This is a demo: nothing was charged." if generation.demo else ""
    st.caption(f"{formatting.sentence(supplier.credit)}s. {_meaning(supplier)}{demo}")


def _meaning(supplier: Supplier) -> str:
    quoted = "Quoted is our own price before it was sent"
    if supplier.tells_cost:
        took = f"estimated is the most that {supplier.title} may take, charged is what it took"
        return f"{quoted}, {took}."
    return f"{quoted}, charged our price or what a person said: {supplier.title} tells no cost."


def cost(studio: Studio, generation: Generation) -> None:
    supplier = studio.catalog.suppliers[generation.provider]
    with st.expander(f"**{formatting.sentence(money.escaped(_cost(generation, supplier)))}**"):
        credits(generation, supplier)


def _cost(generation: Generation, supplier: Supplier) -> str:
    charged = generation.credits_charged
    if charged is None:
        return formatting.cost(generation, supplier)
    demo = f" at {supplier.title}" if generation.demo else ""
    return f"{formatting.price(charged, supplier)}{demo}"


def timeline(studio: Studio, generation: Generation) -> None:
    found = passing.stretches(studio.generations.events(generation.id), studio.now)
    if found:
        stretches = [{**asdict(one), "name": one.name} for one in found]
        component("generation/timeline")(data={"stretches": stretches}, key="generation_timeline")


def steps(studio: Studio, generation: Generation) -> None:
    with st.expander("Every step"):
        with st.container(gap="xxsmall"):
            for at, words in _passed(studio, generation.id):
                when, what = st.columns([2, 3], gap="small", wrap=False)
                when.caption(times.moment(at))
                what.text(words)
        if generation.task_id:
            st.caption(f"Task id at {studio.catalog.suppliers[generation.provider].title}")
            st.code(generation.task_id, language=None)


def _passed(studio: Studio, number: int) -> list[tuple[datetime, str]]:
    steps = [(one.at, _step(one)) for one in studio.generations.events(number)]
    decided = [(one.at, story.told(one)) for one in studio.reviews.decisions(number)]
    return sorted(steps + decided, key=lambda one: one[0])


def _step(event: Event) -> str:
    return "\n".join(text for text in (formatting.STATUS[event.status], event.detail) if text)
