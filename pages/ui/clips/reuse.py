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
from core.generations import Generation, Output, Request, Upload
from core.studio import Studio
from pages.ui import plain
from pages.ui.compose import draft, file_picker, keys

DIRECT = 2
"""So many ways stand beside the file; the others are one click further."""
FIRST, LAST, MOMENT = "First frame", "Last frame", "A moment"

Which = Literal["first", "last"]
Bring = Callable[[], Upload]


@dataclass(frozen=True)
class Way:
    """A model that takes the file, and the place where it goes."""

    label: str
    model: Model
    slot: Slot

    @property
    def is_enough(self) -> bool:
        """True where this file is all that must be there."""
        return [slot for slot in self.model.input if slot.required] == [self.slot]


def verbs(studio: Studio, generation: Generation, output: Output, key: str) -> None:
    """The ways that this file can go on, drawn into the row that is open."""

    def whole() -> Upload:
        return studio.uploads.add_output(generation, output.position)

    found = list(_ways(studio, _as_input(generation, output, output.medium)))
    seen = output.medium in ("video", "application") and output.poster
    framed = list(_ways(studio, _as_input(generation, output, "image"))) if seen else []
    direct = [way for way in found if way.is_enough][:DIRECT]
    for way in direct:
        _button(studio, way, whole, key)
    rest = [way for way in found if way not in direct]
    if not (rest or framed):
        return
    with st.popover("Use as input", icon=":material/input:", type="tertiary"):
        for way in rest:
            _button(studio, way, whole, key, width="stretch")
        if framed:
            bring = _frame(studio, generation, output, key)
            for way in framed:
                _button(studio, way, bring, f"{key}_frame", width="stretch")


def _frame(studio: Studio, generation: Generation, output: Output, key: str) -> Bring:
    """Draw the choice of a frame; what brings it."""
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


def _button(
    studio: Studio,
    way: Way,
    bring: Bring,
    key: str,
    width: Literal["content", "stretch"] = "content",
) -> None:
    clicked = st.button(
        way.label,
        key=f"{key}_{way.model.endpoint}_{way.slot.role}",
        help=f"Opens the form with {way.model.name}; nothing is sent yet.",
        type="tertiary" if width == "content" else "secondary",
        icon=":material/arrow_forward:" if width == "content" else None,
        width=width,
    )
    if not clicked:
        return
    try:
        upload = bring()
    except DailiesError as error:
        st.error(plain.error(error))
        return
    st.session_state[keys.NEW_FILE] = way.slot.role
    draft.open_with(studio, _started(draft.load(studio), way, upload))


def _started(current: Request, way: Way, upload: Upload) -> Request:
    """The form with the file in its place; what was being composed for the same model stays."""
    item = file_picker.as_input(way.slot, upload)
    if (current.endpoint, current.model) != (way.model.endpoint, way.model.id):
        return Request(way.model.endpoint, way.model.id, inputs=(item,))
    for slot in way.model.input:
        if slot.role in way.slot.excludes or way.slot.role in slot.excludes:
            current = draft.with_inputs(current, slot.role, [])
    kept = current.all_inputs(way.slot.role)
    return draft.with_inputs(current, way.slot.role, [*kept, item][-way.slot.most :])


def _as_input(generation: Generation, output: Output, medium: str) -> Upload:
    """The output, or a frame of it, by what the catalogue's limits look at."""
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
    """For each thing that can be done, a model that takes the file: the form's own, if it does."""
    current = studio.compose.model(draft.load(studio))
    endpoints = studio.catalog.endpoints
    for endpoint in endpoints.values():
        models = [m for m in studio.catalog if m.endpoint == endpoint.id and m.status == "current"]
        models.sort(key=lambda model: model is not current)
        found = (way for model in models if (way := _way(endpoint, model, upload)))
        if way := next(found, None):
            yield way


def _way(endpoint: Endpoint, model: Model, upload: Upload) -> Way | None:
    """The place of a model where the file can go: one that must be filled before any other."""
    fitting = [slot for slot in model.input if not input_checks.file_complaint(slot, upload)]
    for slot in sorted(fitting, key=lambda slot: not slot.required):
        if not slot.needs:
            name = endpoint.name
            return Way(name if slot.required else f"{name}: {slot.label.lower()}", model, slot)
    return None
