"""One file of an input: its preview, what belongs to it, and its place among the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.catalog.params import Param
from core.catalog.slots import Slot
from core.generations import Input, Value
from core.studio import Studio
from pages.ui.compose import draft, fields
from pages.ui.compose.files import file_picker, preview

EARLIER, LATER, REPLACE, REMOVE = "Move up", "Move down", "Replace", "Remove"


def draw(
    studio: Studio, slot: Slot, given: Sequence[Input], number: int, crop: preview.Size | None
) -> Input:
    item, mark = given[number], _mark(slot, given, number)
    label = slot.label if slot.most == 1 else f"{slot.label} {number + 1}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width=preview.WIDEST, gap="xsmall"):
            preview.show(studio, item, label, crop)
        with st.container(width="stretch", gap="xsmall"):
            preview.facts(studio, item, crop)
            if slot.settings:
                item = replace(item, settings=_settings(slot, item, mark))
            _actions(studio, slot, len(given), number, mark)
    return item


def _mark(slot: Slot, given: Sequence[Input], number: int) -> str:
    """A name for one file among its widgets, which stays when others come and go."""
    item = given[number]
    same = sum((other.sha256, other.url) == (item.sha256, item.url) for other in given[:number])
    return f"{_name(slot, item)}_{same}"


def _name(slot: Slot, item: Input) -> str:
    return f"{slot.role}_{item.sha256[:12] or hash(item.url)}"


# -- what belongs to it ---------------------------------------------------------------------------


def _settings(slot: Slot, item: Input, mark: str) -> dict[str, Value]:
    values = dict(item.settings)
    skipped = _not_chosen(slot, item, mark)
    for name in skipped:
        values.pop(name, None)
    shown = [param for param in slot.settings if param.name not in skipped]
    grid = st.grid(min_column_width=130)
    for param in (param for param in shown if not param.more and param.offered(values)):
        with grid.cell():
            _setting(param, item, mark, values)
    if rare := [param for param in shown if param.more]:
        with st.expander("More", expanded=any(param.name in values for param in rare)):
            for param in (param for param in rare if param.offered(values)):
                _setting(param, item, mark, values)
    return values


def _not_chosen(slot: Slot, item: Input, mark: str) -> set[str]:
    """Draw the choice between settings of which exactly one is given. Returns the others."""
    if not slot.one_of:
        return set()
    labels = {param.name: param.label for param in slot.settings if param.name in slot.one_of}
    key = draft.widget(f"{mark}_one")
    given = next((name for name in labels if name in item.settings), next(iter(labels)))
    st.session_state.setdefault(key, given)
    chosen = st.segmented_control(
        "Given as",
        labels,
        key=key,
        required=True,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
    )
    return labels.keys() - {chosen}


def _setting(param: Param, item: Input, mark: str, values: dict[str, Value]) -> None:
    start = item.settings.get(param.name, param.default)
    if not fields.shows(param, start):
        start = param.default
    values.pop(param.name, None)
    value = fields.draw(param, draft.widget(f"{mark}_{param.name}"), start)
    if value is not None:
        values[param.name] = value
        if complaint := param.complaint(value):
            fields.complaint(complaint)


# -- its place ------------------------------------------------------------------------------------


def _actions(studio: Studio, slot: Slot, count: int, number: int, mark: str) -> None:
    verbs = [REPLACE, REMOVE] if slot.most == 1 else [REMOVE]
    verbs = [EARLIER] * (number > 0) + [LATER] * (number < count - 1) + verbs
    with st.container(horizontal=True, gap="xsmall"):
        for verb in verbs:
            st.button(
                verb,
                key=draft.widget(f"{mark}_{verb.lower().replace(' ', '_')}"),
                type="tertiary",
                on_click=_change,
                args=(studio, slot, number, verb),
            )


def _change(studio: Studio, slot: Slot, number: int, verb: str) -> None:
    if verb == REPLACE:
        file_picker.open_for(slot)
        return
    file_picker.forget_notes()
    request = draft.load(studio)
    items = list(request.all_inputs(slot.role))
    item = items.pop(number)
    if verb != REMOVE:
        items.insert(number + (1 if verb == LATER else -1), item)
    for key in list(st.session_state):  # the same file may be there twice: both start anew
        if f"_{_name(slot, item)}_" in str(key):
            del st.session_state[key]
    draft.save(studio, draft.with_inputs(request, slot.role, items))
