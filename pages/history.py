"""Everything that was made: found, counted and paged by the database, with the view in the URL."""

import math

import streamlit as st

from core.generations import Generation
from core.serving import current
from pages.ui import charts, empty, money
from pages.ui.history import filters, gallery, importing

PAGE = 24
EVERY = 3  # seconds between two looks while something shown is in flight

studio = current()
demo = studio.settings.demo


def draw(number: int, seen: list[int], read: list[list[Generation]]) -> None:
    """One page of the history, as it was `read` just before or else read again. When something
    shown ends, the whole page is drawn once."""
    if read:
        generations = read.pop()
    else:
        generations = studio.history.page(chosen, order, number, PAGE, sums.hits)
    if view == "Table":
        gallery.table(studio, generations, f"history_table_{number}")
    else:
        gallery.posters(studio, generations)
    if [g.id for g in generations if not g.status.is_final] != seen:
        st.rerun()


if studio.history.is_empty:
    empty.show(
        "Nothing has been made yet",
        "Every generation stays here, with its clip, its settings and what it cost.",
        "create.py",
        "Make the first one",
        ":material/movie:",
    )
    importing.link()
else:
    filters.come_back()
    chosen, order, view = filters.choose(studio)
    sums = studio.history.sums(chosen, order)
    totals = sums.totals
    if not totals.generations:
        st.subheader("Nothing matches")
        st.caption(
            filters.limits(chosen, order)
            if sums.more
            else "No generation has all of this. Other words, or fewer filters, find more."
        )
        filters.clear_button("clear_all")
    else:
        figures, chart = st.columns([4, 5], gap="medium")
        with figures:
            money.strip(totals, demo=demo, more=sums.more)
            if sums.more:
                st.caption(filters.limits(chosen, order))
        with chart:
            days = sums.daily(demo=demo)
            if days:
                charts.cumulative(days, studio.today)
        here = st.container()
        pages = math.ceil(totals.generations / PAGE)
        number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
        filters.remember(studio, chosen, order, view, number)
        with here:
            shown = studio.history.page(chosen, order, number, PAGE, sums.hits)
            flying = [g.id for g in shown if not g.status.is_final]
            st.fragment(draw, run_every=EVERY if flying else None)(number, flying, [shown])
