"""A request as it was sent, to read: its pictures, its words and its settings."""

from __future__ import annotations

import streamlit as st

from core.carryover import shown
from core.generations import Input, Request, Value
from core.models import Model
from core.params import Param
from core.studio import Studio
from pages.ui import addresses, facts, words


def prompt(request: Request) -> None:
    """The prompt in full, or each shot's with its seconds, as text that can be copied."""
    st.markdown("**Prompt**")
    if request.prompt:
        st.code(request.prompt, language=None, wrap_lines=True)
    for number, shot in enumerate(request.shots, 1):
        st.caption(f"Shot {number} · {shot['duration']} s")
        st.code(shot["prompt"], language=None, wrap_lines=True)
    if not (request.prompt or request.shots):
        st.caption("None was given.")


def inputs(studio: Studio, request: Request) -> None:
    """Every file that it started from."""
    if not request.inputs:
        return
    model = studio.model(request)
    labels = {slot.role: slot.label for slot in model.input} if model else {}
    st.markdown("**Started from**")
    grid = st.grid(columns=3, min_column_width=150)
    for item in request.inputs:
        with grid.cell():
            _input(studio, item, labels.get(item.role, "File"))


def settings(model: Model | None, request: Request) -> None:
    """Every setting that was sent, by its name in the catalogue."""
    st.markdown("**Settings**")
    if not request.model:
        st.caption("Not known: it was imported by its task id, and Runway does not tell them.")
        return
    known = {
        "Model": model.name if model else request.model,
        "Starts from": words.KIND.get(model.kind, model.kind) if model else request.endpoint,
    }
    unknown = []
    for name, value in request.params.items():
        if param := model.setting(name) if model else None:
            known[param.label] = _value(param, value)
        else:
            unknown.append(f"{name}: {shown(value)}")
    facts.show(known | ({"Other": "\n".join(unknown)} if unknown else {}))


def _input(studio: Studio, item: Input, label: str) -> None:
    if item.url:
        st.caption(f"{label}, from the web")
        st.code(item.url, language=None, wrap_lines=True)
        return
    upload = studio.upload(item.sha256)
    if upload is None:
        st.caption(f"{label}: the file is not in the history any more.")
        return
    if upload.medium == "image":
        st.image(addresses.picture(upload), width="stretch", alt=label)
    elif upload.medium == "video":
        st.video(addresses.upload(upload), alt=label)
    else:
        st.audio(addresses.upload(upload), format=upload.media_type)
    size = f"{upload.width} × {upload.height}" if upload.width else ""
    length = f"{upload.duration:.3g} s" if upload.duration else ""
    st.caption(" · ".join(filter(None, (label, size, length))))
    st.text(upload.name)


def _value(param: Param, value: Value) -> str:
    if isinstance(value, bool):
        return words.sentence(shown(value))
    if param.name == "ratio" and not param.complaint(value):
        return words.ratio(str(value))
    named = param.names.get(str(value))
    return named or f"{shown(value)} {param.unit}".rstrip()
