"""Everything that was made: found, counted and paged by the database, with the view in the URL."""

import math

import streamlit as st

from core.domain.comparisons import FEWEST, MOST
from core.generations import Generation
from core.serving import current
from core.storage.search.selection import Filter, Order
from pages.ui import empty, money
from pages.ui.access import person
from pages.ui.clips import share_dialog
from pages.ui.compare import opening
from pages.ui.history import (
    cut_off,
    examples,
    export,
    fresh,
    gallery,
    importing,
    selection,
    table,
    way_back,
)
from pages.ui.history.search import filters
from pages.ui.review import inbox
from pages.ui.shell import lookout

PAGE = 24

studio = current()
demo = studio.settings.demo
newest = studio.history.newest()


def draw(number: int, seen: list[int], read: list[tuple[str, list[Generation]]]) -> None:
    """One page of the history, as it was `read` just before, or else read again. When something
    shown ends, the whole page is drawn once."""
    read_at, generations = read.pop() if read else (None, None)
    with lookout.waiting(studio, "history_lookout", waits=bool(seen), read_at=read_at):
        if generations is None:
            generations = studio.history.page(chosen, order, number, PAGE)
        if look.kind == "Table":
            table.show(studio, generations, look.columns)
        else:
            name = f"{chosen} {order} {number}"
            gallery.show(studio, generations, name, density=look.size, motion=look.motion)
        selection.bar(studio, totals.generations, lambda: studio.history.numbers(chosen, order))
        if [g.id for g in generations if not g.status.is_final] != seen:
            st.rerun()


def share(chosen: Filter, order: Order) -> None:
    """A link to the view, even if nothing is in it yet."""
    if not chosen.seeks_trash:
        view = share_dialog.View(chosen, order, (chosen.search,) if chosen.search else ())
        share_dialog.button(studio, view, "filter_share", "Share view …")


if studio.history.is_empty:
    empty.show(
        "Nothing has been made yet",
        "Every generation stays here, with its clip, its settings and what it cost.",
        make="Make the first one",
    )
    examples.offer(studio)
    importing.link()
    fresh.watch(studio, fresh.Watch(Filter(), Order.NEWEST, True, newest, 0))
else:
    filters.come_back()
    chosen, order, look = filters.choose(studio)
    cut_off.show(studio)
    sums = studio.history.sums(chosen, order)
    totals = sums.totals
    number = 1
    if not totals.generations:
        st.subheader("Nothing matches")
        st.caption(
            filters.limits(chosen, order)
            if sums.more
            else "No generation has all of this. Other words, or fewer filters, find more."
        )
        with st.container(horizontal=True):
            filters.clear_button("clear_all")
            share(chosen, order)
    else:
        with st.container(key="history_figures"):
            with st.container(horizontal=True, vertical_alignment="center"):
                money.line(totals, studio.catalog.suppliers, demo=demo, more=sums.more)
                export.button(
                    studio, "filter_export", lambda: studio.history.numbers(chosen, order)
                )
                inbox.button(studio, chosen, order)
                share(chosen, order)
                if FEWEST <= totals.generations <= MOST:
                    opening.blind(
                        studio,
                        "filter_blind",
                        totals.generations,
                        lambda: studio.history.numbers(chosen, order),
                    )
            if sums.more:
                st.caption(filters.limits(chosen, order))
        here = st.container()
        pages = math.ceil(totals.generations / PAGE)
        number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
        filters.remember(chosen, order, look, number)
        with here:
            read_at = lookout.etag(studio)
            shown = studio.history.page(chosen, order, number, PAGE)
            flying = [g.id for g in shown if not g.status.is_final]
            st.fragment(draw)(number, flying, [(read_at, shown)])
    follows = number == 1 and order is Order.NEWEST
    fresh.watch(studio, fresh.Watch(chosen, order, follows, newest, totals.generations))
    export.dialog(studio)
    person.ask()
    way_back.stops()
