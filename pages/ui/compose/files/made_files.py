"""Choosing something that was made here: a whole output, or one frame of a video."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from core.catalog.slots import Slot
from core.errors import DailiesError
from core.files import Output, Upload
from core.generations import Generation, Status
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui import formatting, media_urls
from pages.ui.compose import draft
from pages.ui.compose.form_state import form_state

CLIPS = 12

Which = Literal["first", "last"]
Take = Callable[[Upload], None]
Refuse = Callable[[str], None]


def choose(studio: Studio, slot: Slot, take: Take, refuse: Refuse) -> None:
    number = form_state().clip
    if number is not None:
        st.button(
            "All of them",
            key=draft.widget(f"clips_{slot.role}"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=_look_at,
            args=(None,),
        )
        generation = studio.generations.get(number)
        for output in generation.outputs:
            if _fits(slot, output):
                _output(studio, slot, generation, output, take, refuse)
        return
    search = st.text_input(
        "Search prompts", key=draft.widget(f"clip_search_{slot.role}"), icon=":material/search:"
    )
    done = Filter(search=search or "", status=(Status.SUCCEEDED,))
    found = [
        generation
        for generation in studio.history.page(done, Order.NEWEST, 1, CLIPS)
        if any(_fits(slot, output) for output in generation.outputs)
    ]
    if not found:
        st.caption("What is made here can start the next one: nothing that fits yet.")
    grid = st.grid(min_column_width=150)
    for generation in found:
        with grid.cell():
            _card(studio, slot, generation, take, refuse)


def _fits(slot: Slot, output: Output) -> bool:
    fits = output.medium in slot.media or (output.medium == "video" and "image" in slot.media)
    return fits and not output.removal


def _card(studio: Studio, slot: Slot, generation: Generation, take: Take, refuse: Refuse) -> None:
    shown = next((output for output in generation.outputs if output.poster), None)
    if shown:
        st.image(media_urls.poster(generation, shown), alt="Poster of a generation")
    st.text(f"#{generation.id} {formatting.short(generation.request.words, 40)}")
    key = draft.widget(f"clip_{slot.role}_{generation.id}")
    first, *others = generation.outputs
    whole = first.medium in slot.media
    if whole and not others and not (first.medium == "video" and "image" in slot.media):
        find = partial(studio.uploads.add_output, generation, first.position)
        st.button("Use", key=key, width="stretch", on_click=_use, args=(find, take, refuse))
    else:
        look = (generation.id,)
        st.button("Choose", key=key, width="stretch", on_click=_look_at, args=look)


def _look_at(generation_id: int | None) -> None:
    form_state().clip = generation_id


def _output(
    studio: Studio,
    slot: Slot,
    generation: Generation,
    output: Output,
    take: Take,
    refuse: Refuse,
) -> None:
    key = f"{slot.role}_{generation.id}_{output.position}"

    def use(label: str, name: str, find: Callable[[], Upload]) -> None:
        st.button(
            label, key=draft.widget(f"{name}_{key}"), on_click=_use, args=(find, take, refuse)
        )

    def frame(label: str, name: str, which: Which | float) -> None:
        use(label, name, lambda: studio.uploads.add_frame(generation, which, output.position))

    _show(generation, output)
    framed = output.medium == "video" and "image" in slot.media
    with st.container(horizontal=True):
        if output.medium in slot.media:
            whole = {"image": "Use this picture", "video": "Use the whole clip"}
            label = whole.get(output.medium, "Use this sound")
            use(label, "whole", lambda: studio.uploads.add_output(generation, output.position))
        if framed:
            frame("First frame", "first", "first")
            frame("Last frame", "last", "last")
    if framed and output.duration > 0.1:
        at = st.slider(
            "Another moment", 0.0, output.duration, key=draft.widget(f"at_{key}"), format="%.1f s"
        )
        frame(f"Frame at {at:.1f} s", "moment", at)


def _show(generation: Generation, output: Output) -> None:
    address = media_urls.video(generation, output)
    if output.medium == "image":
        st.image(address, width=320, alt="A picture that was made")
    elif output.medium == "video":
        st.video(address, alt="A clip that was made")
    else:
        st.audio(address, format=output.media_type)


def _use(find: Callable[[], Upload], take: Take, refuse: Refuse) -> None:
    try:
        upload = find()
    except DailiesError as error:
        refuse(f"{error.message} {error.hint}".strip())
        return
    take(upload)
