"""Judges the files of a request: how many, which combinations, and each by what is known of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.compose import moments
from core.errors import Problem
from core.files import Upload
from core.generations import Input, Request
from core.public_hosts import is_domain
from core.text.quantities import counted

MAX_URL = 2048
"""Longest HTTPS URL, in characters (docs.dev.runwayml.com, inputs)."""
WORDS = {"image": "picture", "video": "video", "audio": "sound"}
SLACK = 0.05
"""Seconds, and frames per second, by which a file may miss a limit: 30 s often last 30.03."""

FindUpload = Callable[[str], Upload | None]


def problems(model: Model, request: Request, find_upload: FindUpload) -> Iterator[Problem]:
    for role in dict.fromkeys(item.role for item in request.inputs):
        if model.slot(role) is None:
            yield Problem(role, f"{model.name} takes no input {role}.")
    for slot in model.input:
        given = request.all_inputs(slot.role)
        offered = slot.offered(request.params)
        if offered:
            yield from _count(slot, len(given))
        elif given:
            yield Problem(slot.role, f"{slot.label}: none beside the other settings.")
        if given:
            yield from _company(model, request, slot)
            yield from _files(slot, given, find_upload)
            for complaint in slot.complaints(given):
                yield Problem(slot.role, complaint)
            yield from _moments(slot, request, find_upload)
    yield from _together(model, request, find_upload)


def accepted(slot: Slot) -> str:
    return " or ".join(WORDS[medium] for medium in slot.media)


def medium(slot: Slot, item: Input, upload: Upload | None) -> str:
    return upload.medium if upload else item.medium or slot.media[0]


def file_complaint(slot: Slot, upload: Upload) -> str:
    if upload.medium not in slot.media:
        return f"this is a {WORDS.get(upload.medium, 'file')}; choose a {accepted(slot)}."
    judged = (
        _aspect(slot, upload),
        _side(slot, upload),
        _length(slot, upload),
        _rate(slot, upload),
    )
    return next((complaint for complaint in judged if complaint), "")


def url_complaint(url: str) -> str:
    """Why Runway could not fetch a file from there; empty if it can (docs, inputs)."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "this is not an address."
    if parts.scheme != "https":
        return "the address must start with https://."
    if "@" in parts.netloc:
        return "the address must hold no name and no password."
    if len(url) > MAX_URL:
        return f"the address is longer than {MAX_URL:,} characters."
    if re.search(r"\s", url):
        return "the address contains a blank."
    if not url.isprintable():
        return "the address contains a character that nobody can see."
    if not is_domain(host):
        return "the address must have a public domain name, not a number or a name at home."
    return ""


def _moments(slot: Slot, request: Request, find_upload: FindUpload) -> Iterator[Problem]:
    length = moments.video_length(slot, request, find_upload)
    for number, item in enumerate(request.all_inputs(slot.role), 1):
        if complaint := moments.complaint(slot, item, length):
            yield Problem(slot.role, f"{_called(slot, number)}: {complaint}")


# -- how many, and which together -----------------------------------------------------------------


def _count(slot: Slot, given: int) -> Iterator[Problem]:
    least, most = slot.count
    if given == 0 and least:
        which = "" if least == 1 else f"{least} of them: "
        yield Problem(slot.role, f"{slot.label}: {which}choose a {accepted(slot)}.")
    elif given < least:
        yield Problem(slot.role, f"{slot.label}: at least {least} are needed, not {given}.")
    elif given > most:
        yield Problem(
            slot.role, f"{slot.label}: at most {most}, not {given}; take out {given - most}."
        )


def _company(model: Model, request: Request, slot: Slot) -> Iterator[Problem]:
    if (needed := model.slot(slot.needs)) and not request.all_inputs(needed.role):
        what = needed.label.lower()
        yield Problem(
            slot.role, f"{slot.label}: it needs {'a ' if needed.most == 1 else ''}{what} too."
        )
    for other in model.input:
        # two that exclude each other need only one sentence
        twice = slot.role in other.excludes and model.input.index(other) > model.input.index(slot)
        if other.role in slot.excludes and request.all_inputs(other.role) and not twice:
            yield Problem(
                slot.role,
                f"{slot.label} cannot go together with {other.label.lower()}: take one of the two"
                " out.",
            )


def _together(model: Model, request: Request, find_upload: FindUpload) -> Iterator[Problem]:
    for group in model.any_of:
        if not any(request.all_inputs(role) for role in group):
            labels = [slot.label.lower() for role in group if (slot := model.slot(role))]
            yield Problem(group[0], f"Give one of these at least: {', '.join(labels)}.")
    pictures = 0
    for item in request.inputs:
        slot = model.slot(item.role)
        pictures += bool(slot and medium(slot, item, find_upload(item.sha256)) == "image")
    if model.most_images and pictures > model.most_images:
        last = [item.role for item in request.inputs][-1]
        yield Problem(
            last,
            f"{model.name} takes {counted(model.most_images, 'pictures')} in all, not {pictures}.",
        )


# -- each file ------------------------------------------------------------------------------------


def _files(slot: Slot, given: Sequence[Input], find_upload: FindUpload) -> Iterator[Problem]:
    seconds = 0.0
    for number, item in enumerate(given, 1):
        label = _called(slot, number)
        if item.url:
            complaint = url_complaint(item.url)
            if not complaint and (item.medium or slot.media[0]) not in slot.media:
                complaint = f"choose a {accepted(slot)}."
        elif upload := find_upload(item.sha256):
            complaint = file_complaint(slot, upload)
            seconds += upload.duration
        else:
            complaint = f"the {accepted(slot)} is gone; upload it again."
        if complaint:
            yield Problem(slot.role, f"{label}: {complaint}")
    if slot.total_seconds is not None and seconds > slot.total_seconds + SLACK:
        yield Problem(
            slot.role,
            f"{slot.label}: all together last {counted(seconds, 'seconds')};"
            f" at most {slot.total_seconds:g} are taken.",
        )


def _called(slot: Slot, number: int) -> str:
    return slot.label if slot.most == 1 else f"{slot.label}, file {number}"


def _aspect(slot: Slot, upload: Upload) -> str:
    if not slot.aspect or not upload.width:
        return ""
    low, high = slot.aspect
    aspect = upload.width / upload.height
    if low <= aspect <= high:
        return ""
    advice = "Crop the picture and upload it again." if upload.medium == "image" else "Crop it."
    return (
        f"{upload.width} x {upload.height} is too {'tall' if aspect < low else 'wide'};"
        f" width to height must be from {low:g} to {high:g}. {advice}"
    )


def _side(slot: Slot, upload: Upload) -> str:
    if not slot.side or not upload.width:
        return ""
    low, high = slot.side
    if low <= min(upload.width, upload.height) and max(upload.width, upload.height) <= high:
        return ""
    size = f"{upload.width} x {upload.height}"
    return f"{size} is out of bounds; each side must have {low} to {high} pixels."


def _length(slot: Slot, upload: Upload) -> str:
    if not slot.seconds or not upload.duration:
        return ""
    low, high = slot.seconds
    if low - SLACK <= upload.duration <= high + SLACK:
        return ""
    return f"it lasts {counted(upload.duration, 'seconds')}; {low:g} to {high:g} are taken. Cut it."


def _rate(slot: Slot, upload: Upload) -> str:
    if slot.frame_rate is None or upload.frame_rate <= slot.frame_rate + SLACK:
        return ""
    return (
        f"it has {counted(upload.frame_rate, 'frames')} a second;"
        f" at most {slot.frame_rate:g} are taken. Export it slower."
    )
