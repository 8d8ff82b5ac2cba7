"""A page with nothing on it yet: why, and the one thing to do next."""

from __future__ import annotations

import streamlit as st


def show(title: str, why: str, page: str, label: str, icon: str) -> None:
    """Say it in the middle, and lead on to `page`."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.subheader(title, anchor=False, width="content", text_alignment="center")
        st.caption(why, width="content", text_alignment="center")
        if st.button(label, key="empty_next", type="primary", icon=icon):
            st.switch_page(page)
        st.space("small")
