"""Names in an address, however somebody has written them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st


def take(key: str, names: Iterable[str], former: Mapping[str, str]) -> None:
    """Preselect in the choice of that key, which is drawn next, the name that the address means:
    Streamlit knows it only in its exact spelling. `former` gives today's name for older ones."""
    said = st.query_params.get(key, "").casefold()
    known = {name: name for name in names} | {**former}
    meant = next((name for written, name in known.items() if written.casefold() == said), None)
    if meant and key not in st.session_state:
        st.session_state[key] = meant
