"""What is said in passing, once, by whichever page is drawn next."""

from __future__ import annotations

import streamlit as st

from pages.ui.compose.form_state import form_state


def show() -> None:
    state = form_state()
    toasts, state.toasts = state.toasts, ()
    for sentence, icon in toasts:
        st.toast(sentence, icon=icon)
