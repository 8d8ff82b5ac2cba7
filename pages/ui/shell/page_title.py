"""The words in the browser's tab: what is shown, and where."""

from __future__ import annotations

import streamlit as st

from core.generations import Generation
from pages.ui import formatting

LONGEST = 40


def show(what: str) -> None:
    """Name the browser's tab. It is text, whatever it contains."""
    st.set_page_config(page_title=f"{what} · Dailies")


def of_generation(generation: Generation) -> str:
    prompt = formatting.short(generation.request.prompt, LONGEST)
    return f"#{generation.id} {prompt}".strip()
