"""What the history shows: search, filters, order and view, all kept in the page's address.

Each widget is bound to the query parameter of its key. Streamlit drops values that are no choice.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from core import visible_text
from core.generations import Status
from core.storage.selection import Filter, Order, phrases
from core.storage.text_search import COUNTED
from core.studio import Studio
from pages.ui import formatting
from pages.ui.history import importing

LONGEST_SEARCH = 200
ORDERS = {
    Order.NEWEST: "Newest",
    Order.OLDEST: "Oldest",
    Order.COST: "Cost",
    Order.DURATION: "Duration",
}
VIEWS = ["Posters", "Table"]
EMPTY: dict[str, object] = {
    "q": "",
    "status": [],
    "model": [],
    "kind": [],
    "since": None,
    "until": None,
    "favourite": False,
}
"""What the filters' widgets hold when they let everything through, by query parameter."""


def choose(studio: Studio) -> tuple[Filter, Order, str]:
    """Draw the row of controls; the filter, the order and the view that it stands at."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        search = st.text_input(
            "Search prompts",
            key="q",
            bind="query-params",
            max_chars=LONGEST_SEARCH,
            icon=":material/search:",
            placeholder="Search prompts",
            label_visibility="collapsed",
            width=320,
            on_change=_first_page,
        )
        with st.popover(_label(), icon=":material/filter_list:", key="filters"):
            chosen = _filters(studio, search)
        order = st.selectbox(
            "Sort",
            list(ORDERS),
            key="sort",
            bind="query-params",
            format_func=ORDERS.__getitem__,
            label_visibility="collapsed",
            width=130,
            on_change=_first_page,
        )
        view = st.segmented_control(
            "View",
            VIEWS,
            key="view",
            bind="query-params",
            default=VIEWS[0],
            required=True,
            label_visibility="collapsed",
        )
        if not chosen.is_empty:
            clear_button("clear")
        importing.button(studio, "history_import")
    return chosen, order, view or VIEWS[0]


def come_back() -> None:
    """Take up the view that was left for the generation that the address names.

    The browser's way back leads here: Streamlit leaves such an address in between.
    """
    if "id" in st.query_params:
        st.switch_page("history.py", query_params=left())


def left() -> dict[str, str | list[str]]:
    """The address's query of the view that was left last."""
    view: dict[str, str | list[str]] = st.session_state.get("history_view", {})
    return view


def remember(studio: Studio, chosen: Filter, order: Order, view: str, number: int) -> None:
    """Note how the history is looked at, for when somebody comes back to it."""
    st.session_state["history_view"] = {
        name: value
        for name, value in {
            "q": chosen.search,
            "status": [formatting.STATUS[Status(status)] for status in chosen.status],
            "model": [formatting.model(model, studio.catalog.names) for model in chosen.model],
            "kind": [formatting.KIND.get(kind, kind) for kind in chosen.kind],
            "since": str(chosen.since or ""),
            "until": str(chosen.until or ""),
            "favourite": "true" if chosen.favourite else "",
            "sort": "" if order is Order.NEWEST else ORDERS[order],
            "view": "" if view == VIEWS[0] else view,
            "page": str(number) if number > 1 else "",
        }.items()
        if value
    }


def limits(chosen: Filter, order: Order) -> str:
    """Why not everything that a search finds is listed."""
    end = "oldest" if order is Order.OLDEST else "newest"
    if phrases(chosen.words):
        return (
            f"More than {COUNTED:,} have these words: these are the {end} of them."
            " Another word or a shorter period finds the others."
        )
    return (
        f"Words of one or two letters are looked for in the {end} {COUNTED:,} generations."
        " Another word or a shorter period finds the others."
    )


def clear_button(key: str) -> None:
    """Let everything through again."""
    st.button(
        "Clear filters",
        key=key,
        icon=":material/filter_list_off:",
        type="tertiary",
        on_click=clear,
    )


def clear() -> None:
    """Empty every filter, so that the address names none."""
    for name, value in EMPTY.items():
        st.session_state[name] = value
    _first_page()


def _filters(studio: Studio, search: str | None) -> Filter:
    state = Status.__members__.values()
    names = _names(studio)
    status = _pills("Status", "status", list(state), {s: formatting.STATUS[s] for s in state})
    model = _pills("Model", "model", list(names), names)
    kinds = studio.catalog.kinds
    kind = _pills("Starts from", "kind", kinds, {k: formatting.KIND.get(k, k) for k in kinds})
    with st.container(horizontal=True):
        since, until = _day("From (UTC)", "since"), _day("To (UTC)", "until")
    favourite = st.toggle(
        "Favourites only", key="favourite", bind="query-params", on_change=_first_page
    )
    return Filter(
        search=visible_text.visible(search or ""),
        status=tuple(status),
        model=tuple(model),
        kind=tuple(kind),
        since=since,
        until=until,
        favourite=favourite,
    )


def _names(studio: Studio) -> dict[str, str]:
    """The models to choose from: those of the history, and what is chosen at the moment."""
    known = studio.catalog.names | {"": formatting.UNKNOWN_MODEL}
    wanted = studio.history.models() | {
        *(st.session_state.get("model") or ()),
        *st.query_params.get_all("model"),
    }
    return {model: name for model, name in known.items() if not wanted.isdisjoint((model, name))}


def _pills(label: str, key: str, options: list[str], names: dict[str, str]) -> list[str]:
    return st.pills(
        label,
        options,
        key=key,
        bind="query-params",
        selection_mode="multi",
        format_func=names.__getitem__,
        wrap=True,
        on_change=_first_page,
    )


def _day(label: str, key: str) -> date | None:
    return st.date_input(
        label,
        value=None,
        key=key,
        bind="query-params",
        format="YYYY-MM-DD",
        on_change=_first_page,
    )


def _label() -> str:
    """The popover says how many filters it holds."""
    state = st.session_state
    count = sum(bool(state.get(name)) for name in EMPTY if name != "q")
    return f"Filters · {count}" if count else "Filters"


def _first_page() -> None:
    """Another selection begins at its beginning."""
    st.session_state["page"] = 1
