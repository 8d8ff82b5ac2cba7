"""The files that a model starts from: what is chosen, in which order, and what belongs to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.catalog.model import Model
from core.catalog.slots import Slot, modes
from core.compose import input_checks, moments
from core.errors import Problem
from core.generations import Input, Request
from core.studio import Studio
from pages.ui import formatting
from pages.ui.components import component, place
from pages.ui.compose import draft, fields, form, own_place
from pages.ui.compose.files import file_picker, file_recipe, input_file
from pages.ui.compose.form_state import DROPZONE

Size = tuple[int, int]


def offered(model: Model, request: Request) -> list[Slot]:
    """Draw the choice between ways that exclude each other. Returns the inputs of the chosen one;
    files of the other ways stay in the draft."""
    params = model.sent(request.params)
    slots = [slot for slot in model.input if slot.offered(params)]
    ways = modes(slots)
    if not ways:
        return slots
    key = draft.widget(f"mode_{model.endpoint}_{model.id}")
    st.session_state.setdefault(key, _way(ways, request))
    chosen = st.segmented_control(
        "Start with",
        range(len(ways)),
        key=key,
        required=True,
        format_func=lambda number: _name(ways[number]),
    )
    hidden = {slot.role for number, way in enumerate(ways) if number != chosen for slot in way}
    kept = sum(item.role in hidden for item in request.inputs)
    if kept:
        st.caption(f"{kept} {'file is' if kept == 1 else 'files are'} kept for the other way.")
    return [slot for slot in slots if slot.role not in hidden]


def draw(
    studio: Studio,
    model: Model,
    request: Request,
    slots: Sequence[Slot],
    size: Size | None,
    problems: Sequence[Problem],
) -> Request:
    """Draw these inputs. Returns the draft with each file's settings as they are now."""
    rare = [slot for slot in slots if slot.more and not request.all_inputs(slot.role)]
    needed = _needed(model, request, slots)
    dropped, usual, more = (st.container(gap="small") for _ in range(3))
    with dropped:
        _take_dropped(studio, request, slots, needed)
        own_place.alone(slot.role for slot in slots)
    with usual:
        for slot in (slot for slot in slots if slot not in rare):
            crop = size if _is_frame(model, slot) else None
            request = _slot(studio, request, slot, crop, problems, needed=slot.role in needed)
    if rare:
        with more, st.expander("More inputs"):
            for slot in rare:
                request = _slot(studio, request, slot, None, problems)
    for note in (_left_over(model, request), _ruled_out(model, request)):
        if note:
            st.caption(f":material/inventory_2: {note}")
    shown = {slot.role for slot in slots}
    return replace(request, inputs=tuple(sorted(request.inputs, key=lambda i: i.role not in shown)))


def _take_dropped(
    studio: Studio, request: Request, slots: Sequence[Slot], needed: set[str]
) -> None:
    """Let files be dropped anywhere on the form, or pasted: they go where something is missing
    first, and otherwise replace what is there."""
    empty = [slot for slot in slots if not request.all_inputs(slot.role)]
    fields: list[dict[str, Sequence[str]]] = []
    for slot in (*empty, *(slot for slot in slots if slot not in empty)):
        seen = slot in empty and slot.role in needed
        key = (
            draft.widget(f"upload_{slot.role}")
            if seen
            else file_picker.spare_uploader(studio, slot)
        )
        fields.append({"place": place(key), "media": list(slot.media)})
    fields.append(file_recipe.place())
    component("compose/dropzone")(
        data={"form": place("composer"), "fields": fields}, key=DROPZONE, height="content"
    )


def _left_over(model: Model, request: Request) -> str:
    roles = {slot.role for slot in model.input}
    count = sum(item.role not in roles for item in request.inputs)
    return _kept(count, f"{model.name} has no place") if count else ""


