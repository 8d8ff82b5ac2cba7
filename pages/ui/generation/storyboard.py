"""The storyboard of a clip: frames of it, evenly spaced, each of which can start the next clip or
be kept. They are made when somebody looks at them first."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import DailiesError
from core.files import Output
from core.generations import Generation
from core.studio import Studio
from pages.ui import media_urls, plain
from pages.ui.clips import reuse
from pages.ui.components import component, message

KEY = "generation_storyboard"


def show(studio: Studio, generation: Generation, output: Output) -> None:
    if output.medium != "video" or not output.poster or output.removal:
        return
    fold = st.expander(
        "Storyboard", icon=":material/view_comfy_alt:", key=f"{KEY}_fold", on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        try:
            with st.spinner("Looking through the clip …"):
                studio.previews.storyboard(output)
        except (DailiesError, OSError) as error:
            known = isinstance(error, DailiesError)
            st.error(plain.error(error) if known else "The disk has no room for it.")
        else:
            _frames(studio, generation, output)


def _frames(studio: Studio, generation: Generation, output: Output) -> None:
    name = f"{KEY}_chosen_{generation.id}_{output.position}"
    sent = message(KEY, "choose")
    if isinstance(sent, int) and 0 <= sent < len(output.moments):
        st.session_state[name] = sent
    chosen: int | None = st.session_state.get(name)
    component("generation/storyboard")(
        data={
            "strip": media_urls.storyboard(generation, output),
            "moments": [f"{moment:.1f} s" for moment in output.moments],
            "shape": output.width / output.height,
            "chosen": -1 if chosen is None else chosen,
        },
        key=KEY,
        on_choose_change=lambda: None,
    )
    if chosen is None:
        st.caption("Choose a frame to start the next one from it, or to save it as a picture.")
    else:
        _verbs(studio, generation, output, chosen)


def _verbs(studio: Studio, generation: Generation, output: Output, chosen: int) -> None:
    moment = output.moments[chosen]
    bring = partial(studio.uploads.add_frame, generation, moment, output.position)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(f"Frame at {moment:.1f} s", width="content")
        reuse.frame_verbs(studio, generation, output, bring, f"{KEY}_{chosen}")
        st.link_button(
            "Download picture",
            media_urls.frame(generation, output, chosen),
            icon=":material/download:",
            type="tertiary",
            help="The frame in full size, as PNG.",
        )
        if st.button(
            "Save among files",
            key=f"{KEY}_keep_{chosen}",
            icon=":material/photo_library:",
            type="tertiary",
            help="Among the earlier files, from which every input can be chosen.",
        ):
            _keep(bring)


def _keep(bring: reuse.Bring) -> None:
    try:
        kept = bring()
    except DailiesError as error:
        st.error(plain.error(error))
    else:
        st.toast(f"Saved among the earlier files as “{plain.text(kept.name)}”.")
