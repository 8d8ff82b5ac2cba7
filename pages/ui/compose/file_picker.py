"""Where a file comes from: an upload, an earlier one, something made here, or a web address.

All of them stand in a dialog, of which only what is looked at is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import visible_text
from core.catalog.model import Model
from core.catalog.slots import Slot
from core.compose import input_checks
from core.errors import DailiesError
from core.generations import Input, Upload
from core.studio import Studio
from pages.ui import formatting, media_urls, plain
from pages.ui.compose import draft, dropped_files, fields, keys, made_files

EARLIER = 18
PICTURE_MB = 64
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


def opener(slot: Slot, label: str) -> None:
    """The button that opens the dialog for this input."""
    st.button(
        label,
        key=draft.widget(f"choose_{slot.role}"),
        icon=":material/add:",
        type="tertiary",
        on_click=open_for,
        args=(slot,),
    )


def open_for(slot: Slot) -> None:
    """Let the dialog stand on the page from the next drawing on."""
    st.session_state[keys.CHOOSING] = slot.role
    st.session_state.pop(keys.CLIP, None)
    forget_notes()


def _close() -> None:
    st.session_state.pop(keys.CHOOSING, None)


def dialog(studio: Studio, model: Model) -> None:
    """The dialog, where it was opened for an input that this model has."""
    slot = model.slot(st.session_state.get(keys.CHOOSING, ""))
    if slot is None:
        _close()
        return
    shown = st.dialog(slot.label, width="large", on_dismiss=_close)(_choose)
    shown(studio, slot)


def _choose(studio: Studio, slot: Slot) -> None:
    if keys.CHOOSING not in st.session_state:  # something was chosen
        st.rerun()
    key = draft.widget(f"source_{slot.role}")
    st.session_state.setdefault(key, "upload")
    way = st.segmented_control(
        "From",
        WAYS,
        key=key,
        required=True,
        format_func=WAYS.__getitem__,
        label_visibility="collapsed",
        on_change=forget_notes,
    )
    if way == "upload":
        uploader(studio, slot, "upload_more")
    elif way == "earlier":
        _earlier(studio, slot)
    elif way == "made":
        made_files.choose(
            studio,
            slot,
            lambda upload: _put(studio, slot, [as_input(slot, upload)]),
            lambda sentence: _refuse(studio, slot, ("", sentence)),
        )
    else:
        _web(studio, slot)
    notes(slot)


@dataclass(frozen=True)
class Notes:
    """What is to be said below an input: what was changed of a file, what was refused and why.

    A refusal names its file where several were given at once.
    """

    notice: str = ""
    refused: tuple[tuple[str, str], ...] = ()


def notes(slot: Slot) -> None:
    """What was wrong with the last files for this input, or was changed of them."""
    said = st.session_state.get(keys.FILE_NOTES, {}).get(slot.role, Notes())
    for name, sentence in said.refused:
        if name:
            st.text(formatting.short(name, 60))
        st.error(plain.text(sentence), icon=":material/error:")
    if said.notice:
        st.caption(f":material/info: {plain.text(said.notice)}")


def forget_notes() -> None:
    """They spoke of what has changed since."""
    st.session_state.pop(keys.FILE_NOTES, None)


def _note(slot: Slot, said: Notes) -> None:
    st.session_state[keys.FILE_NOTES] = {
        **st.session_state.get(keys.FILE_NOTES, {}),
        slot.role: said,
    }


# -- putting it into the draft --------------------------------------------------------------------


def _put(studio: Studio, slot: Slot, items: Sequence[Input], said: Notes = Notes()) -> None:
    """Put files into the draft, as many as there is room for, and close the dialog."""
    request = draft.load(studio)
    kept = () if slot.most == 1 else request.all_inputs(slot.role)
    together = [*kept, *items]
    draft.save(studio, draft.with_inputs(request, slot.role, together[: slot.most]))
    st.session_state[keys.NEW_FILE] = slot.role
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
    """The upload as an input, with the settings that it cannot be without."""
    known = upload.medium == slot.media[0] == "image"  # an input is a picture unless it says so
    settings = {p.name: p.default for p in slot.settings if p.default is not None}
    return Input(slot.role, upload.sha256, "", "" if known else upload.medium, settings)


# -- the ways -------------------------------------------------------------------------------------


def uploader(studio: Studio, slot: Slot, name: str) -> None:
    """The field to drop files on."""
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


def _received(studio: Studio, slot: Slot, key: str) -> None:
    received = st.session_state[key]
    several = received if isinstance(received, list) else [received]
    files = [file for file in several if isinstance(file, UploadedFile)]  # else it has gone again
    items: list[Input] = []
    notices: list[str] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        try:
            upload, changed = studio.uploads.add(file.name, file, slot.media)
        except DailiesError as error:
            name = file.name if len(files) > 1 else ""
            refused.append((name, f"{error.message} {error.hint}".strip()))
        else:
            dropped_files.release(file)
            items.append(as_input(slot, upload))
            notices += changed
    if items:
        _put(studio, slot, items, Notes(" ".join(notices), tuple(refused)))
    else:
        _refuse(studio, slot, *refused)


def _earlier(studio: Studio, slot: Slot) -> None:
    uploads = studio.uploads.newest(EARLIER, slot.media)
    if not uploads:
        st.caption("Files that you upload stay here for the next time.")
    grid = st.grid(min_column_width=140)
    for upload in uploads:
        with grid.cell():
            if upload.medium != "audio":
                st.image(media_urls.picture(upload), alt="An earlier file")
            st.text(formatting.short(upload.name, 40))
            st.button(
                "Use",
                key=draft.widget(f"earlier_{slot.role}_{upload.sha256}"),
                width="stretch",
                on_click=_put,
                args=(studio, slot, [as_input(slot, upload)]),
            )


def _web(studio: Studio, slot: Slot) -> None:
    medium = slot.media[0]
    if len(slot.media) > 1:
        medium = st.segmented_control(
            "It is a",
            slot.media,
            default=medium,
            key=draft.widget(f"web_medium_{slot.role}"),
            required=True,
            format_func=lambda one: formatting.sentence(input_checks.WORDS[one]),
        )
    url = st.text_input(
        f"Address of a {input_checks.WORDS[medium]}",
        key=draft.widget(f"url_{slot.role}"),
        placeholder="https://…",
        type="url",
    )
    url = visible_text.bare(url or "")
    complaint = input_checks.url_complaint(url) if url else ""
    if complaint:
        fields.complaint(formatting.sentence(complaint))
    st.caption("A public address that needs no login and leads nowhere else: Runway fetches it.")
    settings = {p.name: p.default for p in slot.settings if p.default is not None}
    said = "" if medium == slot.media[0] == "image" else medium
    st.button(
        "Use this address",
        key=draft.widget(f"url_use_{slot.role}"),
        disabled=not url or bool(complaint),
        on_click=_put,
        args=(studio, slot, [Input(slot.role, "", url, said, settings)]),
    )
