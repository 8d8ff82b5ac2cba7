"""What the history shows: search, order and view, all kept in the page's address.

Every filter is a part of the search. Each other widget is bound to the query parameter of its key;
Streamlit drops values that are no choice.
"""

from __future__ import annotations

import streamlit as st

from core.storage.search.selection import Filter, Order
from core.storage.search.terms import Terms
from core.storage.search.text_search import COUNTED, READ
from core.studio import Studio
from core.text import visible_text
from pages.ui import plain
from pages.ui.history import importing, unfolding, view
from pages.ui.history.search import controls, older_addresses, saved_views, search_help
from pages.ui.history.view import View

LONGEST_SEARCH = 1000
ORDERS = {
    Order.NEWEST: "Newest",
    Order.OLDEST: "Oldest",
    Order.COST: "Cost",
    Order.DURATION: "Duration",
}


def choose(studio: Studio) -> tuple[Filter, Order, View]:
    """Draw the row of controls. Returns the filter, the order and the view that they stand at."""
    with st.container(horizontal=True, key="history_controls", vertical_alignment="center"):
        search = st.text_input(
            "Search prompts, notes, tags and file names",
            key="q",
            bind="query-params",
            max_chars=LONGEST_SEARCH,
            icon=":material/search:",
            placeholder="Search",
            label_visibility="collapsed",
            on_change=_first_page,
        )
        chosen, order = Filter(search=visible_text.visible(search or "")), Order.NEWEST
        search_help.show(studio)
        with unfolding.panel("Filters", ":material/filter_list:", "filters", quiet=False) as panel:
            if panel.open or unfolding.stands("sort"):
                order = _sort()
            if panel.open:
                controls.show(studio, chosen.search)
        if chosen.query.clauses:
            clear_button("clear")
        look = view.choose()
        saved_views.menu(studio, _query(chosen, order, look))
        importing.button(studio, "history_import")
    with st.container(gap="xxsmall"):
        for complaint in studio.history.complaints(chosen.search):
            st.caption(f":orange[{plain.text(complaint)}]")
    return chosen, order, look


def come_back() -> None:
    """Return to the view that was left for the generation that the address names: the browser's way
    back leads through such an address, which Streamlit leaves behind."""
    older_addresses.follow()
    if "id" in st.query_params:
        st.switch_page("history.py", query_params=left())


def left() -> dict[str, str | list[str]]:
    query: dict[str, str | list[str]] = st.session_state.get("history_view", {})
    return query


def remember(chosen: Filter, order: Order, look: View, number: int) -> None:
    page = {"page": str(number)} if number > 1 else {}
    st.session_state["history_view"] = _query(chosen, order, look) | page


def _query(chosen: Filter, order: Order, look: View) -> dict[str, str | list[str]]:
    """The query of a view's address, without what is usual."""
    said = {
        "q": chosen.search,
        "sort": "" if order is Order.NEWEST else ORDERS[order],
        **look.query,
    }
    return {name: value for name, value in said.items() if value}


def limits(chosen: Filter, order: Order) -> str:
    end = "oldest" if order is Order.OLDEST else "newest"
    if Terms.of(chosen.query.words).query:
        return (
            f"More than {COUNTED:,} have these words: these are the {end} of them."
            " Another word or a shorter period finds the others."
        )
    return (
        "Words of one or two letters, or only words to leave out, are looked for in the"
        f" {end} {READ:,} generations."
        " Another word or a shorter period finds the others."
    )


def clear_button(key: str) -> None:
    st.button(
        "Clear filters",
        key=key,
        icon=":material/filter_list_off:",
        type="tertiary",
        on_click=clear,
    )


def clear() -> None:
    """Empty the search, so that the address names none."""
    st.session_state["q"] = ""
    _first_page()


def _sort() -> Order:
    return st.selectbox(
        "Sort",
        list(ORDERS),
        key="sort",
        bind="query-params",
        format_func=ORDERS.__getitem__,
        on_change=_first_page,
    )


def _first_page() -> None:
    st.session_state["page"] = 1
