"""The page's own address in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st


def correct(query: Mapping[str, str]) -> None:
    """Change the address without one more stop on the browser's way back. By a script, which runs
    when it is first drawn: each change by Streamlit itself adds a stop."""
    script = f"history.replaceState({{}}, '', '?{urlencode(query)}')"
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
