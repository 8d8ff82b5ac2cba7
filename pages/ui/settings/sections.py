"""Which sections of Settings are drawn: the open one, and those that were opened before it, which
keep what is half typed there until the page is left."""

from __future__ import annotations

import streamlit as st

OPENED = "settings_opened"


def is_drawn(name: str, *, is_open: bool) -> bool:
    opened: set[str] = st.session_state.setdefault(OPENED, set())
    if is_open:
        opened.add(name)
    return name in opened


def forget() -> None:
    """On another page: whoever comes back begins with one section."""
    st.session_state.pop(OPENED, None)
