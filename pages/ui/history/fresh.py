"""What others add while somebody looks: it comes by itself, or is announced where it would move the
page under their eyes."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from core.storage.search.selection import Filter, Order
from core.studio import Studio
from pages.ui import components, media_urls


@dataclass
class Watch:
    """What one drawing of the page has shown."""

    chosen: Filter
    order: Order
    follows: bool
    """Whether what is new would stand at the top of what is shown."""
    shown: int
    total: int
    newest: int = 0
    more: int = field(default=0)


def watch(studio: Studio, watched: Watch) -> None:
    """Look whenever the browser has heard of a larger number, as long as the page is open."""
    st.fragment(_look)(studio, watched)


def _look(studio: Studio, watched: Watch) -> None:
    newest = studio.history.newest()
    if newest > watched.shown and watched.follows:
        st.rerun()
    if newest > max(watched.shown, watched.newest):
        watched.newest = newest
        sums = studio.history.sums(watched.chosen, watched.order)
        watched.more = max(0, sums.totals.generations - watched.total)
    if watched.more and st.button(
        f"{watched.more:,} new",
        key="history_fresh",
        icon=":material/arrow_upward:",
        on_click=_to_the_newest,
    ):
        st.rerun()
    components.component("history/newest")(
        key="history_newest",
        data={"address": media_urls.newest(), "newest": newest},
        on_grown_change=lambda: None,
    )


def _to_the_newest() -> None:
    st.session_state["sort"] = Order.NEWEST
    st.session_state["page"] = 1
