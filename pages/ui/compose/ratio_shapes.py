"""Ratios as what they are: small shapes, with their pixels on hover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.catalog import ratios
from core.catalog.params import Param
from core.generations import Value
from pages.ui import formatting

LONG = 15
"""Pixels of a shape's longer side."""
KEY = "composer_ratio"


def choose(param: Param, key: str, names: Mapping[str, str], help: str | None) -> Value | None:
    """Shapes to choose from; the pixels of the chosen one stand beside the label."""
    choices = [str(choice) for choice in param.choices]
    chosen = _size(str(st.session_state.get(key) or ""))
    with st.container(key=KEY):
        _style(choices)
        return st.pills(
            f"{param.label} :gray[· {chosen}]" if chosen else param.label,
            param.choices,
            key=key,
            help=help,
            required=param.required or param.default is not None,
            wrap=True,
            format_func=lambda one: names.get(str(one)) or _name(str(one), choices),
        )


def _name(value: str, choices: Sequence[str]) -> str:
    """`16:9`, with its pixels where the model has that shape in several sizes."""
    whole = formatting.ratio(value)
    short = whole.split(" · ")[0]
    alike = sum(formatting.ratio(choice).split(" · ")[0] == short for choice in choices)
    return short if alike == 1 else whole


def _size(value: str) -> str:
    """`1280 × 720`; empty for a ratio without pixels of its own."""
    chosen = ratios.pixels(value)
    return f"{chosen[0]} × {chosen[1]}" if chosen else ""


def _style(choices: Sequence[str]) -> None:
    """Draw the shapes, in this order, into the buttons of the container with our key."""
    st.html(f"<style>{''.join(_rule(n, choice) for n, choice in enumerate(choices, 1))}</style>")


def _rule(number: int, choice: str) -> str:
    shape = ratios.shape(choice)
    if shape is None:
        return ""
    width, height = (LONG, max(4, round(LONG / shape)))
    if shape < 1:
        width, height = max(4, round(LONG * shape)), LONG
    button = f"div.st-key-{KEY} button:nth-of-type({number})"
    # Not read aloud, where the browser can leave it out: the pixels are no part of the name.
    said = f'content:"{_size(choice)}";content:"{_size(choice)}"/""'
    hint = f"{button}::after{{{said}}}" if _size(choice) else ""
    return f"{button}::before{{width:{width}px;height:{height}px}}{hint}"
