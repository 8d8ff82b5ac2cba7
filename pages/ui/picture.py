"""Choosing a picture for one place of a model: upload, earlier upload, frame of a clip, address."""

from __future__ import annotations

import streamlit as st

from core.errors import DailiesError
from core.generations import Generation, Input, Request, Upload
from core.history import Filter, Order
from core.input_checks import url_complaint
from core.slots import Slot
from core.studio import Studio
from pages.ui import addresses, draft, words

EARLIER = 12
CLIPS = 6
PREVIEW_WIDTH, PREVIEW_HEIGHT = 280, 170


def choose(studio: Studio, request: Request, slot: Slot, size: tuple[int, int] | None) -> None:
    """The picture of `slot` as it will be cropped to `size`, and every way to another one."""
    chosen = request.input(slot.role)
    st.markdown(f"**{slot.label}**", help=slot.help or None)
    with st.container(horizontal=True, vertical_alignment="center"):
        if chosen:
            _show(studio, slot, chosen, size)
        with st.container(width="stretch", gap="small"):
            _upload(studio, slot)
            _others(studio, slot, removable=chosen is not None)


def _others(studio: Studio, slot: Slot, *, removable: bool) -> None:
    """The ways beside an upload, folded, in one row."""
    with st.container(horizontal=True, gap="small"):
        with st.popover("Earlier pictures", icon=":material/photo_library:", type="tertiary"):
            _earlier(studio, slot)
        with st.popover("Frame of a clip", icon=":material/movie:", type="tertiary"):
            _frames(studio, slot)
        with st.popover("Web address", icon=":material/link:", type="tertiary"):
            _address(studio, slot)
        if removable:
            st.button(
                "Remove",
                key=draft.widget(f"remove_{slot.role}"),
                icon=":material/close:",
                type="tertiary",
                on_click=_take,
                args=(studio, slot, None),
            )


def _show(studio: Studio, slot: Slot, chosen: Input, size: tuple[int, int] | None) -> None:
    if chosen.url:
        with st.container():
            st.caption("A picture from the web. Runway fetches it; this server does not.")
            st.code(chosen.url, language=None, wrap_lines=True)
        return
    upload = studio.upload(chosen.sha256)
    if upload is None:
        st.warning("The picture is gone; upload it again.")
        return
    width, height = size or (upload.width, upload.height)
    shown = min(PREVIEW_WIDTH, round(PREVIEW_HEIGHT * width / height))
    cropped = abs(upload.width / upload.height - width / height) > 0.01
    with st.container(width=shown, gap="small"):
        st.image(preview(studio, upload, width, height), width="stretch", alt=slot.label)
        original = f"{upload.width} × {upload.height}"
        st.caption(f"Cropped from {original}" if cropped else original)


@st.cache_data(max_entries=64, show_spinner=False)
def _crop(_studio: Studio, _upload: Upload, sha256: str, width: int, height: int) -> bytes:
    return _studio.preview(_upload, width, height)


def preview(studio: Studio, upload: Upload, width: int, height: int) -> bytes:
    """The upload cropped to width:height, as a small JPEG."""
    return _crop(studio, upload, upload.sha256, width, height)


def _take(studio: Studio, slot: Slot, chosen: Input | None) -> None:
    """Put a picture into the draft, or take it out; the form starts again from there."""
    st.session_state.pop(f"picture_problem_{slot.role}", None)
    st.session_state.pop(f"picture_notice_{slot.role}", None)
    draft.save(studio, draft.with_input(draft.load(studio), slot.role, chosen))
    st.session_state["create_new_picture"] = slot.role


def _upload(studio: Studio, slot: Slot) -> None:
    state, key = st.session_state, draft.widget(f"upload_{slot.role}")
    file = st.file_uploader(
        slot.label,
        type=["png", "jpg", "jpeg", "webp"],
        key=key,
        label_visibility="collapsed",
        max_upload_size=16,
        on_change=_received,
        args=(studio, slot, key),
    )
    if file is not None and (problem := state.get(f"picture_problem_{slot.role}")):
        st.error(problem, icon=":material/error:")
    if notice := state.get(f"picture_notice_{slot.role}"):
        st.caption(f":material/info: {notice}")


def _received(studio: Studio, slot: Slot, key: str) -> None:
    file = st.session_state[key]
    st.session_state.pop(f"picture_problem_{slot.role}", None)
    st.session_state.pop(f"picture_notice_{slot.role}", None)
    if file is None:
        return
    try:
        upload, notices = studio.add_upload(file.name, file.getvalue())
    except DailiesError as error:
        kept = draft.load(studio).input(slot.role)
        stays = " The picture chosen before stays." if kept else ""
        st.session_state[f"picture_problem_{slot.role}"] = f"{error.message} {error.hint}{stays}"
        return
    _take(studio, slot, Input(slot.role, sha256=upload.sha256))
    if notices:
        st.session_state[f"picture_notice_{slot.role}"] = " ".join(notices)


def _earlier(studio: Studio, slot: Slot) -> None:
    uploads = studio.uploads(EARLIER)
    if not uploads:
        st.caption("Pictures that you upload stay here for the next time.")
    grid = st.grid(columns=3)
    for upload in uploads:
        with grid.cell():
            st.image(addresses.picture(upload), alt="An earlier picture")
            st.button(
                "Use",
                key=draft.widget(f"earlier_{slot.role}_{upload.sha256}"),
                width="stretch",
                on_click=_take,
                args=(studio, slot, Input(slot.role, sha256=upload.sha256)),
            )


def _frames(studio: Studio, slot: Slot) -> None:
    done = studio.history.page(Filter(status=("succeeded",)), Order.NEWEST, 1, CLIPS)
    if not done:
        st.caption("When a clip is done, its first or last frame can start the next one.")
    for generation in done:
        output = generation.video
        if output is None:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(addresses.poster(generation, output), width=140, alt="Poster of a clip")
            for which in ("first", "last"):
                st.button(
                    f"{which.capitalize()} frame",
                    key=draft.widget(f"frame_{slot.role}_{which}_{generation.id}"),
                    on_click=_take_frame,
                    args=(studio, slot, generation, which),
                )


def _take_frame(studio: Studio, slot: Slot, generation: Generation, which: str) -> None:
    try:
        upload = studio.frame(generation, "last" if which == "last" else "first")
    except DailiesError as error:
        st.session_state[f"picture_notice_{slot.role}"] = error.message
        return
    _take(studio, slot, Input(slot.role, sha256=upload.sha256))


def _address(studio: Studio, slot: Slot) -> None:
    url = st.text_input(
        "Address of a PNG, JPEG or WebP",
        key=draft.widget(f"url_{slot.role}"),
        placeholder="https://…",
        type="url",
    )
    url = (url or "").strip()
    complaint = url_complaint(url) if url else ""
    if complaint:
        st.caption(f":red[:material/error: {words.sentence(complaint)}]")
    st.button(
        "Use this address",
        key=draft.widget(f"url_use_{slot.role}"),
        disabled=not url or bool(complaint),
        on_click=_take,
        args=(studio, slot, Input(slot.role, url=url)),
    )
