"""Facts in two columns: a name of ours, and a value that may be anybody's text."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def show(facts: Mapping[str, str]) -> None:
    with st.container(gap="xxsmall"):
        for name, value in facts.items():
            left, right = st.columns([2, 3], gap="small", wrap=False)
            left.caption(name)
            right.text(value)
