"""What a person is composing: kept through reruns, page changes, reloads and restarts.

It lives in the session and, under a key that stands in the address, in the history file.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NoReturn

import streamlit as st

from core import visible_text
from core.catalog.model import Model
from core.catalog.slots import Slot
from core.generations import Input, Request
from core.studio import Studio
from pages.ui import page_address
from pages.ui.compose import keys

KEY = re.compile(r"[0-9a-f]{16}")
SOON = 1  # seconds; the browser has corrected the address by then


def load(studio: Studio) -> Request:
    """The draft of this session; after a reload a copy of the one that the address names.

    A copy, since the address may be open in another tab, where somebody goes on with it.
    """
    state = st.session_state
    if keys.DRAFT not in state:
        key = st.query_params.get("draft", "")
        known = studio.compose.draft(key) if KEY.fullmatch(key) else None
        state[keys.DRAFT_KEY] = secrets.token_hex(8)
        state[keys.DRAFT] = known or _fresh(studio)
        state[keys.DRAFT_VERSION] = 0
        if known:
            studio.compose.save_draft(state[keys.DRAFT_KEY], known)
    draft: Request = state[keys.DRAFT]
    return draft


def show_key() -> None:
    """Put the draft's key into the address, so that a reload finds it.

    Streamlit itself learns of it from the browser. Where it holds the query of the page before, it
    is told once the browser has the key, since only then is that no stop on the way back.
    """
    wanted = {"draft": st.session_state[keys.DRAFT_KEY]}
    page_address.correct(wanted)
    since = st.session_state.setdefault(keys.DRAFT_SHOWN, time.monotonic())
    if st.query_params.to_dict() not in ({}, wanted) and time.monotonic() - since > SOON:
        st.query_params.from_dict(wanted)


def save(studio: Studio, request: Request) -> None:
    """Remember what has been composed so far."""
    if request != st.session_state[keys.DRAFT]:
        st.session_state[keys.DRAFT] = request
        studio.compose.save_draft(st.session_state[keys.DRAFT_KEY], request)


def replace_with(studio: Studio, request: Request) -> None:
    """Fill the form with another request, such as one out of the history."""
    load(studio)
    save(studio, request)
    renew()


def open_with(studio: Studio, request: Request) -> NoReturn:
    """Fill the form with another request and go there.

    The address keeps its query on the way: without it the page that is left would be one more stop
    on the browser's way back, and nobody knew what it had shown.
    """
    replace_with(studio, request)
    st.session_state.pop(keys.DRAFT_SHOWN, None)
    st.switch_page("create.py", query_params=st.query_params.to_dict())


def renew() -> None:
    """Let every widget of the form start again from the draft."""
    st.session_state[keys.DRAFT_VERSION] += 1


def widget(name: str) -> str:
    """The key of a widget of the form. It changes when the form is filled anew."""
    return f"create_{st.session_state[keys.DRAFT_VERSION]}_{name}"


def typed() -> dict[str, object]:
    """What stands in the form's widgets but for its button, and the draft behind them."""
    state, mark, button = st.session_state, widget(""), widget("go_")
    names = [name for name in map(str, state) if name.startswith(mark)]
    return {name: state[name] for name in (keys.DRAFT, *names) if not name.startswith(button)}


def stands(typed: Mapping[str, object]) -> bool:
    """Whether nothing has been typed since; what is drawn no more was not."""
    return all(st.session_state.get(name, value) == value for name, value in typed.items())


def with_inputs(request: Request, role: str, items: Iterable[Input]) -> Request:
    """The request with these files in that role. What was touched last stands first."""
    others = (item for item in request.inputs if item.role != role)
    return replace(request, inputs=(*items, *others))


def fitted(request: Request, model: Model, slots: Iterable[Slot]) -> Request:
    """What of a draft is sent: the rest, of another model or another way, stays in the draft."""
    params = model.sent(request.params)
    prompt = visible_text.visible(request.prompt) if model.prompt.fits(params) else ""
    inputs = [
        item for slot in slots if slot.offered(params) for item in request.all_inputs(slot.role)
    ]
    return Request(model.endpoint, model.id, prompt, params, tuple(inputs))


def _fresh(studio: Studio) -> Request:
    first = next(iter(studio.catalog))
    return Request(first.endpoint, first.id)
