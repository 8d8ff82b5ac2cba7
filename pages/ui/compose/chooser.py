"""Choosing what to do, and the model that does it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.catalog.model import Model
from core.compose.convert import carry
from core.generations import Request
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.compose import draft, file_picker, keys


def model(studio: Studio, request: Request) -> Model:
    """Draw the choice of what to start from and of a model, filled from the draft; the model."""
    kinds = studio.catalog.kinds
    before = studio.compose.model(request) or next(iter(studio.catalog))
    kind = st.segmented_control(
        "Start from",
        kinds,
        key=_filled("kind", before.kind),
        required=True,
        wrap=True,
        format_func=lambda kind: f"{formatting.icon(kind)} {formatting.kind(kind)}",
    )
    if kind is None:  # a page change in mid-typing can blank the widgets: it is not the person's
        draft.renew()
        st.rerun()
    old = before.kind == kind and before.status == "retired"
    retired = _filled(f"retired_{kind}", old)
    current, every = (studio.catalog.of_kind(kind, retired=both) for both in (False, True))
    shown = every if st.session_state[retired] or not current else current
    models = {(model.endpoint, model.id): model for model in shown}
    first = (before.endpoint, before.id)
    chosen = st.selectbox(
        "Model",
        models,
        key=_filled(f"model_{kind}", first if first in models else next(iter(models))),
        format_func=lambda one: _summary(models[one]),
        placeholder="Type a name, a maker or a speed",
    )
    found = models[chosen]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(found.about, width="stretch")
        if len(every) > len(current) > 0:
            st.toggle("Show retired models", key=retired)
    if found.status == "retired":
        _retired(studio, found)
    return found


def changed(studio: Studio, request: Request, model: Model) -> Request:
    """The draft for that model. After a change of model, what of the settings does not fit is made
    to where it can be, and named."""
    state, params = st.session_state, request.params
    before = studio.compose.model(request)
    if before and before != model:
        file_picker.forget_notes()
        own = before.defaults
        touched = {k: v for k, v in request.params.items() if before.setting(k) and v != own.get(k)}
        here = {name: value for name, value in touched.items() if model.setting(name)}
        carried, said = carry(Request(model.endpoint, model.id, params=here), model)
        params = {**params, **{name: v for name, v in carried.params.items() if name in here}}
        gone = [p.label.lower() for p in before.param if p.name in touched.keys() - here.keys()]
        state[keys.MISFITS] = said + (
            [f"{model.name} has no setting for {', '.join(gone)}."] if gone else []
        )
    for sentence in state.get(keys.MISFITS, []):
        st.caption(f":material/info: {plain.text(sentence)}")
    return replace(request, endpoint=model.endpoint, model=model.id, params=params)


def _retired(studio: Studio, model: Model) -> None:
    """That a model is gone, and the way to its successor."""
    successor = studio.catalog.successor(model)
    since = f" since {model.retired_on}" if model.retired_on else ""
    runs = "The demo still runs it." if studio.settings.demo else "Runway runs it no more."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(f"Retired{since}. {runs}", icon=":material/history:")
        if successor:
            st.button(
                f"Use {successor.name}",
                key=draft.widget("successor"),
                on_click=_use,
                args=(studio, successor),
            )


def _use(studio: Studio, model: Model) -> None:
    state = st.session_state
    state[draft.widget("kind")] = model.kind
    state[draft.widget(f"model_{model.kind}")] = (model.endpoint, model.id)


def _summary(model: Model) -> str:
    ended = " · retired" if model.status == "retired" else ""
    return f"{model.name} · {formatting.rate(model)} · {model.speed} · {model.vendor}{ended}"


def _filled(name: str, value: object) -> str:
    """The key of a widget that starts with `value`."""
    widget = draft.widget(name)
    st.session_state.setdefault(widget, value)
    return widget
