"""The same request on another model: what comes along, what does not, what it costs then."""

from __future__ import annotations

import streamlit as st

from core.catalog.model import Model
from core.compose.convert import carry
from core.generations import Generation, Request
from core.studio import Studio
from pages.ui import formatting
from pages.ui.compose import draft


def offer(studio: Studio, generation: Generation) -> None:
    """Choose a model; the price difference stands on the button, and what stays behind above it."""
    models = [model for model in studio.catalog if _can_take(model, generation.request)]
    if not models:
        return
    with st.popover("Try on another model", icon=":material/compare_arrows:"):
        model = st.selectbox(
            "Model",
            models,
            key="another_model",
            format_func=lambda model: f"{model.name} · {model.does}",
        )
        if model is None:
            return
        request, left_behind = carry(
            generation.request, model, studio.compose.model(generation.request)
        )
        for sentence in left_behind:
            st.text(f"• {sentence}")
        if not left_behind:
            st.caption("Everything comes along.")
        quote = studio.compose.quote(request)
        price = formatting.price(quote) + _difference(quote, _before(generation))
        if st.button(
            f"Open in the form · {price}",
            key="another_open",
            type="primary",
            width="stretch",
        ):
            draft.open_with(studio, request)


def _can_take(model: Model, request: Request) -> bool:
    """True for another current model that lacks no file which it cannot be without."""
    if model.status != "current" or (model.endpoint, model.id) == (request.endpoint, request.model):
        return False
    carried, _said = carry(request, model)
    if request.inputs and not carried.inputs:
        return False  # nothing of what it was made from would be left
    filled = {item.role for item in carried.inputs}
    needed = {slot.role for slot in model.input if slot.required}
    return needed <= filled and all(filled.intersection(group) for group in model.any_of)


def _before(generation: Generation) -> int | None:
    """What the same order would cost again; never the nothing that a refunded failure cost."""
    figures = (generation.credits_quoted, generation.credits_estimated, generation.credits_charged)
    return next((figure for figure in figures if figure), None)


def _difference(quote: int | None, before: int | None) -> str:
    """How much more or less that is than the order of this generation."""
    if quote is None or before is None:
        return ""
    if quote == before:
        return ", the same"
    return f", {abs(quote - before):,} {'more' if quote > before else 'less'}"
