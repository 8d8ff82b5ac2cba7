"""A file by its web address, which the provider fetches and this server does not."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.catalog.slots import Slot
from core.compose import input_checks
from core.generations import Input
from core.text import visible_text
from pages.ui import formatting
from pages.ui.compose import draft, fields


def choose(slot: Slot, take: Callable[[Input], None]) -> None:
    medium = slot.media[0]
    if len(slot.media) > 1:
        medium = st.segmented_control(
            "It is a",
            slot.media,
            default=medium,
            key=draft.widget(f"web_medium_{slot.role}"),
            required=True,
            format_func=lambda one: formatting.sentence(input_checks.WORDS[one]),
        )
    url = st.text_input(
        f"Address of a {input_checks.WORDS[medium]}",
        key=draft.widget(f"url_{slot.role}"),
        placeholder="https://…",
        type="url",
    )
    url = visible_text.bare(url or "")
    complaint = input_checks.url_complaint(url) if url else ""
    if complaint:
        fields.complaint(formatting.sentence(complaint))
    st.caption(
        "A public address that needs no login and leads nowhere else: the provider fetches it."
    )
    settings = {p.name: p.default for p in slot.settings if p.default is not None}
    said = "" if medium == slot.media[0] == "image" else medium
    st.button(
        "Use this address",
        key=draft.widget(f"url_use_{slot.role}"),
        disabled=not url or bool(complaint),
        on_click=take,
        args=(Input(slot.role, "", url, said, settings),),
    )
