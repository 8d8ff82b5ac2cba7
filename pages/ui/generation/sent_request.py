"""A request as it was sent, to read: its pictures, its words and its settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import streamlit as st

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.compose.convert import shown
from core.generations import Generation, Input, Request
from core.studio import Studio
from pages.ui import facts, media_urls
from pages.ui.clips import setting_words
from pages.ui.components import component


def prompt(generation: Generation) -> None:
    """The full prompt, or each shot's with its seconds, each copied with one click."""
    request = generation.request
    texts = [{"caption": "", "text": request.prompt}] if request.prompt else []
    for number, shot in enumerate(request.shots, 1):
        caption = f"Shot {number} · {shot['duration']} s"
        texts.append({"caption": caption, "text": shot["prompt"]})
    if texts:
        component("generation/words")(data={"texts": texts}, key=f"words_{generation.id}")
    else:
        st.caption("Without words.")


def inputs(studio: Studio, request: Request) -> None:
    if not request.inputs:
        return
    model = studio.compose.model(request)
    st.markdown("**Started from**")
    grid = st.grid(columns=3, min_column_width=_narrowest(studio, request))
    for item in request.inputs:
        with grid.cell():
            slot = model.slot(item.role) if model else None
            _input(studio, item, slot.label if slot else "File")
            if item.settings:
                tags = studio.catalog.names_of("tag")
                st.text("\n".join(_belonging(item, slot, tags)))


def _narrowest(studio: Studio, request: Request) -> int:
    """In pixels: a player needs room for its controls."""
    found = (studio.uploads.get(item.sha256) for item in request.inputs if item.sha256)
    return 260 if any(upload and upload.medium != "image" for upload in found) else 150


def settings(model: Model | None, request: Request) -> None:
    if not request.model:
        st.caption(
            "Not known: it was imported by its task id, and its provider does not tell them."
        )
        return
    facts.show(setting_words.named(model, request))


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
    with st.container(gap=None):
        st.caption(" · ".join(filter(None, (label, size, length))))
        st.text(upload.name)


def _belonging(item: Input, slot: Slot | None, tags: Collection[str]) -> Iterator[str]:
    """What goes with a file: `@cat`, its name in the prompt, or `Second: 3`."""
    known = {param.name: param for param in slot.settings} if slot else {}
    given = [name for name in known if name in item.settings]
    for name in dict.fromkeys((*given, *item.settings)):
        value = item.settings[name]
        if name in tags:
            yield f"@{value}"
        elif name in known:
            yield f"{known[name].label}: {setting_words.value_of(known[name], value)}"
        else:
            yield f"{name}: {shown(value)}"
