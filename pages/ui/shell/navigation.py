"""The bar of every page: the mark, the pages by name, and whether this is a demo.

Drawn with links of ours, since Streamlit's own navigation shows no names on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import Page

from pages.ui import components
from pages.ui.access import gate

DEMO = "Clips are imitations and nothing is charged. Settings says how to make real ones."


def bar(pages: Sequence[Page], shown: Page, names: dict[str, str], *, demo: bool) -> None:
    """Links to the pages, the first of which is home. `names` are other labels for some, by
    path."""
    with st.container(key="chrome"):
        with st.container(key="chrome_home"):
            st.page_link(pages[0], label="Dailies")
        with st.container(key="chrome_pages"):
            for page in pages:
                st.page_link(page, label=names.get(page.url_path))
        if demo:
            with st.container(key="chrome_mode"):
                st.page_link("settings.py", label="Demo", help=DEMO)
        gate.menu()
        paths = [page.url_path for page in pages]
        place = paths.index(shown.url_path) if shown.url_path in paths else -1
        components.component("shell/navigation")(data={"place": place}, key="chrome_place")
