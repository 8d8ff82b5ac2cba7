"""Lists of choices that are kept by name: written once, said in any template by their name."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.domain.wildcards import Wildcard
from core.errors import DailiesError
from core.studio import Studio
from pages.ui import plain
from pages.ui.access import allowed
from pages.ui.history import unfolding

CHOSEN, WRONG, AFTER = "wildcard", "wildcard_wrong", "wildcard_after"
NAME, LINES = "wildcard_name_{}", "wildcard_lines_{}"
NEW = ""


def panel(studio: Studio) -> None:
    with unfolding.panel("Saved lists", ":material/list_alt:", "wildcards") as opened:
        if not opened.open:
            return
        kept = {wildcard.key: wildcard for wildcard in studio.wildcards.all()}
        if (after := st.session_state.pop(AFTER, None)) is not None:
            st.session_state[CHOSEN] = after
        key = st.selectbox(
            "List",
            [NEW, *kept],
            key=CHOSEN,
            format_func=lambda key: f"{{{kept[key].name}}}" if key in kept else "New list",
        )
        _one(studio, kept.get(key or NEW, Wildcard("", ())))


def _one(studio: Studio, wildcard: Wildcard) -> None:
    may = allowed.to(Role.MAKER)
    st.text_input(
        "Name",
        wildcard.name,
        key=NAME.format(wildcard.key),
        placeholder="colours",
        disabled=not may,
    )
    st.text_area(
        "One choice a line",
        "\n".join(wildcard.lines),
        key=LINES.format(wildcard.key),
        placeholder="red\nblue\ngreen",
        disabled=not may,
    )
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")
    if not may:
        return
    with st.container(horizontal=True):
        st.button("Save", key="wildcard_keep", on_click=_keep, args=(studio, wildcard.key))
        if wildcard.lines:
            st.button(
                "Delete",
                key="wildcard_delete",
                type="tertiary",
                on_click=_delete,
                args=(studio, wildcard.key),
            )


def _keep(studio: Studio, replaces: str) -> None:
    fields = NAME.format(replaces), LINES.format(replaces)
    name, lines = (st.session_state[field] for field in fields)
    try:
        kept = studio.wildcards.save(name, lines, replaces=replaces)
    except DailiesError as error:
        st.session_state[WRONG] = error.message
        return
    st.session_state[AFTER] = kept.key
    st.toast(plain.text(f"Write {{{kept.name}}} in a prompt for each of its lines."))
    for field in fields:
        st.session_state.pop(field, None)


def _delete(studio: Studio, key: str) -> None:
    studio.wildcards.delete(key)
    st.session_state[AFTER] = NEW
