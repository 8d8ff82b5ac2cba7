"""A page with nothing on it yet: why, and the one thing to do next."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STILLS = Path(__file__).resolve().parents[2] / "data" / "samples"


def show(title: str, why: str, page: str, label: str, icon: str, still: str = "") -> None:
    """Say it in the middle, under a drawing of that name if there is one, and lead on to `page`."""
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("large")
        if still:
            st.image(str(STILLS / f"{still}.svg"), width=240, alt="")
        st.subheader(title, anchor=False, width="content", text_alignment="center")
        st.caption(why, width="content", text_alignment="center")
        if st.button(label, key="empty_next", type="primary", icon=icon):
            st.switch_page(page)
        st.space("small")
