"""A request as it was sent, to read: its pictures, its words and its settings."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.compose.convert import shown
from core.generations import Input, Request, Value
from core.studio import Studio
from pages.ui import facts, formatting, media_urls


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
    model = studio.compose.model(request)
    st.markdown("**Started from**")
    grid = st.grid(columns=3, min_column_width=150)
    for item in request.inputs:
        with grid.cell():
            slot = model.slot(item.role) if model else None
            _input(studio, item, slot.label if slot else "File")
            if item.settings:
                st.text("\n".join(_belonging(item, slot)))


def settings(model: Model | None, request: Request) -> None:
    """Every setting that was sent, by its name in the catalogue."""
    st.markdown("**Settings**")
    if not request.model:
        st.caption("Not known: it was imported by its task id, and Runway does not tell them.")
        return
    known = {
        "Model": model.name if model else request.model,
        "Starts from": formatting.KIND.get(model.kind, model.kind) if model else request.endpoint,
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
    upload = studio.uploads.get(item.sha256)
    if upload is None:
        st.caption(f"{label}: the file is not in the history any more.")
        return
    if upload.medium == "image":
        st.image(media_urls.picture(upload), width="stretch", alt=label)
    elif upload.medium == "video":
        st.video(media_urls.upload(upload), alt=label)
    else:
        st.audio(media_urls.upload(upload), format=upload.media_type)
    size = f"{upload.width} × {upload.height}" if upload.width else ""
    length = f"{upload.duration:.3g} s" if upload.duration else ""
    st.caption(" · ".join(filter(None, (label, size, length))))
    st.text(upload.name)


def _belonging(item: Input, slot: Slot | None) -> Iterator[str]:
    """What goes with a file: `@cat`, by which the prompt speaks of it, or `Second: 3`."""
    known = {param.name: param for param in slot.settings} if slot else {}
    given = [name for name in known if name in item.settings]
    for name in dict.fromkeys((*given, *item.settings)):
        value = item.settings[name]
        if name == "tag":
            yield f"@{value}"
        elif name in known:
            yield f"{known[name].label}: {_value(known[name], value)}"
        else:
            yield f"{name}: {shown(value)}"


def _value(param: Param, value: Value) -> str:
    if isinstance(value, bool):
        return formatting.sentence(shown(value))
    if param.name == "ratio" and not param.complaint(value):
        return formatting.ratio(str(value))
    named = param.names.get(str(value))
    return named or f"{shown(value)} {param.unit}".rstrip()
