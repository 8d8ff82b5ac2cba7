"""A page with nothing on it yet: why, and the one thing to do next."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STILLS = Path(__file__).resolve().parents[2] / "data" / "samples"
HISTORY = ("Look through the history", "history.py", "history")


def show(title: str, why: str, *, make: str = "", still: str = "empty") -> None:
    """In the middle, below the drawing of that name; leads on to Create with a button that says
    `make`, or else to the history."""
    label, page, icon = (make, "create.py", "movie") if make else HISTORY
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("large")
        st.image(str(STILLS / f"{still}.svg"), width=240, alt="")
        st.subheader(title, anchor=False, width="content", text_alignment="center")
        st.caption(why, width="content", text_alignment="center")
        if st.button(label, key="empty_next", type="primary", icon=f":material/{icon}:"):
            st.switch_page(page)
        st.space("small")
