"""Names in an address, however somebody has written them."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st


def take(key: str, names: Iterable[str]) -> None:
    """Begin the choice of that key, which is drawn next, with the name that the address means: it
    knows a name by its very letters alone."""
    said = st.query_params.get(key, "").casefold()
    meant = next((name for name in names if name.casefold() == said), None)
    if meant and key not in st.session_state:
        st.session_state[key] = meant
