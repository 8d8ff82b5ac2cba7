"""The settings of a model as widgets, drawn from the catalogue alone."""

from __future__ import annotations

import streamlit as st

from core import ratios
from core.errors import Problem
from core.generations import Request, Value
from core.models import Model
from core.params import Param
from core.studio import Studio
from pages.ui import draft, words

PILLS = 8
"""So many choices stand side by side; more go into a list."""


def model(studio: Studio, request: Request) -> Model:
    """Draw the choice of start and model, filled from the draft; the model chosen."""
    kinds = studio.catalog.kinds
    before = studio.model(request) or next(iter(studio.catalog))
    kind = st.segmented_control(
        "Start from",
        kinds,
        key=_filled("kind", before.kind),
        required=True,
        format_func=lambda kind: f"{words.KIND_ICON.get(kind, '')} {words.KIND.get(kind, kind)}",
    )
    if kind is None:  # a page change in mid-typing can blank the widgets: it is not the person's
        draft.renew()
        st.rerun()
    models = {model.id: model for model in studio.catalog.of_kind(kind)}
    chosen = st.selectbox(
        "Model",
        models,
        key=_filled(f"model_{kind}", before.id if before.id in models else next(iter(models))),
        format_func=lambda model_id: _summary(models[model_id]),
    )
    st.caption(models[chosen].about)
    return models[chosen]


def size(studio: Studio, model: Model, request: Request) -> tuple[int, int] | None:
    """The frame size chosen. A new picture first chooses the nearest one that the model has."""
    param = model.setting("ratio")
    if param is None:
        return None
    name = key(model, param)
    new = st.session_state.pop("create_new_picture", None)
    first = request.input(model.input[0].role) if model.input else None
    upload = studio.upload(first.sha256) if first else None
    if upload and (new == model.input[0].role or param.complaint(request.params.get("ratio"))):
        fits = ratios.nearest(model.ratios, upload.width, upload.height)
        st.session_state[name] = fits or model.ratios[0]
    return ratios.pixels(str(st.session_state.get(name) or fitting(param, request)))


def settings(model: Model, request: Request, problems: list[Problem]) -> dict[str, Value]:
    """Draw every setting of `model`, filled from the draft; the values, without the empty ones."""
    values: dict[str, Value | None] = {}
    for param in (p for p in model.param if not p.more):
        values[param.name] = _setting(model, param, request)
        complaints(problems, param.name)
    rare = [param for param in model.param if param.more]
    if rare:
        touched = any(param.name in request.params for param in rare)
        with st.expander("More settings", expanded=touched):
            for param in rare:
                values[param.name] = _setting(model, param, request)
                complaints(problems, param.name)
    return {name: value for name, value in values.items() if value not in (None, "")}


def problems(studio: Studio, request: Request, *, agreed: bool) -> list[Problem]:
    """All that stands against submitting: the request itself, and a price nobody has agreed to."""
    found = studio.problems(request)
    if not agreed:
        unknown = "The price is not known: tick that you want it all the same."
        found.append(Problem("price", unknown))
    return found


def complaints(problems: list[Problem], field: str) -> None:
    """What is wrong with a field, right below it."""
    for problem in problems:
        if problem.field == field:
            st.caption(f":red[:material/error: {problem.message}]")


def key(model: Model, param: Param) -> str:
    """The key of a setting's widget."""
    return draft.widget(f"{model.endpoint}_{model.id}_{param.name}")


def fitting(param: Param, request: Request) -> Value | None:
    """The draft's value where this model can have it, else the model's own default."""
    value = request.params.get(param.name)
    if value is not None and not param.complaint(value):
        return value
    return param.default


def _setting(model: Model, param: Param, request: Request) -> Value | None:
    name = key(model, param)
    if name not in st.session_state:
        st.session_state[name] = fitting(param, request)
    if param.kind == "boolean":
        return st.toggle(param.label, key=name, help=param.help or None)
    if param.kind == "text":
        st.session_state[name] = st.session_state[name] or ""
        return st.text_input(param.label, key=name, help=param.help or None)
    if param.kind == "choice":
        return _choice(param, name)
    return _number(param, name)


def _summary(model: Model) -> str:
    return f"{model.name} · {words.rate(model)} · {model.speed}"


def _filled(name: str, value: object) -> str:
    """The key of a widget that starts with `value`."""
    widget = draft.widget(name)
    st.session_state.setdefault(widget, value)
    return widget


def _choice(param: Param, name: str) -> Value | None:
    if len(param.choices) > PILLS:
        return st.selectbox(
            param.label,
            param.choices,
            key=name,
            help=param.help or None,
            format_func=lambda choice: _shown(param, choice),
        )
    return st.pills(
        param.label,
        param.choices,
        key=name,
        help=param.help or None,
        required=param.required or param.default is not None,
        wrap=True,
        format_func=lambda choice: _shown(param, choice),
    )


def _number(param: Param, name: str) -> Value | None:
    low, high = param.range or (0, 2**31)
    if high - low <= 60 and param.default is not None:
        return int(
            st.slider(param.label, low, high, key=name, help=_help(param), format="%d s")
            if param.unit == "seconds"
            else st.slider(param.label, low, high, key=name, help=_help(param))
        )
    typed = st.number_input(
        param.label, low, high, key=name, step=1, help=_help(param), placeholder="Empty: any"
    )
    return None if typed is None else int(typed)


def _help(param: Param) -> str | None:
    return " ".join(text for text in (param.help, param.assumed) if text) or None


def _shown(param: Param, choice: str | int) -> str:
    if param.name == "ratio":
        return words.ratio(str(choice))
    return f"{choice} s" if param.unit == "seconds" else str(choice)
