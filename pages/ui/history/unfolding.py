"""Panels whose widgets are drawn when there is a reason to: most visits look at pictures alone."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer


def panel(label: str, icon: str, key: str, *, quiet: bool = True) -> PopoverContainer:
    """A button with a panel, whose `.open` tells whether somebody looks at it. The label must not
    change: Streamlit would take it for another panel, which is closed."""
    kind: Literal["tertiary", "secondary"] = "tertiary" if quiet else "secondary"
    return st.popover(label, icon=icon, key=key, type=kind, on_change="rerun")


def stands(*names: str) -> bool:
    """Whether a widget bound to one of these query parameters holds anything: then it has to be
    drawn, or Streamlit forgets its value."""
    held = set(st.query_params)
    return any(name in held or st.session_state.get(name) for name in names)
