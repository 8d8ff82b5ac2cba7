"""A place for each field of the form, by the field's name.

While a page is drawn, Streamlit keeps what stood there before until the drawing has ended: what a
field has moved away from stands behind it as the same field once more. The new one hides that.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import components

WRAPPER = '[data-testid="stLayoutWrapper"]'


def of(name: str) -> DeltaGenerator:
    """The place for the field of that name; a page has one such place."""
    return st.container(key=_key(name), gap="small")


def alone(names: Iterable[str]) -> None:
    """Hide later fields of the same names."""
    places = (f"{WRAPPER}:has(> .{components.place(_key(name))})" for name in names)
    if twice := ",".join(f"{one} ~ {one}" for one in places):
        st.html(f"<style>{twice}{{display:none}}</style>")


def _key(name: str) -> str:
    return f"composer_field_{name}"
