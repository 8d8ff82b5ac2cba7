"""Choosing something that was made here: a whole output, or one frame of a video."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.catalog.slots import Slot
from core.errors import DailiesError
from core.generations import Generation, Output, Status, Upload
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui import formatting, media_urls
from pages.ui.compose import draft, keys

CLIPS = 12

Take = Callable[[Upload], None]
Refuse = Callable[[str], None]


def choose(studio: Studio, slot: Slot, take: Take, refuse: Refuse) -> None:
    """The newest generations with an output that can go there; of the chosen one, what of it."""
    number = st.session_state.get(keys.CLIP)
    if number is not None:
        st.button(
            "All of them",
            key=draft.widget(f"clips_{slot.role}"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=st.session_state.pop,
            args=(keys.CLIP,),
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
    """True when the output, or a frame of it, can go into the slot."""
    return output.medium in slot.media or (output.medium == "video" and "image" in slot.media)


def _card(studio: Studio, slot: Slot, generation: Generation, take: Take, refuse: Refuse) -> None:
    """One generation; where there is only one way to use it, that way."""
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
        chosen = (keys.CLIP, generation.id)
        keep = st.session_state.__setitem__
        st.button("Choose", key=key, width="stretch", on_click=keep, args=chosen)


def _output(
    studio: Studio,
    slot: Slot,
    generation: Generation,
    output: Output,
    take: Take,
    refuse: Refuse,
) -> None:
    """One output, with every way to use it."""
    key = f"{slot.role}_{generation.id}_{output.position}"

    def use(label: str, name: str, find: Callable[[], Upload]) -> None:
        st.button(
            label, key=draft.widget(f"{name}_{key}"), on_click=_use, args=(find, take, refuse)
        )

    if output.medium == "image":
        st.image(media_urls.video(generation, output), width=320, alt="A picture that was made")
    elif output.medium == "video":
        st.video(media_urls.video(generation, output), alt="A clip that was made")
    else:
        st.audio(media_urls.video(generation, output), format=output.media_type)
    with st.container(horizontal=True):
        if output.medium in slot.media:
            whole = {"image": "Use this picture", "video": "Use the whole clip"}
            use(
                whole.get(output.medium, "Use this sound"),
                "whole",
                lambda: studio.uploads.add_output(generation, output.position),
            )
        if output.medium == "video" and "image" in slot.media:
            use(
                "First frame",
                "first",
                lambda: studio.uploads.add_frame(generation, "first", output.position),
            )
            use(
                "Last frame",
                "last",
                lambda: studio.uploads.add_frame(generation, "last", output.position),
            )
    if output.medium == "video" and "image" in slot.media and output.duration > 0.1:
        at = st.slider(
            "Another moment", 0.0, output.duration, key=draft.widget(f"at_{key}"), format="%.1f s"
        )
        use(
            f"Frame at {at:.1f} s",
            "moment",
            lambda: studio.uploads.add_frame(generation, at, output.position),
        )


def _use(find: Callable[[], Upload], take: Take, refuse: Refuse) -> None:
    try:
        upload = find()
    except DailiesError as error:
        refuse(f"{error.message} {error.hint}".strip())
        return
    take(upload)
