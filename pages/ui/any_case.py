"""Names in an address, however somebody has written them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st


def take(key: str, names: Iterable[str], former: Mapping[str, str]) -> None:
    """Begin the choice of that key, which is drawn next, with the name that the address means: it
    knows a name by its very letters alone. `former` are names that some had, with today's."""
    said = st.query_params.get(key, "").casefold()
    known = {name: name for name in names} | {**former}
    meant = next((name for written, name in known.items() if written.casefold() == said), None)
    if meant and key not in st.session_state:
        st.session_state[key] = meant
