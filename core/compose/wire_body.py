"""Reads a create body, in the form that Runway's API takes, into a request: `Model.body` backwards.

What a body says that no request can hold is told at once, beside its field. Whether the request can
be sent is for `core.compose.checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.errors import InvalidRequest, Problem
from core.generations import Input, Request, Value

Body = Mapping[str, Any]
KeepInput = Callable[[str, Slot], Input]
"""Turns the address of a file into an input of a slot, whose settings are still missing. Raises
InvalidRequest with a sentence where it is none."""
MISSING = object()


def model_for(catalog: Catalog, body: Body, endpoint: str = "") -> Model:
    """The model that the body names, on the endpoint or on the one whose fields the body has;
    without a name, the first in the catalogue that fits, at its first provider.

    Raises InvalidRequest.
    """
    name = body.get("model")
    for_files = {slot.field for model in catalog for slot in model.input}
    known = [one for one in catalog if not endpoint or one.endpoint == endpoint]
    if name is None:
        first = known[0].provider if known else ""
        at_it = [one for one in known if one.status == "current" and one.provider == first]
        current = [one for one in at_it if one.makes == "video"]
        fitting = [one for one in current if _fits(one, body, for_files)]
    else:
        known = [one for one in known if one.id == name]
        fitting = [one for one in known if _fits(one, body, for_files)] or known
    if not fitting:
        where = f" on {endpoint}" if endpoint else ""
        said = f"There is no model {name}{where}." if name else "No model takes these files."
        raise InvalidRequest([Problem("model", said)])
    return min(fitting, key=lambda one: (len(_unknown(one, body)), _absent(one, body)))


def read(model: Model, body: Body, keep: KeepInput) -> Request:
    """The request, without settings that the body leaves out. Raises InvalidRequest."""
    problems = [
        Problem(name, f"{model.name} has no setting {name}.") for name in _unknown(model, body)
    ]
    prompt = body.get(model.prompt.field, "") if model.prompt.offered else ""
    if not isinstance(prompt, str):
        problems.append(Problem("prompt", "The prompt is text."))
    inputs: list[Input] = []
    try:
        inputs = list(_inputs(model, body, keep))
    except InvalidRequest as error:
        problems += error.problems
    if problems:
        raise InvalidRequest(problems)
    return Request(model.endpoint, model.id, prompt, _settings(model.param, body), tuple(inputs))


def with_defaults(model: Model, request: Request) -> dict[str, Value]:
    return model.sent({**model.defaults, **request.params}) | dict(request.params)


def _settings(params: Sequence[Param], body: Body) -> dict[str, Value]:
    found = {param.name: _dig(body, param.name) for param in params}
    return {name: _whole(value) for name, value in found.items() if value is not MISSING}


def _fits(model: Model, body: Body, for_files: Set[str]) -> bool:
    needed = {slot.field for slot in model.input if slot.required}
    has_one = all(
        any(slot.field in body for role in group if (slot := model.slot(role)))
        for group in model.any_of
    )
    known = {slot.field for slot in model.input}
    return has_one and needed <= set(body) and known.issuperset(for_files & body.keys())


def _absent(model: Model, body: Body) -> int:
    return sum(slot.field not in body for slot in model.input)


def _unknown(model: Model, body: Body) -> list[str]:
    names = {"model", *(slot.field for slot in model.input), *(p.name for p in model.param)}
    if model.prompt.offered:
        names.add(model.prompt.field)
    heads = {name.partition(".")[0] for name in names if "." in name}
    found = [name for name in body if name not in names | heads]
    for head in heads:
        inner = body.get(head, {})
        leaves = inner if isinstance(inner, dict) else {"": None}
        found += [f"{head}.{leaf}" for leaf in leaves if f"{head}.{leaf}" not in names]
    return found


def _inputs(model: Model, body: Body, keep: KeepInput) -> Iterator[Input]:
    for field in dict.fromkeys(slot.field for slot in model.input):
        if field in body:
            slots = [slot for slot in model.input if slot.field == field]
            yield from _field(slots, field, body[field], keep)


def _field(slots: Sequence[Slot], field: str, value: object, keep: KeepInput) -> Iterator[Input]:
    first = slots[0]
    if isinstance(value, list) and first.wire == "list":
        for item in value:
            yield _item(slots, field, item, keep)
    elif isinstance(value, dict) and first.wire == "object":
        yield _item(slots, field, value, keep)
    elif isinstance(value, str):
        yield keep(value, first)
    else:
        raise InvalidRequest([Problem(field, f"{first.label}: give the address of a file.")])


def _item(slots: Sequence[Slot], field: str, item: object, keep: KeepInput) -> Input:
    if not isinstance(item, dict) or not isinstance(item.get("uri"), str):
        raise InvalidRequest([Problem(field, "Each file is an object with its address as uri.")])
    slot = _slot_of(slots, item)
    if slot is None:
        places = " or ".join(one.position for one in slots)
        raise InvalidRequest([Problem(field, f"A file's position is {places}.")])
    names = {"uri", "position", "type", *(p.name.partition(".")[0] for p in slot.settings)}
    if unknown := sorted(set(item) - names):
        raise InvalidRequest([Problem(field, f"A file has no {unknown[0]}.")])
    kept = keep(item["uri"], slot)
    medium = said_of(slot, str(item["type"])) if slot.typed and "type" in item else kept.medium
    return replace(kept, role=slot.role, medium=medium, settings=_settings(slot.settings, item))


def said_of(slot: Slot, medium: str) -> str:
    """The medium as an input states it: a picture states none where pictures are the default."""
    return "" if medium == slot.media[0] == "image" else medium


def _slot_of(slots: Sequence[Slot], item: Mapping[str, Any]) -> Slot | None:
    placed = any(slot.position for slot in slots)
    fitting = [s for s in slots if not placed or s.position == item.get("position", "")]
    return next((s for s in fitting if item.get("type") in s.media), next(iter(fitting), None))


def _dig(body: Body, name: str) -> Any:
    value: Any = body
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def _whole(value: Any) -> Any:
    """5.0 as 5: JSON has only one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
