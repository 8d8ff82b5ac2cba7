"""Starts the next generation from what was made: the whole file, or one frame of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.catalog.loader import Endpoint
from core.catalog.model import Model
from core.catalog.slots import Slot
from core.compose import input_checks
from core.errors import DailiesError
from core.files import Output, Upload
from core.generations import Generation, Request
from core.studio import Studio
from pages.ui import plain
from pages.ui.compose import draft
from pages.ui.compose.files import file_picker
from pages.ui.compose.form_state import form_state

FIRST, LAST, MOMENT = "First frame", "Last frame", "A moment"

Which = Literal["first", "last"]
Bring = Callable[[], Upload]


@dataclass(frozen=True)
class Way:
    """A model that takes the file, and its place for it."""

    label: str
    model: Model
    slot: Slot


def verbs(studio: Studio, generation: Generation, output: Output, key: str) -> None:
    def whole() -> Upload:
        return studio.uploads.add_output(generation, output.position)

    found = list(_ways(studio, _as_input(generation, output, output.medium)))
    seen = output.medium in ("video", "application") and output.poster
    framed = list(_ways(studio, _as_input(generation, output, "image"))) if seen else []
    if not (found or framed):
        return
    with st.popover("Use as input", icon=":material/input:", type="tertiary"):
        for way in found:
            _button(studio, way, whole, key)
        if framed:
            bring = _frame(studio, generation, output, key)
            for way in framed:
                _button(studio, way, bring, f"{key}_frame")


def frame_verbs(
    studio: Studio, generation: Generation, output: Output, bring: Bring, key: str
) -> None:
    """The ways to go on from one frame, which `bring` keeps as a picture."""
    if found := list(_ways(studio, _as_input(generation, output, "image"))):
        with st.popover("Use as input", icon=":material/input:", type="tertiary", key=f"{key}_use"):
            for way in found:
                _button(studio, way, bring, key)


def _frame(studio: Studio, generation: Generation, output: Output, key: str) -> Bring:
    if output.medium != "video":
        st.caption("The first frame, as a picture for:")
        return lambda: studio.uploads.add_frame(generation, "first", output.position)
    st.caption("One frame of it, as a picture for:")
    chosen = st.segmented_control(
        "Frame",
        [FIRST, LAST, MOMENT],
        key=f"{key}_which",
        default=LAST,
        required=True,
        label_visibility="collapsed",
    )
    if chosen == MOMENT:
        second = st.slider("Second", 0.0, max(output.duration, 0.1), key=f"{key}_second", step=0.1)
        return lambda: studio.uploads.add_frame(generation, second, output.position)
    which: Which = "first" if chosen == FIRST else "last"
    return lambda: studio.uploads.add_frame(generation, which, output.position)


def _button(studio: Studio, way: Way, bring: Bring, key: str) -> None:
    clicked = st.button(
        way.label,
        key=f"{key}_{way.model.endpoint}_{way.slot.role}",
        help=f"Opens the form with {way.model.name}; nothing is sent yet.",
        width="stretch",
    )
    if not clicked:
        return
    try:
        upload = bring()
    except DailiesError as error:
        st.error(plain.error(error))
        return
    form_state().new_file = way.slot.role
    current = draft.load(studio)
    origin = form_state().origin if _is_for(current, way.model) else None
    draft.open_with(studio, _started(current, way, upload), origin)


def _is_for(request: Request, model: Model) -> bool:
    return (request.endpoint, request.model) == (model.endpoint, model.id)


def _started(current: Request, way: Way, upload: Upload) -> Request:
    item = file_picker.as_input(way.slot, upload)
    if not _is_for(current, way.model):
        return Request(way.model.endpoint, way.model.id, inputs=(item,))
    for slot in way.model.input:
        if slot.role in way.slot.excludes or way.slot.role in slot.excludes:
            current = draft.with_inputs(current, slot.role, [])
    kept = current.all_inputs(way.slot.role)
    return draft.with_inputs(current, way.slot.role, [*kept, item][-way.slot.most :])


def _as_input(generation: Generation, output: Output, medium: str) -> Upload:
    media_type = output.media_type if medium == output.medium else f"{medium}/png"
    measures = (output.duration, output.frame_rate) if medium == output.medium else (0.0, 0.0)
    return Upload(
        output.sha256,
        "",
        media_type,
        output.bytes,
        output.width,
        output.height,
        generation.created_at,
        *measures,
    )


def _ways(studio: Studio, upload: Upload) -> Iterator[Way]:
    current = studio.compose.model(draft.load(studio))
    usable = studio.compose.usable()
    endpoints = studio.catalog.endpoints
    for endpoint in endpoints.values():
        models = [model for model in usable if model.endpoint == endpoint.id]
        models.sort(key=lambda model: model is not current)
        name = _name(studio, endpoint)
        if way := next((way for model in models if (way := _way(name, model, upload))), None):
            yield way


def _name(studio: Studio, endpoint: Endpoint) -> str:
    if endpoint.provider == studio.accounts.usual:
        return endpoint.name
    return f"{endpoint.name} at {studio.catalog.suppliers[endpoint.provider].title}"


def _way(name: str, model: Model, upload: Upload) -> Way | None:
    fitting = [slot for slot in model.input if not input_checks.file_complaint(slot, upload)]
    for slot in sorted(fitting, key=lambda slot: not slot.required):
        if not slot.needs:
            return Way(name if slot.required else f"{name}: {slot.label.lower()}", model, slot)
    return None
