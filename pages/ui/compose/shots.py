"""The shots of a clip: a prompt and its seconds each, and how much of the clip they fill."""

from __future__ import annotations

import re

import streamlit as st

from core.catalog.params import Param
from core.generations import Shot, Value, is_shots
from core.text import visible_text
from pages.ui.compose import growing_list

NEW: Shot = {"prompt": "", "duration": 3}
MOST = 20
SECONDS = re.compile(r"[0-9]{1,6}")


def draw(label: str, help: str, key: str, start: Value | None) -> Value:
    st.markdown(label, help=help or None)
    given = start if start is not None and is_shots(start) else []
    return growing_list.edit(f"{key}_rows", given, _shot, NEW, "a shot", MOST)


def total(param: Param, shots: Value | None, duration: Value | None) -> None:
    if not shots or not is_shots(shots):
        return
    seconds = sum(shot["duration"] for shot in shots)
    low, high = param.range or (1, seconds)
    good, said = low <= seconds <= high, f"{seconds} s together; {low:g} to {high:g} s are taken"
    if isinstance(duration, int):
        good, said = seconds == duration, f"{seconds} of {duration} s"
    st.caption(f":{'green' if good else 'red'}[{said}]")


def _shot(key: str, shot: Shot) -> Shot:
    state = st.session_state
    state.setdefault(f"{key}_prompt", shot["prompt"])
    state.setdefault(f"{key}_seconds", str(shot["duration"]))
    with st.container(width="stretch", gap="xsmall"):
        prompt = st.text_area(
            "What is seen in this shot",
            key=f"{key}_prompt",
            height=68,
            placeholder="What is seen in this shot",
            label_visibility="collapsed",
        )
        seconds = visible_text.bare(st.text_input("Seconds", key=f"{key}_seconds", width=140))
    # Text that is no number counts as 0 seconds, which no shot may last: so it gets a sentence.
    return {"prompt": prompt, "duration": int(seconds) if SECONDS.fullmatch(seconds) else 0}
