"""What can be done with a generation: one verb first, the others beside it and in a menu."""

from __future__ import annotations

import streamlit as st

from core.files import Output
from core.generations import Generation, Status
from core.studio import Studio
from pages.ui.clips import actions, failure_box, outputs, recall, share_dialog
from pages.ui.generation import other_model

KEY = "generation"


def row(studio: Studio, generation: Generation, seen: Output | None) -> None:
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key="generation_verbs"
    ):
        if not failure_box.is_edited(generation):
            status = generation.status  # until it is settled, something else comes first
            settled = status.is_final and status is not Status.UNCONFIRMED
            recall.button(studio, generation, "Remix", KEY, primary=settled)
        if seen:
            outputs.verbs(studio, generation, seen, KEY)
            other_model.extend(studio, generation, seen)
        other_model.promote(studio, generation)
        other_model.offer(studio, generation)
        actions.favourite(studio, generation)
        menu = f"generation_more_{share_dialog.openings()}"
        with (
            st.popover("More", icon=":material/more_horiz:", type="tertiary", key=menu),
            st.container(gap="xxsmall"),
        ):
            recall.buttons(studio, generation, KEY, "Remix")
            outputs.clean(generation)
            if generation.outputs:
                itself = share_dialog.Clips((generation.id,))
                share_dialog.button(studio, itself, "generation_share")
            actions.bring_back(studio, generation)
            if actions.is_recoverable(generation):
                actions.recover(studio, generation, "generation_recover")
            st.caption(":material/keyboard: Keys: J K L play, comma and full stop step.")
