"""Choosing one of the files that were uploaded before."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.catalog.slots import Slot
from core.files import Upload
from core.studio import Studio
from pages.ui import formatting, media_urls
from pages.ui.compose import draft

NEWEST = 18


def choose(studio: Studio, slot: Slot, take: Callable[[Upload], None]) -> None:
    uploads = studio.uploads.newest(NEWEST, slot.media)
    if not uploads:
        st.caption("Files that you upload stay here for the next time.")
    grid = st.grid(min_column_width=140)
    for upload in uploads:
        with grid.cell():
            if upload.medium != "audio":
                st.image(media_urls.picture(upload), alt="An earlier file")
            st.text(formatting.short(upload.name, 40))
            st.button(
                "Use",
                key=draft.widget(f"earlier_{slot.role}_{upload.sha256}"),
                width="stretch",
                on_click=take,
                args=(upload,),
            )
