"""Where a file comes from: an upload, an earlier one, something made here, or a web address.

All of them stand in a dialog, of which only what is looked at is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.errors import DailiesError
from core.files import Upload
from core.generations import Input
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.compose import draft
from pages.ui.compose.files import (
    dropped_files,
    earlier_files,
    file_recipe,
    made_files,
    web_address,
)
from pages.ui.compose.form_state import Notes, form_state

PICTURE_MB = 64
NOTHING = Notes()
ENDINGS = {
    "image": ["png", "jpg", "jpeg", "webp", "heic", "heif", "avif"],
    "video": ["mp4", "mov", "mkv", "webm", "3gp", "ogv"],
    "audio": ["mp3", "wav", "flac", "m4a", "ogg"],
}
WAYS = {
    "upload": ":material/upload: Upload",
    "earlier": ":material/photo_library: Earlier files",
    "made": ":material/movie: Made here",
    "web": ":material/link: Web address",
}


def opener(studio: Studio, slot: Slot, label: str, *, library: bool = False) -> None:
    st.button(
        label,
        key=draft.widget(f"choose_{slot.role}"),
        icon=":material/photo_library:" if library else ":material/add:",
        type="tertiary",
        on_click=_open_library if library else open_for,
        args=(slot, studio) if library else (slot,),
    )


def open_for(slot: Slot, way: str = "upload") -> None:
    st.session_state[_source(slot)] = way
    state = form_state()
    state.choosing, state.clip = slot.role, None
    forget_notes()


def _open_library(slot: Slot, studio: Studio) -> None:
    if studio.uploads.newest(1, slot.media):
        open_for(slot, "earlier")
    else:
        open_for(slot, "web" if studio.history.is_empty else "made")


def _close() -> None:
    form_state().choosing = None


def dialog(studio: Studio, model: Model) -> None:
    slot = model.slot(form_state().choosing or "")
    if slot is None:
        _close()
        return
    shown = st.dialog(slot.label, width="large", on_dismiss=_close)(_choose)
    shown(studio, slot)


def _choose(studio: Studio, slot: Slot) -> None:
    if form_state().choosing is None:  # something was chosen
        st.rerun()
    way = st.segmented_control(
        "From",
        WAYS,
        key=_source(slot),
        required=True,
        format_func=WAYS.__getitem__,
        label_visibility="collapsed",
        on_change=forget_notes,
    )

    def take(upload: Upload) -> None:
        _put(studio, slot, [as_input(slot, upload)])

    if way == "upload":
        uploader(studio, slot, "upload_more")
    elif way == "earlier":
        earlier_files.choose(studio, slot, take)
    elif way == "made":
        made_files.choose(studio, slot, take, lambda why: _refuse(studio, slot, ("", why)))
    else:
        web_address.choose(slot, lambda item: _put(studio, slot, [item]))
    notes(slot)


def _source(slot: Slot) -> str:
    return draft.widget(f"source_{slot.role}")


def notes(slot: Slot) -> None:
    said = form_state().file_notes.get(slot.role, Notes())
    for name, sentence in said.refused:
        if name:
            st.text(formatting.short(name, 60))
        st.error(plain.text(sentence), icon=":material/error:")
    if said.notice:
        st.caption(f":material/info: {plain.text(said.notice)}")


def forget_notes() -> None:
    """They were about what has changed since."""
    form_state().file_notes = {}


def _note(slot: Slot, said: Notes) -> None:
    state = form_state()
    state.file_notes = {**state.file_notes, slot.role: said}


# -- putting it into the draft --------------------------------------------------------------------


def _put(studio: Studio, slot: Slot, items: Sequence[Input], said: Notes = NOTHING) -> None:
    request = draft.load(studio)
    kept = () if slot.most == 1 else request.all_inputs(slot.role)
    together = [*kept, *items]
    draft.save(studio, draft.with_inputs(request, slot.role, together[: slot.most]))
    form_state().new_file = slot.role
    if (over := len(together) - slot.most) > 0:
        many = f"{slot.label}: at most {slot.most}; {over} more can be had from earlier files."
        said = replace(said, refused=(*said.refused, ("", many)))
    _note(slot, said)
    _close()


def _refuse(studio: Studio, slot: Slot, *refused: tuple[str, str]) -> None:
    there = slot.most == 1 and draft.load(studio).input(slot.role)
    stays = " The one chosen before stays." if there else ""
    _note(slot, Notes(refused=tuple((name, f"{why}{stays}") for name, why in refused)))


def as_input(slot: Slot, upload: Upload) -> Input:
    """The upload as an input, with the settings that it requires."""
    known = upload.medium == slot.media[0] == "image"  # an input is a picture unless it says so
    settings = {p.name: p.default for p in slot.settings if p.default is not None}
    return Input(slot.role, upload.sha256, "", "" if known else upload.medium, settings)


# -- the ways -------------------------------------------------------------------------------------


def uploader(studio: Studio, slot: Slot, name: str) -> None:
    key = draft.widget(f"{name}_{slot.role}")
    st.file_uploader(
        slot.label,
        type=[ending for medium in slot.media for ending in ENDINGS[medium]],
        accept_multiple_files=slot.most > 1,
        key=key,
        label_visibility="collapsed",
        max_upload_size=PICTURE_MB if slot.media == ("image",) else None,
        on_change=_received,
        args=(studio, slot, key),
    )


def spare_uploader(studio: Studio, slot: Slot) -> str:
    """A hidden upload field for what is dropped on the form or pasted. Returns its key."""
    with st.container(key=draft.widget(f"spare_{slot.role}")):
        uploader(studio, slot, "dropped")
    return draft.widget(f"dropped_{slot.role}")


def _received(studio: Studio, slot: Slot, key: str) -> None:
    received = st.session_state[key]
    several = received if isinstance(received, list) else [received]
    # A removed file is an object of another class; files judged before are still in the box.
    present = [file for file in several if isinstance(file, UploadedFile)]
    state = form_state()
    files = [file for file in present if file.file_id not in state.judged_files]
    state.judged_files = frozenset(file.file_id for file in present)
    items: list[Input] = []
    notices: list[str] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        file_recipe.look_into(studio, file)
        try:
            upload, changed = studio.uploads.add(file.name, file, slot.media)
        except DailiesError as error:
            name = file.name if len(files) > 1 else ""
            refused.append((name, f"{error.message} {error.hint}".strip()))
        else:
            items.append(as_input(slot, upload))
            notices += changed
        dropped_files.release(file)
    if items:
        _put(studio, slot, items, Notes(" ".join(notices), tuple(refused)))
    else:
        _refuse(studio, slot, *refused)
