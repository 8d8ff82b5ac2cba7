"""What the button says: the price, how sure it is, and a tick where nobody knows it."""

from __future__ import annotations

import streamlit as st

from core.generations import Request
from core.input_checks import WORDS
from core.models import Model
from core.studio import Studio
from pages.ui import draft, words


def price(studio: Studio, model: Model, request: Request) -> str:
    """The price of the request as it stands: exact, at most, or why there is none yet."""
    if medium := _waits_for(studio, model, request):
        return f"the price follows the {medium}"
    quote = studio.quote(request)
    if quote is not None and isinstance(request.params.get("duration"), str):
        return f"up to {words.price(quote)}"
    return words.price(quote)


def agreed(studio: Studio, model: Model, request: Request) -> bool:
    """Ask for a tick where nobody knows the price; False until it is given."""
    if _waits_for(studio, model, request) or studio.quote(request) is not None:
        return True
    if model.price and any(item.url for item in request.inputs):
        st.caption("It hangs on a file that this server has not measured.")
    return st.checkbox(
        "Submit it although nobody knows the price yet",
        key=draft.widget(f"{model.endpoint}_{model.id}_agreed"),
    )


def sureness(studio: Studio, model: Model, request: Request) -> None:
    """What about the price is not certain, below the button."""
    row = model.price_row(request.params, studio.given(request))
    if row is None:
        return
    notes = [row.assumed] if row.assumed else []
    if isinstance(request.params.get("duration"), str):
        notes.append("The model chooses the length; what it does not use is not charged.")
    if notes:
        st.caption(" ".join(notes))


def _waits_for(studio: Studio, model: Model, request: Request) -> str:
    """The medium that the price is counted by, as long as none of it is there; else empty."""
    row = model.price_row(request.params, studio.given(request))
    slot = model.slot(row.seconds_of) if row and row.flat is None else None
    return WORDS[slot.media[0]] if slot and not request.all_inputs(slot.role) else ""
