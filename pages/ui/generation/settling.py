"""What an ended generation cost, where its provider has not said and a person knows."""

from __future__ import annotations

import streamlit as st

from core.accounting.differences import MOST_CREDITS
from core.catalog.suppliers import Supplier
from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting, plain


def settle(studio: Studio, generation: Generation) -> None:
    """It counts as pending until a person says what it cost; as nothing if its price is unknown."""
    supplier = studio.catalog.suppliers[generation.provider]
    compare = (
        "This is a demo, so no money is charged: any answer will do."
        if generation.demo
        else plain.text(f"Compare with the usage at {supplier.place}.")
    )
    counts = "as nothing" if generation.credits is None else "as pending"
    st.caption(f"Until its cost is known it counts {counts}. {compare}")
    with st.container(horizontal=True, gap="small"):
        for credits in sorted({0, generation.credits or 0}):
            cost = formatting.credits(credits, supplier) if credits else "nothing"
            st.button(
                f"It cost {cost}",
                key=f"generation_settle_{credits}",
                on_click=_settle,
                args=(studio, generation.id, credits),
            )
    if generation.credits is None:
        _figure(studio, generation, supplier)


def _settle(studio: Studio, generation_id: int, credits: int) -> None:
    studio.decisions.settle(generation_id, credits)


def _figure(studio: Studio, generation: Generation, supplier: Supplier) -> None:
    """For a generation without a known price to offer."""
    with st.form("generation_settle_form", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            credits = st.number_input(
                plain.text(f"{supplier.title} credits"),
                1,
                MOST_CREDITS,
                value=None,
                key="generation_settle_figure",
                width=200,
            )
            is_told = st.form_submit_button("It cost that")
        if not is_told:
            return
        if credits is None:
            st.error("Write how many credits it cost.")
            return
        studio.decisions.settle(generation.id, credits)
        st.rerun()
