"""Judges a request before a credit is spent: every reason at once, each beside its field."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog.model import Model, utf16_units
from core.compose import input_checks
from core.compose.input_checks import FindUpload
from core.errors import Problem
from core.generations import Request, is_shots
from core.text import visible_text
from core.text.quantities import counted


def problems(
    model: Model, request: Request, find_upload: FindUpload, *, retired_runs: bool = False
) -> list[Problem]:
    """Everything that prevents sending `request` to `model`; empty if nothing does. `retired_runs`
    is True if the other side still runs retired models, as the emulator does."""
    return [
        *([] if retired_runs else _retired(model)),
        *_prompt(model, request),
        *_params(model, request),
        *_shots(model, request),
        *input_checks.problems(model, request, find_upload),
        *_rules(model, request),
    ]


def _retired(model: Model) -> Iterator[Problem]:
    if model.status == "retired":
        instead = f" Use {model.successor} instead." if model.successor else ""
        yield Problem("model", f"{model.name} is no longer offered.{instead}")


def _prompt(model: Model, request: Request) -> Iterator[Problem]:
    text = request.prompt
    if not model.prompt.fits(request.params):
        if text:
            beside = " with these settings" if model.prompt.offered else ""
            yield Problem("prompt", f"{model.name} takes no prompt{beside}.")
        return
    units, limit = utf16_units(text), model.prompt.max_units
    roles = {item.role for item in request.inputs}
    if not visible_text.visible(text) and model.prompt.needed(request.params, roles):
        yield Problem("prompt", "Write a prompt: what should be seen, and how it moves.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Problem("prompt", "The prompt has half an emoji in it; write that one again.")
    if visible_text.visible(text) and units < model.prompt.min_units:
        least = model.prompt.min_units
        yield Problem("prompt", f"The prompt is too short: {model.name} needs {least} characters.")
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
        elif not param.offered(request.params):
            yield Problem(name, f"{param.label} does not go with the other settings.")
        elif complaint := param.complaint(value):
            yield Problem(name, complaint)
    follows = _follows_a_file_to_come(model, request)
    for param in model.param:
        missing = param.required and param.name not in request.params
        if missing and param.offered(request.params) and not (follows and param.role == "ratio"):
            yield Problem(param.name, f"{param.label} is missing.")


def _follows_a_file_to_come(model: Model, request: Request) -> bool:
    return any(
        slot.count[0]
        and "audio" not in slot.media
        and slot.offered(request.params)
        and not request.all_inputs(slot.role)
        for slot in model.input
    )


def _shots(model: Model, request: Request) -> Iterator[Problem]:
    duration = model.value_of("duration", request.params)
    if isinstance(duration, bool) or not isinstance(duration, (int, float)):
        return
    for param in model.param:
        value = request.params.get(param.name)
        if param.kind == "shots" and is_shots(value) and not param.complaint(value):
            total = sum(shot["duration"] for shot in value)
            if total != duration:
                yield Problem(
                    param.name,
                    f"{param.label}: all shots together last {total} of"
                    f" {counted(duration, 'seconds')}; they must add up to the duration.",
                )


def _rules(model: Model, request: Request) -> Iterator[Problem]:
    roles = [given.role for given in request.inputs]
    for rule in model.rule:
        if field := rule.broken(request.params, roles):
            yield Problem(field, rule.say)
