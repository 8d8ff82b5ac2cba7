"""Judges a request before a credit is spent: every reason at once, each beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from core.errors import Problem
from core.generations import Input, Request, Upload
from core.models import Model, utf16_units
from core.slots import Slot

MAX_URL = 2048
"""Characters of an HTTPS address (docs.dev.runwayml.com, inputs)."""

FindUpload = Callable[[str], Upload | None]


def problems(model: Model, request: Request, find_upload: FindUpload) -> list[Problem]:
    """All that stands against sending `request` to `model`; empty when it can be sent."""
    return [
        *_retired(model),
        *_prompt(model, request.prompt),
        *_params(model, request),
        *_inputs(model, request, find_upload),
        *_rules(model, request),
    ]


def _retired(model: Model) -> Iterator[Problem]:
    if model.status == "retired":
        instead = f" Use {model.successor} instead." if model.successor else ""
        yield Problem("model", f"{model.name} is no longer offered.{instead}")


def _prompt(model: Model, text: str) -> Iterator[Problem]:
    units, limit = utf16_units(text), model.prompt.max_units
    if model.prompt.required and not text.strip():
        yield Problem("prompt", "Write a prompt: what should be seen, and how it moves.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Problem("prompt", "The prompt has half an emoji in it; write that one again.")
    if limit is not None and units > limit:
        yield Problem(
            "prompt",
            f"The prompt has {units:,} of {limit:,} characters; take out {units - limit:,}."
            " An emoji counts as two.",
        )


def _params(model: Model, request: Request) -> Iterator[Problem]:
    for name, value in request.params.items():
        param = model.setting(name)
        if param is None:
            yield Problem(name, f"{model.name} has no setting {name}.")
        elif complaint := param.complaint(value):
            yield Problem(name, complaint)
    for param in model.param:
        if param.required and param.name not in request.params:
            yield Problem(param.name, f"{param.label} is missing.")


def _rules(model: Model, request: Request) -> Iterator[Problem]:
    roles = [given.role for given in request.inputs]
    for rule in model.rule:
        if field := rule.broken(request.params, roles):
            yield Problem(field, rule.say)


def _inputs(model: Model, request: Request, find_upload: FindUpload) -> Iterator[Problem]:
    roles = {slot.role for slot in model.input}
    for given in request.inputs:
        if given.role not in roles:
            yield Problem(given.role, f"{model.name} takes no {given.role} frame.")
        elif given is not request.input(given.role):
            yield Problem(given.role, f"Choose only one {given.role} frame.")
    for slot in model.input:
        chosen = request.input(slot.role)
        if chosen:
            if slot.needs and request.input(slot.needs) is None:
                yield Problem(slot.role, f"{slot.label}: it needs a {slot.needs} frame too.")
            yield from _input(slot, chosen, find_upload)
        elif slot.required:
            yield Problem(slot.role, f"{slot.label}: choose a picture.")


def _input(slot: Slot, given: Input, find_upload: FindUpload) -> Iterator[Problem]:
    if given.url:
        if complaint := url_complaint(given.url):
            yield Problem(slot.role, f"{slot.label}: {complaint}")
        return
    upload = find_upload(given.sha256)
    if upload is None:
        yield Problem(slot.role, f"{slot.label}: the picture is gone; upload it again.")
    elif slot.aspect:
        low, high = slot.aspect
        aspect = upload.width / upload.height
        if not low <= aspect <= high:
            yield Problem(
                slot.role,
                f"{slot.label}: {upload.width} x {upload.height} is too"
                f" {'tall' if aspect < low else 'wide'}; width to height must be from"
                f" {low:g} to {high:g}. Crop the picture and upload it again.",
            )


def url_complaint(url: str) -> str:
    """Why Runway could not fetch a picture from there; empty when it may (docs, inputs)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "this is not an address."
    if parts.scheme != "https":
        return "the address must start with https://."
    if len(url) > MAX_URL:
        return f"the address is longer than {MAX_URL:,} characters."
    if re.search(r"\s", url):
        return "the address contains a blank."
    if "." not in host or re.fullmatch(r"[\d.]+|.*:.*", host):
        return "the address must have a domain name, not a number or localhost."
    return ""
