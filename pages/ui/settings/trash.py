"""What lies in the trash, and how it is emptied."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting
from pages.ui.access import allowed, person

SHOWN = 8


def show(studio: Studio) -> None:
    count = studio.trash.count()
    days = studio.settings.trash_days
    after = (
        f"What is put here is deleted after {days:,} days."
        if days
        else "It is not emptied by itself."
    )
    if not count:
        st.caption(f"Empty. {after}")
        return
    clips = counted(count, "generations")
    st.caption(f"{clips}. {after} What they cost stays in Spending.")
    with st.container(gap="xsmall"):
        for generation in studio.trash.newest(SHOWN):
            st.page_link(
                "generation.py",
                label=formatting.title(generation, studio.catalog.names),
                icon=":material/delete:",
                query_params={"id": str(generation.id)},
            )
    if count > SHOWN:
        st.caption(f"And {count - SHOWN:,} more.")
    if not allowed.to(Role.ADMIN):
        return
    with st.popover("Empty the trash", icon=":material/delete_forever:", type="tertiary"):
        st.write(f"The files of {clips} are deleted for good. Providers are not told.")
        st.button(
            "Delete them now",
            key="trash_empty",
            type="primary",
            on_click=lambda: person.do(lambda by: _empty(studio, by)),
        )


def _empty(studio: Studio, by: str) -> None:
    studio.trash.empty(by=by)
