"""Choosing what to do, and the model that does it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.catalog import by_provider
from core.catalog.model import Model
from core.compose.convert import carry
from core.generations import Request
from core.studio import Studio
from pages.ui import formatting, money, plain
from pages.ui.compose import draft, model_list
from pages.ui.compose.files import file_picker
from pages.ui.compose.form_state import form_state


def model(studio: Studio, request: Request) -> Model:
    kinds = studio.catalog.kinds
    before = studio.compose.model(request) or next(iter(studio.catalog))
    with st.container(key="composer_kinds"):
        kind = st.segmented_control(
            "Start from",
            kinds,
            key=_filled("kind", before.kind),
            required=True,
            width="stretch",
            label_visibility="collapsed",
            format_func=lambda kind: f"{formatting.icon(kind)} {formatting.kind(kind)}",
        )
    if kind is None:  # a page change in mid-typing can blank the widgets: it is not the person's
        draft.renew()
        st.rerun()
    known = studio.catalog.of_kind(kind, retired=True)
    models = {(one.endpoint, one.id): one for one in known}
    first = (before.endpoint, before.id)
    name = _filled(f"model_{kind}", first if first in models else next(iter(models)))
    found = models[st.session_state[name]]
    model_list.show(studio, known, found, lambda key: _choose(studio, key))
    st.caption(found.about)
    twin = by_provider.same(studio.catalog, found)
    if twin and studio.compose.is_reached(twin):
        st.caption(_both_prices(studio, found, twin))
    if not studio.compose.is_reached(found):
        _unreached(studio, found)
    if found.status == "retired":
        _retired(studio, found)
    return found


def _both_prices(studio: Studio, model: Model, twin: Model) -> str:
    """`As it opens: 12 KIE credits ($0.06) here, 25 credits ($0.25) as Gen-4 Turbo at Runway.`"""
    here, there = (
        formatting.price(one.quote(one.defaults), studio.catalog.suppliers[one.provider])
        for one in (model, twin)
    )
    at = studio.catalog.suppliers[twin.provider].title
    said = f"As it opens: {here} here, {there} as {twin.name} at {at}."
    return money.escaped(f":material/compare_arrows: {said}")


def _unreached(studio: Studio, model: Model) -> None:
    of = studio.catalog.suppliers[model.provider]
    st.warning(
        f"This server has no key for {of.title}. With {of.key} in its settings, it can be used.",
        icon=":material/key_off:",
    )


def _choose(studio: Studio, key: str) -> None:
    """A quick click may choose in the list of the previous kind; it means the same model."""
    kind = st.session_state[draft.widget("kind")]
    known = studio.catalog.of_kind(kind, retired=True)
    exact = (one for one in known if model_list.key(one) == key)
    same = (one for one in known if key.endswith(f"/{one.id}"))
    if found := next(exact, None) or next(same, None):
        st.session_state[draft.widget(f"model_{kind}")] = found.endpoint, found.id


def changed(studio: Studio, request: Request, model: Model) -> Request:
    """The draft for that model. After a change of model, settings that do not fit are made to where
    possible, and named."""
    params = request.params
    before = studio.compose.model(request)
    if before and before != model:
        file_picker.forget_notes()
        own = before.defaults
        touched = {k: v for k, v in request.params.items() if before.setting(k) and v != own.get(k)}
        here = {name: value for name, value in touched.items() if model.setting(name)}
        carried, said = carry(Request(model.endpoint, model.id, params=here), model)
        params = {**params, **{name: v for name, v in carried.params.items() if name in here}}
        gone = [p.label.lower() for p in before.param if p.name in touched.keys() - here.keys()]
        form_state().misfits = said + (
            [f"{model.name} has no setting for {', '.join(gone)}."] if gone else []
        )
    for sentence in form_state().misfits:
        st.caption(f":material/info: {plain.text(sentence)}")
    return replace(request, endpoint=model.endpoint, model=model.id, params=params)


def _retired(studio: Studio, model: Model) -> None:
    successor = studio.catalog.successor(model)
    since = f" since {model.retired_on}" if model.retired_on else ""
    who = plain.text(studio.catalog.suppliers[model.provider].title)
    runs = "The demo still runs it." if studio.settings.demo else f"{who} runs it no more."
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


def _filled(name: str, value: object) -> str:
    widget = draft.widget(name)
    st.session_state.setdefault(widget, value)
    return widget
