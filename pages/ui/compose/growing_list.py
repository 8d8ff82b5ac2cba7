"""A list that a person makes longer and shorter, row by row."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def edit(
    key: str, start: Sequence[T], draw: Callable[[str, T], T], blank: T, what: str, most: int
) -> list[T]:
    """Draw every row with `draw`, which gets a key and a value, and returns the value as it is now.
    Rows have keys of their own, so that removing one leaves the others as they are."""
    state = st.session_state
    rows: list[tuple[str, T]] = state.setdefault(key, [(_mark(), value) for value in start])
    kept: list[tuple[str, T]] = []
    for mark, value in rows:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            kept.append((mark, draw(f"{key}_{mark}", value)))
            st.button(
                "Remove",
                key=f"{key}_{mark}_out",
                icon=":material/close:",
                type="tertiary",
                on_click=_take_out,
                args=(key, mark),
            )
    state[key] = kept
    if len(kept) < most:
        st.button(
            f"Add {what}", key=f"{key}_add", icon=":material/add:", on_click=_add, args=(key, blank)
        )
    return [value for _mark, value in kept]


def _take_out(key: str, gone: str) -> None:
    st.session_state[key] = [row for row in st.session_state[key] if row[0] != gone]


def _add(key: str, blank: object) -> None:
    st.session_state[key] = [*st.session_state[key], (_mark(), blank)]


def _mark() -> str:
    return secrets.token_hex(3)
