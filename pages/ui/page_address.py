"""The page's own address in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st


def correct(query: Mapping[str, str]) -> None:
    """Let the address say this, with no further stop on the browser's way back.

    By a script, which runs when it is first drawn: each change that Streamlit itself makes is one
    more stop.
    """
    script = f"history.replaceState({{}}, '', '?{urlencode(query)}')"
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
