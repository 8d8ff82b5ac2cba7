"""One setting of a model or of a file as a widget, by its kind in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.catalog.params import Param
from core.generations import Value, is_shots
from core.text import visible_text
from pages.ui import formatting, plain
from pages.ui.compose import growing_list, ratio_shapes, shots

PILLS = 8
"""So many choices stand side by side; more go into a list."""
SLIDER = 60
"""So many steps a slider has; of more a person types the number."""
TYPED = 10**6
"""From here on a limit says little to a person."""
OWN = "own"
COLOUR = "#5b3df5"
MOST_COLOURS = 10
LINE = 100
"""Characters of a text from which on it gets more than one line."""

Names = Mapping[str, str]
"""Words for choices, by what goes over the wire."""
NONE: Names = {}


def draw(param: Param, key: str, start: Value | None, names: Names = NONE) -> Value | None:
    """The setting as a widget that starts with `start`. Returns its value now, None if it is
    empty."""
    value = WIDGETS[param.kind](param, key, start, {**names, **param.names})
    return None if value in ("", []) else value


def unconfirmed(assumed: str) -> str:
    """What the provider does not confirm about a setting or an input, for its help; else empty."""
    return f"The provider does not say so itself: {assumed}" if assumed else ""


def shows(param: Param, value: Value | None) -> bool:
    """True if the widget of this setting can hold that value, valid or not."""
    if value is None:
        return False
    if not param.complaint(value):
        return True
    if param.kind in ("integer", "number"):
        return not _slides(param) and not isinstance(value, (bool, list))
    if param.kind == "shots":
        return is_shots(value)
    return param.kind in ("text", "task") and isinstance(value, str)


def complaint(message: str) -> None:
    st.caption(f":red[:material/error: {plain.text(message)}]")


def _help(param: Param) -> str | None:
    return "\n\n".join(text for text in (param.help, unconfirmed(param.assumed)) if text) or None


def _filled(key: str, value: object) -> str:
    st.session_state.setdefault(key, value)
    return key


# -- one of several -------------------------------------------------------------------------------


def _choice(param: Param, key: str, start: Value | None, names: Names) -> Value | None:
    shown = _shown(param, names)
    if len(param.choices) > PILLS:
        empty = None if param.required or param.default is not None else 0
        options = param.choices if empty is None else (None, *param.choices)
        return st.selectbox(
            param.label,
            options,
            key=_filled(key, start),
            help=_help(param),
            format_func=lambda choice: "Chosen by the model" if choice is None else shown(choice),
        )
    if param.is_shape:
        return ratio_shapes.choose(param, _filled(key, start), names, _help(param))
    return st.pills(
        param.label,
        param.choices,
        key=_filled(key, start),
        help=_help(param),
        required=param.required or param.default is not None,
        wrap=True,
        format_func=shown,
    )


def _shown(param: Param, names: Names) -> Callable[[str | int], str]:
    def shown(choice: str | int) -> str:
        if str(choice) in names:
            return names[str(choice)]
        if param.is_shape:
            return formatting.ratio(str(choice))
        if isinstance(choice, int):
            return f"{choice} s" if param.unit == "seconds" else f"{choice} {param.unit}".rstrip()
        return formatting.sentence(choice.replace("_", " "))

    return shown


def _boolean(param: Param, key: str, start: Value | None, _names: Names) -> Value | None:
    if param.default is not None:
        return st.toggle(param.label, key=_filled(key, start), help=_help(param))
    return st.pills(
        param.label,
        (True, False),
        key=_filled(key, start),
        help=_help(param),
        format_func=lambda on: "On" if on else "Off",
    )


# -- numbers --------------------------------------------------------------------------------------


def _number(param: Param, key: str, start: Value | None, names: Names) -> Value | None:
    if not param.choices:
        return _plain_number(param, key, start, param.label)
    own = f"{param.range[0]:g} to {param.range[1]:g}" if param.range else "Other"
    word = st.segmented_control(
        param.label,
        (*param.choices, OWN),
        key=_filled(f"{key}_word", start if start in param.choices or start is None else OWN),
        help=_help(param),
        required=param.required or param.default is not None,
        format_func=lambda word: (
            f"{own} {_unit(param)}".rstrip() if word == OWN else _shown(param, names)(word)
        ),
    )
    if word != OWN:
        return word
    numeric = None if isinstance(start, str) else start
    return _plain_number(param, key, numeric, "")


def _plain_number(param: Param, key: str, start: Value | None, name: str) -> Value | None:
    whole = param.kind == "integer"
    number: Any = int if whole else float
    low, high = param.range or (0, 2**31)
    common: dict[str, Any] = {
        "label": name or param.label,
        "label_visibility": "visible" if name else "collapsed",
        "help": _help(param),
    }
    if _slides(param):
        step = 1 if whole else round((high - low) / 100, 4)
        first = number(low if start is None else start)
        shown = f"%{'d' if whole else '.2f'} {_unit(param)}".rstrip()
        limits = {"min_value": number(low), "max_value": number(high), "step": number(step)}
        moved: Value = number(st.slider(key=_filled(key, first), format=shown, **limits, **common))
        return moved
    room = f"{low:g} to {high:g} {_unit(param)}".rstrip() if high < TYPED else "Empty: any"
    # Not the browser's field for numbers: one that it finds too large stays to be seen, while the
    # one from before would be sent. What is typed here gets our sentence, and stays.
    text = f"{start:.15g}" if isinstance(start, float) else "" if start is None else str(start)
    return _read(st.text_input(key=_filled(key, text), placeholder=room, **common), number)


def _read(text: str, number: type[int] | type[float]) -> Value | None:
    text = visible_text.bare(text)
    try:
        value = number(text)
    except ValueError:
        return text or None
    return value if math.isfinite(value) else text


def _slides(param: Param) -> bool:
    low, high = param.range or (0, 2**31)
    return (param.default is not None or bool(param.choices)) and high - low <= SLIDER


def _unit(param: Param) -> str:
    return {"seconds": "s", "second": "s"}.get(param.unit, param.unit)


# -- words, colours, tasks ------------------------------------------------------------------------


def _text(param: Param, key: str, start: Value | None, _names: Names) -> Value | None:
    many = not param.pattern and (param.range is None or param.range[1] > LINE)
    name = _filled(key, start or "")
    if many:
        text: str = st.text_area(param.label, key=name, help=_help(param), height=68)
        return visible_text.visible(text)
    example = f"Such as {param.example}" if param.example else None
    line = st.text_input(param.label, key=name, help=_help(param), placeholder=example)
    return visible_text.visible(line)


def _colours(param: Param, key: str, start: Value | None, _names: Names) -> Value | None:
    """Pick as many colours as there may be; a single one is a list of one."""
    st.markdown(param.label, help=_help(param))
    one = param.kind == "colour"
    given = [start] if isinstance(start, str) else start if isinstance(start, list) else []
    most = 1 if one else int(param.range[1] if param.range else MOST_COLOURS)
    chosen = growing_list.edit(
        f"{key}_rows", list(map(str, given)), _colour, COLOUR, "a colour", most
    )
    return next(iter(chosen), None) if one else chosen


def _colour(key: str, value: str) -> str:
    return st.color_picker("Colour", key=_filled(key, value), label_visibility="collapsed")


def _task(param: Param, key: str, start: Value | None, names: Names) -> Value | None:
    known = [*names, *([str(start)] if start and start not in names else [])]
    pasted = st.selectbox(
        param.label,
        known,
        index=None,
        key=_filled(key, start),
        help=_help(param),
        placeholder="Choose one of yours, or paste a task id and press Enter",
        accept_new_options=True,
        format_func=lambda task: names.get(task, task),
    )
    return visible_text.task_id(pasted) if pasted else None


WIDGETS: dict[str, Callable[[Param, str, Value | None, Names], Value | None]] = {
    "choice": _choice,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "text": _text,
    "colour": _colours,
    "colours": _colours,
    "shots": lambda param, key, start, _names: shots.draw(param.label, param.help, key, start),
    "task": _task,
}
