"""The settings of a model, drawn from the catalogue alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from core.catalog import ratios
from core.catalog.model import Model
from core.catalog.params import Param, holds
from core.errors import Problem
from core.generations import Request, Status, Value
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui import formatting
from pages.ui.compose import draft, fields, own_place, shots
from pages.ui.compose.form_state import RatioChoice, form_state

TASKS = 50
SIMPLE = ("choice", "boolean", "text", "task")
"""Kinds whose widget holds the value itself."""


def settings(
    studio: Studio, model: Model, request: Request, problems: list[Problem]
) -> dict[str, Value]:
    """Draw every setting that goes with the others.

    Returns the draft's settings as they are now. A setting that is not drawn, because it belongs to
    another model or the others rule it out, stays. When a value makes room for settings that were
    not drawn, the page has to be drawn once more.
    """
    values = _now(model, request)
    drawn = [param for param in model.param if param.offered(model.sent(values))]
    own_place.alone(param.name for param in drawn)
    usual, more = st.container(gap="small"), st.container(gap="small")
    with usual:
        for param in (p for p in drawn if not p.more):
            _setting(studio, model, param, request, values, problems)
    if rare := [param for param in drawn if param.more]:
        touched = any(request.params.get(p.name, p.default) != p.default for p in rare)
        with more, st.expander("More settings", expanded=touched):
            for param in rare:
                _setting(studio, model, param, request, values, problems)
    unsettled = drawn != [param for param in model.param if param.offered(model.sent(values))]
    state = form_state()
    state.needs_redraw = unsettled and not state.needs_redraw
    kept = {k: v for k, v in request.params.items() if k not in {p.name for p in drawn}}
    return kept | {p.name: values[p.name] for p in drawn if p.name in values}


def lengthened(studio: Studio, model: Model, request: Request) -> Request:
    """The draft after a setting that follows a file's length has taken over that of a new one."""
    params = dict(request.params)
    for param in model.param:
        item = request.input(param.length_of) if param.length_of else None
        upload = studio.uploads.get(item.sha256) if item else None
        if not (item and upload and upload.duration and param.range):
            continue
        if form_state().new_file == item.role or param.name not in params:
            low, high = param.range
            params[param.name] = min(max(round(upload.duration, 2), low), high)
            st.session_state.pop(key(model, param), None)
    return replace(request, params=params)


def size(studio: Studio, model: Model, request: Request) -> tuple[int, int] | None:
    """The chosen frame size. A new picture first chooses the model's nearest one."""
    state = form_state()
    new, state.new_file = state.new_file, None
    param = model.setting_with_role("ratio")
    if param is None:
        return None
    name = key(model, param)
    slot = model.input[0] if model.input else None
    first = request.input(slot.role) if slot and slot.most == 1 else None
    upload = studio.uploads.get(first.sha256) if first else None
    stands = st.session_state.get(name) or fitting(param, request)
    if slot and upload and upload.width:
        fresh = new == slot.role or bool(param.complaint(request.params.get(param.name)))
        if fresh:
            nearest = ratios.nearest(model.ratios, upload.width, upload.height)
            _choose_by_picture(name, nearest or model.ratios[0], stands)
    elif first is None:
        _forget_picture(name, stands)
    return ratios.pixels(str(st.session_state.get(name) or stands))


def _choose_by_picture(name: str, ratio: str, stands: Value | None) -> None:
    state = form_state()
    last = state.ratio_choice
    earlier = last.before if last and (last.widget, last.ratio) == (name, stands) else stands
    state.ratio_choice = RatioChoice(name, ratio, earlier)
    st.session_state[name] = ratio


def _forget_picture(name: str, stands: Value | None) -> None:
    state = form_state()
    last, state.ratio_choice = state.ratio_choice, None
    if last and last.before is not None and (last.widget, last.ratio) == (name, stands):
        st.session_state[name] = last.before


def complaints(problems: Iterable[Problem], field: str) -> None:
    for message in dict.fromkeys(p.message for p in problems if p.field == field):
        fields.complaint(message)


def key(model: Model, param: Param) -> str:
    return draft.widget(f"{model.endpoint}_{model.id}_{param.name}")


def places(model: Model, field: str) -> list[str]:
    """The keys under which a form field may stand on the page: a problem names its field."""
    if field == "prompt":
        return [draft.widget("prompt")]
    if param := model.setting(field):
        return [key(model, param)]
    if model.slot(field):
        return [draft.widget(f"upload_{field}"), draft.widget(f"choose_{field}")]
    return []


def fitting(param: Param, request: Request) -> Value | None:
    """The draft's value where this model's widget can show it, else the model's default."""
    value = request.params.get(param.name)
    return value if fields.shows(param, value) else param.default


def _now(model: Model, request: Request) -> dict[str, Value]:
    """Every setting as it is in its widget, or will be once that is drawn."""
    values: dict[str, Value] = {}
    for param in model.param:
        name = key(model, param)
        simple = param.kind in SIMPLE and name in st.session_state
        value = st.session_state[name] if simple else fitting(param, request)
        if value is not None and value not in ("", []):
            values[param.name] = value
    return values


def _setting(
    studio: Studio,
    model: Model,
    param: Param,
    request: Request,
    values: dict[str, Value],
    problems: list[Problem],
) -> None:
    with own_place.of(param.name):
        value = fields.draw(
            param, key(model, param), fitting(param, request), _names(studio, model, param)
        )
        values.pop(param.name, None)
        if value is not None:
            values[param.name] = value
        if param.kind == "shots":
            shots.total(param, value, model.value_of("duration", model.sent(values)))
        wrong = param.complaint(value) if value is not None and param.kind != "shots" else ""
        if wrong:
            fields.complaint(wrong)
        complaints((p for p in problems if p.message != wrong), param.name)


def _names(studio: Studio, model: Model, param: Param) -> dict[str, str]:
    """Names for choices that are known by their files, or from the history."""
    if param.role == "output_format":
        return {str(c): model.formats[str(c)].label for c in param.choices}
    if param.kind != "task":
        return {}
    made = Filter(status=(Status.SUCCEEDED,), model=param.made_by or (model.id,))
    return {
        one.task_id: f"#{one.id} · {formatting.short(one.request.words, 60) or 'without words'}"
        for one in studio.history.page(made, Order.NEWEST, 1, TASKS)
        if one.task_id and holds(param.made_with, one.request.params)
    }
