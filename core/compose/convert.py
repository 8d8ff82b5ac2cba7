"""Converts a request for another model: what fits is kept, what does not is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.catalog import ratios
from core.catalog.model import Model, utf16_units
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.generations import Input, Request, Value, is_shots
from core.text.quantities import counted


def carry(request: Request, model: Model, old: Model | None = None) -> tuple[Request, list[str]]:
    """The request for `model`, and a sentence for each part of it that does not fit.

    `old` is the model that the request was for: the sentences use the names of its form. Settings
    that are missing or do not fit become the model's defaults. Of inputs that exclude each other,
    the first ones in the request stay. Files are not inspected: whether one is too long or too wide
    is for the checks.
    """
    params, about_params = _params(request.params, model, old)
    prompt, about_prompt = _prompt(request.prompt, model, params)
    inputs, about_inputs = _inputs(request.inputs, model, params, old)
    kept, about_rules = _by_rules(params, [item.role for item in inputs], model)
    fitting = Request(model.endpoint, model.id, prompt, kept, inputs)
    return fitting, [*about_prompt, *about_params, *about_inputs, *about_rules]


def _prompt(text: str, model: Model, params: Mapping[str, Value]) -> tuple[str, list[str]]:
    if not text:
        return "", []
    if not model.prompt.fits(params):
        return "", [f"{model.name} takes no prompt."]
    units, limit = utf16_units(text), model.prompt.max_units
    if limit is not None and units > limit:
        return text, [f"The prompt has {units:,} characters; {model.name} takes {limit:,}."]
    return text, []


# -- settings -------------------------------------------------------------------------------------


def _params(
    given: Mapping[str, Value], model: Model, old: Model | None
) -> tuple[dict[str, Value], list[str]]:
    found: dict[str, Value] = {}
    for param in model.param:
        value = given.get(param.name)
        fitting = None if value is None else nearest(param, value)
        fitting = param.default if fitting is None else fitting
        if fitting is not None:
            found[param.name] = fitting
    taken = model.sent(found)
    said = []
    for param in model.param:
        value, fitting = given.get(param.name), found.get(param.name)
        hidden = param.name in found and param.name not in taken
        if value is not None and value != fitting and not hidden:
            said.append(_changed(param, value, fitting))
    gone = [name for name in given if model.setting(name) is None]
    said += [f"{_named(name, old)}: {model.name} has no such setting." for name in gone]
    return taken, said


def _named(name: str, old: Model | None) -> str:
    param = old.setting(name) if old else None
    return param.label if param else name


def _by_rules(
    params: Mapping[str, Value], roles: list[str], model: Model
) -> tuple[dict[str, Value], list[str]]:
    kept, said = dict(params), []
    for rule in model.rule:
        name = rule.broken(kept, roles)
        param = model.setting(name) if name in rule.allows else None
        if param is None:
            continue
        value, allowed = kept.pop(name, None), rule.allows[name][0]
        if allowed != "":
            kept[name] = allowed
        if value is not None:
            said.append(_changed(param, value, kept.get(name)))
    return kept, said


def nearest(param: Param, value: Value) -> Value | None:
    if not param.complaint(value):
        return value
    if param.role == "ratio" and (shape := ratios.shape(str(value))):
        return _of_shape(param, shape)
    words = {str(choice): choice for choice in param.choices}
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        return words.get(str(value))
    return None


def _of_shape(param: Param, wanted: float) -> Value | None:
    """The first choice of nearly that shape: 1104:832 is 4:3."""
    for choice in param.choices:
        shape = ratios.shape(str(choice))
        if shape and abs(shape / wanted - 1) < 0.03:
            return choice
    return None


def _changed(param: Param, value: Value, found: Value | None) -> str:
    instead = "" if found is None else f"; it is {_measured(param, found)}"
    return f"{param.label}: {_measured(param, value)} does not fit{instead}."


def _measured(param: Param, value: Value) -> str:
    return param.names.get(str(value)) or measured(value, param.unit)


def measured(value: Value, units: str) -> str:
    if units and isinstance(value, (int, float)) and not isinstance(value, bool):
        return counted(value, units)
    return shown(value)


def shown(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if is_shots(value):
        return counted(len(value), "shots")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


# -- inputs ---------------------------------------------------------------------------------------


def _inputs(
    given: tuple[Input, ...], model: Model, params: Mapping[str, Value], old: Model | None
) -> tuple[tuple[Input, ...], list[str]]:
    taken: list[Input] = []
    said: dict[str, None] = {}
    for item in given:
        slot = model.slot(item.role)
        if slot is None or _medium(item) not in slot.media:
            slot = _room(item, given, taken, model)
        if slot and not slot.offered(params):
            slot = None
        complaint = _refusal(item, slot, taken, model) if slot else _no_place(item, model, old)
        if complaint or slot is None:
            said[complaint] = None
        else:
            taken.append(replace(item, role=slot.role, settings=dict(_settings(item, slot))))
    order = [slot.role for slot in model.input]
    return tuple(sorted(taken, key=lambda item: order.index(item.role))), list(said)


def _medium(item: Input) -> str:
    return item.medium or "image"


def _room(item: Input, given: tuple[Input, ...], taken: list[Input], model: Model) -> Slot | None:
    filled = {other.role for other in (*given, *taken)}
    for slot in model.input:
        if slot.required and slot.role not in filled and _medium(item) in slot.media:
            return slot
    return None


def _no_place(item: Input, model: Model, old: Model | None) -> str:
    before = old.slot(item.role) if old else None
    label = before.label if before else item.role.replace("_", " ").capitalize()
    return f"{label}: {model.name} takes none."


def _refusal(item: Input, slot: Slot, taken: list[Input], model: Model) -> str:
    there = [other.role for other in taken]
    if there.count(slot.role) >= slot.most:
        return f"{slot.label}: {model.name} takes {slot.most}."
    for role in there:
        other = model.slot(role)
        if other and (role in slot.excludes or slot.role in other.excludes):
            return f"{slot.label} cannot go together with {other.label.lower()}."
    pictures = sum(_medium(other) == "image" for other in taken)
    if model.most_images and _medium(item) == "image" and pictures >= model.most_images:
        return f"{model.name} takes {counted(model.most_images, 'pictures')} in all."
    return ""


def _settings(item: Input, slot: Slot) -> Iterator[tuple[str, Value]]:
    for param in slot.settings:
        value = item.settings.get(param.name)
        found = None if value is None else nearest(param, value)
        if found is None and param.required:
            found = param.default
        if found is not None:
            yield param.name, found
