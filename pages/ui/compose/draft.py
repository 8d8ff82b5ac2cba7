"""What a person is composing: kept through reruns, page changes, reloads and restarts.

It lives in the session and, under a key that stands in the address, in the history file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import streamlit as st

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.domain.families import Origin
from core.generations import Input, Request
from core.storage.making.drafts import Draft
from core.studio import Studio
from core.text import visible_text
from pages.ui import page_address
from pages.ui.compose.form_state import form_state

KEY = re.compile(r"[0-9a-f]{16}")
SOON = 1  # seconds; the browser has corrected the address by then


def load(studio: Studio) -> Request:
    """The draft of this session; after a reload, a copy of the one that the address names. A copy,
    since somebody may go on with the original in another tab."""
    state = form_state()
    if state.draft is None:
        key = st.query_params.get("draft", "")
        known = studio.compose.draft(key) if KEY.fullmatch(key) else None
        state.draft = known.request if known else _fresh(studio)
        if known:
            state.origin = known.origin
            studio.compose.save_draft(state.draft_key, known)
    return state.draft


def show_key() -> None:
    """Put the draft's key into the address, so that a reload finds it.

    Streamlit itself learns of it from the browser. If the address still holds the previous page's
    query, Streamlit is told only once the browser has the key: earlier, that would add one more
    stop to the way back.
    """
    wanted = {"draft": form_state().draft_key}
    page_address.correct(wanted)
    state = form_state()
    state.shown_at = state.shown_at or time.monotonic()
    if st.query_params.to_dict() not in ({}, wanted) and time.monotonic() - state.shown_at > SOON:
        st.query_params.from_dict(wanted)


def save(studio: Studio, request: Request) -> None:
    if request != form_state().draft:
        _keep(studio, request)


def _keep(studio: Studio, request: Request) -> None:
    state = form_state()
    state.draft = request
    studio.compose.save_draft(state.draft_key, Draft(request, state.origin))


def forget_origin(studio: Studio) -> None:
    """The form's content stays, but what is made of it no longer descends from its origin."""
    request = load(studio)
    form_state().origin = None
    _keep(studio, request)


def replace_with(studio: Studio, request: Request, origin: Origin | None = None) -> None:
    """Fill the form with another request, such as one from the history: `origin` then says from
    which one, and by which verb."""
    load(studio)
    form_state().origin = origin
    _keep(studio, request)
    renew()


def open_with(studio: Studio, request: Request, origin: Origin | None = None) -> NoReturn:
    """Fill the form with another request and go there.

    The address keeps its query on the way: without it the page left behind would be one more stop
    on the browser's way back, and would not say what it showed.
    """
    replace_with(studio, request, origin)
    form_state().shown_at = None
    st.switch_page("create.py", query_params=st.query_params.to_dict())


def renew() -> None:
    form_state().version += 1


def widget(name: str) -> str:
    """The key of a widget of the form; another one each time the form is filled anew."""
    return f"create_{form_state().version}_{name}"


@dataclass(frozen=True)
class Typed:
    """What stands in the form's widgets except its button, and the draft behind them."""

    draft: Request | None
    widgets: Mapping[str, object]

    def stands(self) -> bool:
        """Whether nothing has been typed since; a widget that is no longer drawn has not been."""
        now = st.session_state
        return self.draft == form_state().draft and all(
            now.get(name, value) == value for name, value in self.widgets.items()
        )


def typed() -> Typed:
    mark, button = widget(""), widget("go_")
    names = [n for n in map(str, st.session_state) if n.startswith(mark)]
    widgets = {name: st.session_state[name] for name in names if not name.startswith(button)}
    return Typed(form_state().draft, widgets)


def with_inputs(request: Request, role: str, items: Iterable[Input]) -> Request:
    """The request with these files in that role. The role touched last comes first."""
    others = (item for item in request.inputs if item.role != role)
    return replace(request, inputs=(*items, *others))


def fitted(request: Request, model: Model, slots: Iterable[Slot]) -> Request:
    """The part of a draft that is sent: the rest, for another model or another way, stays in the
    draft."""
    params = model.sent(request.params)
    prompt = visible_text.visible(request.prompt) if model.prompt.fits(params) else ""
    inputs = [
        item for slot in slots if slot.offered(params) for item in request.all_inputs(slot.role)
    ]
    return Request(model.endpoint, model.id, prompt, params, tuple(inputs))


def _fresh(studio: Studio) -> Request:
    first = next(iter(studio.catalog))
    return Request(first.endpoint, first.id)