def _ruled_out(model: Model, request: Request) -> str:
    params = model.sent(request.params)
    slots = {slot.role: slot for slot in model.input if not slot.offered(params)}
    count = sum(item.role in slots for item in request.inputs)
    names = {name for slot in slots.values() for name in slot.when}
    labels = [f"“{param.label}”" for param in model.param if param.name in names]
    return _kept(count, f"there is no place beside {' and '.join(labels)}") if count else ""


def _kept(count: int, why: str) -> str:
    files, them = ("file is", "it") if count == 1 else ("files are", "them")
    return f"{count} {files} kept, and not sent: {why} for {them}."


def _way(ways: Sequence[Sequence[Slot]], request: Request) -> int:
    """The way that the draft's files suggest; what was touched last comes first."""
    for item in request.inputs:
        for number, way in enumerate(ways):
            if any(slot.role == item.role for slot in way):
                return number
    return 0


def _name(way: Sequence[Slot]) -> str:
    first, *others = [slot.label for slot in way]
    return ", ".join([first, *(label.lower() for label in others)])


def _needed(model: Model, request: Request, slots: Sequence[Slot]) -> set[str]:
    """Inputs that are required as things stand; of a group, the first that is shown."""
    needed = {slot.role for slot in slots if slot.required}
    for group in model.any_of:
        shown = [slot.role for slot in slots if slot.role in group and not slot.more]
        if not any(request.all_inputs(role) for role in shown[1:]):
            needed.update(shown[:1])
    return needed


def _is_frame(model: Model, slot: Slot) -> bool:
    return model.kind == "image" and slot.most == 1 and "image" in slot.media


# -- one input ------------------------------------------------------------------------------------


def _slot(
    studio: Studio,
    request: Request,
    slot: Slot,
    crop: Size | None,
    problems: Sequence[Problem],
    *,
    needed: bool = False,
) -> Request:
    given = request.all_inputs(slot.role)
    with own_place.of(slot.role):
        _head(studio, slot, len(given), needed=needed)
        shown: list[Input] = []
        wrong: set[str] = set()
        length = moments.video_length(slot, request, studio.uploads.get)
        for number, item in enumerate(given):
            with st.container(border=True, gap="small"):
                shown.append(input_file.draw(studio, slot, given, number, crop))
                if item.sha256 and (upload := studio.uploads.get(item.sha256)):
                    complaint = input_checks.file_complaint(slot, upload)
                    if complaint:
                        wrong.add(complaint)
                        fields.complaint(f"{slot.label}: {complaint}")
                if complaint := moments.complaint(slot, shown[-1], length):
                    wrong.add(complaint)
                    fields.complaint(formatting.sentence(complaint))
        file_picker.notes(slot)
        if needed and not given:
            file_picker.uploader(studio, slot, "upload")
        form.complaints((p for p in problems if not any(w in p.message for w in wrong)), slot.role)
    return draft.with_inputs(request, slot.role, shown) if tuple(shown) != given else request


def _head(studio: Studio, slot: Slot, given: int, *, needed: bool) -> None:
    name = f"**{slot.label}**"
    if slot.most > 1:
        name += f" :gray[{given} of {slot.most}]"
    elif not needed:
        name += " :gray[optional]"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(name, help=_limits(slot), width="stretch")
        if given < slot.most:
            first = needed and not given
            label = "Library or web" if first else "Add"
            file_picker.opener(studio, slot, label, library=first)


def _limits(slot: Slot) -> str:
    said = [slot.help, fields.unconfirmed(slot.assumed)]
    if slot.aspect:
        said.append(f"Width to height from {slot.aspect[0]:g} to {slot.aspect[1]:g}.")
    if slot.side:
        said.append(f"Each side from {slot.side[0]} to {slot.side[1]} pixels.")
    if slot.seconds:
        said.append(f"{slot.seconds[0]:g} to {slot.seconds[1]:g} seconds.")
    if slot.total_seconds:
        said.append(f"At most {slot.total_seconds:g} seconds together.")
    if slot.frame_rate:
        said.append(f"At most {slot.frame_rate:g} frames a second.")
    kinds = input_checks.accepted(slot)
    return "\n\n".join(text for text in [f"A {kinds}.", *said] if text)
