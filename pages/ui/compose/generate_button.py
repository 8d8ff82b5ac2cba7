"""Generate: the price on the button, how sure it is, ticks where that is not known; the click."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import streamlit as st

from core.catalog.model import Model
from core.compose.input_checks import WORDS
from core.errors import Problem
from core.generations import Generation, Request, Status
from core.studio import Studio
from pages.ui import clicks, formatting
from pages.ui.compose import draft, file_picker, keys


def price(studio: Studio, model: Model, request: Request) -> str:
    """The price of the request as it stands: exact, at most, or why there is none yet."""
    if medium := _waits_for(studio, model, request):
        return f"the price follows the {medium}"
    quote = studio.compose.quote(request)
    row = model.price_row(request.params, studio.compose.given(request))
    less = isinstance(request.params.get("duration"), str) or (row is not None and row.at_most)
    if quote is not None and less:
        return f"up to {formatting.price(quote)}"
    return formatting.price(quote)


def unagreed(studio: Studio, model: Model, request: Request) -> list[Problem]:
    """Ask for a tick for what may cost more than anybody knows; what has not been ticked."""
    if _waits_for(studio, model, request) or studio.compose.quote(request) is not None:
        return []
    if model.price and any(item.url for item in request.inputs):
        st.caption("It hangs on a file that this server has not measured.")
    if _ticked(model, "agreed", "Submit it although nobody knows the price yet"):
        return []
    wrong = "The price is not known: tick that you want it all the same."
    return [Problem("price", wrong)]


def unacknowledged(model: Model, duplicate: Generation | None) -> list[Problem]:
    """Ask for a tick where the same order may have been taken; that it has not been ticked."""
    doubtful = duplicate is not None and duplicate.status is Status.UNCONFIRMED
    if not doubtful or _ticked(model, "twice", "I know that this may pay twice"):
        return []
    return [Problem("price", "The same order may have been taken: tick that you want it twice.")]


def _ticked(model: Model, what: str, label: str) -> bool:
    """A box for this filling of the form alone."""
    idempotency_key = st.session_state[keys.ORDER_KEY]
    return st.checkbox(
        label, key=draft.widget(f"{model.endpoint}_{model.id}_{idempotency_key}_{what}")
    )


def sureness(studio: Studio, model: Model, request: Request) -> None:
    """What about the price is not certain, below the button."""
    row = model.price_row(request.params, studio.compose.given(request))
    if row is None:
        return
    notes = [row.assumed] if row.assumed else []
    if isinstance(request.params.get("duration"), str):
        notes.append("The model chooses the length; what it does not use is not charged.")
    if notes:
        st.caption(" ".join(notes))


def at_once(
    studio: Studio,
    wanted: Request,
    idempotency_key: str,
    duplicate: Generation | None,
    typed: Mapping[str, object],
) -> None:
    """A click as it arrives, before the page is drawn: who closes the tab now stops the drawing.

    Not where something was typed since the button was drawn, and came along with the click, nor
    where another generation has made the same meanwhile, or may have: the page says that first.
    """
    if (
        draft.stands(typed)
        and studio.compose.duplicate(wanted) == duplicate
        and not studio.compose.problems(wanted)
    ):
        submit(studio, wanted, idempotency_key)


def was_shown(studio: Studio, wanted: Request, duplicate: Generation | None) -> bool:
    """Whether whoever clicked could know what the same order has made already, or may be making.

    A session that has drawn no button yet gets the click from a page that an earlier server drew.
    """
    state = st.session_state
    if keys.DUPLICATE in state:
        return bool(state[keys.DUPLICATE] == (duplicate and duplicate.id))
    flying = (generation.request.fingerprint for generation in studio.history.in_flight())
    return duplicate is None and wanted.fingerprint not in flying


def submit(studio: Studio, wanted: Request, idempotency_key: str) -> None:
    """Order the generation, and have a fresh button for the next one."""
    generation, new = clicks.order(studio, wanted, idempotency_key)
    state = st.session_state
    state[keys.ORDER_KEY] = secrets.token_hex(8)
    state[keys.ORDERS] += 1
    file_picker.forget_notes()
    number = generation.id
    state[keys.SAID] = (
        f"Generation {number} is on its way." if new else f"That is {number} already."
    )


def _waits_for(studio: Studio, model: Model, request: Request) -> str:
    """The medium that the price is counted by, as long as none of it is there; else empty."""
    row = model.price_row(request.params, studio.compose.given(request))
    slot = model.slot(row.seconds_of) if row and row.flat is None else None
    return WORDS[slot.media[0]] if slot and not request.all_inputs(slot.role) else ""
