"""Views that are kept by name, one's own and everyone's: filters, order and look."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from core.domain.reviews import View
from core.errors import DailiesError
from core.studio import Studio
from core.text.names import LONGEST_NAME
from pages.ui import media_urls, plain
from pages.ui.access import person
from pages.ui.components import component, message, number
from pages.ui.history import unfolding

KEY, WRONG = "saved_views_list", "saved_views_wrong"


def menu(studio: Studio, query: dict[str, str | list[str]]) -> None:
    with unfolding.panel("Saved views", ":material/bookmarks:", "saved_views") as panel:
        if not panel.open:
            return
        views = studio.views.seen_by(person.name())
        if not views:
            st.caption("Save a view under a name, to come back to it.")
        else:
            _links(studio, views)
        _form(studio, query)


def _links(studio: Studio, views: Sequence[View]) -> None:
    """They load the page anew: Streamlit's own link to the open page changes what it shows, but not
    its address."""
    component("history/saved_views")(
        data={
            "views": [
                {
                    "id": view.id,
                    "name": view.name,
                    "href": f"{media_urls.base()}/history?{view.query}",
                    "everyones": not view.owner,
                }
                for view in views
            ]
        },
        key=KEY,
        on_forget_change=lambda: person.do(lambda by: _forget(studio, by)),
    )


def _form(studio: Studio, query: dict[str, str | list[str]]) -> None:
    said = urlencode({name: value for name, value in query.items() if name != "page"}, doseq=True)
    with st.form("saved_views_form", border=False, clear_on_submit=True):
        name = st.text_input("Save this view as", key="saved_views_name", max_chars=LONGEST_NAME)
        everyones = st.toggle("For everyone", key="saved_views_everyones")
        sent = st.form_submit_button("Save", key="saved_views_keep")
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")
    if sent:
        person.do(lambda by: _keep(studio, name or "", said, by, everyones=everyones))
        st.rerun()


def _keep(studio: Studio, name: str, query: str, by: str, *, everyones: bool) -> None:
    try:
        studio.views.save(name, query, by=by, everyones=everyones)
    except DailiesError as error:
        st.session_state[WRONG] = error.message


def _forget(studio: Studio, by: str) -> None:
    try:
        studio.views.delete(number(message(KEY, "forget")), by=by)
    except DailiesError as error:
        st.session_state[WRONG] = error.message
