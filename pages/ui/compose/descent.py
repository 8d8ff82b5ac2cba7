"""What the request in the form is made from, as it will stand in its family; and undoing that."""

from __future__ import annotations

import streamlit as st

from core.domain.families import Way
from core.generations import Request
from core.studio import Studio
from pages.ui.compose import draft
from pages.ui.compose.form_state import form_state

WORDS = {
    Way.AGAIN: "The same as {}",
    Way.REMIX: "A remix of {}",
    Way.MODEL: "{} on another model",
    Way.PROMOTED: "Promotes {}",
    Way.EXTENDED: "Extends {}",
}


def line(studio: Studio, wanted: Request) -> None:
    """Nothing where the form was filled from nothing, or nothing of that is left."""
    origin = form_state().origin
    way = studio.compose.way_from(wanted, origin) if origin else None
    if origin is None or way is None:
        return
    said = WORDS[way].format(f"#{origin.generation_id}")
    with st.popover(said, icon=":material/account_tree:", type="tertiary", key="descent"):
        st.caption("What you make now joins that family.")
        st.button(
            "Unlink",
            key=draft.widget("no_origin"),
            width="stretch",
            on_click=draft.forget_origin,
            args=(studio,),
        )
