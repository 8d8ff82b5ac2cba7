"""The check of a create body against the catalogue: every issue at once, or the order it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.catalog import Catalog
from core.emulator import assets
from core.emulator.answers import Issue, invalid
from core.models import Model, utf16_units
from core.params import Param
from core.slots import Slot

Body = Mapping[str, Any]
_MISSING = object()


@dataclass(frozen=True)
class Order:
    """What a valid body asks for. `frames` maps a slot's role to the address of its picture."""

    model: Model
    prompt: str
    params: dict[str, Any]
    frames: dict[str, str]


def read_order(catalog: Catalog, endpoint: str, body: object) -> Order:
    """The order in a body. Raises a refusal that lists every issue."""
    if not isinstance(body, dict):
        raise invalid([_issue("invalid_type", [], f"Expected object, received {_kind(body)}")])
    model = _model(catalog, endpoint, body)
    issues = [
        *_prompt_issues(model, body),
        *(issue for param in model.param for issue in _param_issues(param, body)),
        *_unknown_keys(model, body),
        *(issue for field in _fields(model) for issue in _frame_issues(model, field, body)),
    ]
    if issues:
        raise invalid(issues)
    params = {p.name: _whole(v) for p in model.param if (v := _dig(body, p.name)) is not _MISSING}
    frames = {role: uri for field in _fields(model) for role, uri in _frames(model, field, body)}
    return Order(model, body.get(model.prompt.field, ""), params, frames)


def _model(catalog: Catalog, endpoint: str, body: Body) -> Model:
    sent = body.get("model")
    model = catalog.find(endpoint, sent) if isinstance(sent, str) else None
    if model is not None and model.status == "current":
        return model
    accepted = [m.id for m in catalog if m.endpoint == endpoint and m.status == "current"]
    expected = " | ".join(f"'{name}'" for name in accepted)
    message = f"Invalid discriminator value. Expected {expected}"
    raise invalid([_issue("invalid_union_discriminator", ["model"], message)])


def _prompt_issues(model: Model, body: Body) -> Iterator[Issue]:
    field, limit = model.prompt.field, model.prompt.max_units
    prompt = body.get(field, _MISSING)
    if prompt is _MISSING:
        if model.prompt.required:
            yield _issue("invalid_type", [field], "Required")
    elif not isinstance(prompt, str):
        yield _issue("invalid_type", [field], f"Expected string, received {_kind(prompt)}")
    elif not prompt:
        yield _issue("too_small", [field], "String must contain at least 1 character(s)")
    elif limit is not None and utf16_units(prompt) > limit:
        yield _issue("too_big", [field], f"String must contain at most {limit} character(s)")


def _param_issues(param: Param, body: Body) -> Iterator[Issue]:
    path: list[str | int] = [*param.name.split(".")]
    value = _dig(body, param.name)
    if value is _MISSING:
        if param.required:
            yield _issue("invalid_type", path, "Required")
    elif problem := _value_problem(param, value):
        code, message = problem
        yield _issue(code, path, message)


def _value_problem(param: Param, value: object) -> tuple[str, str] | None:
    """The zod-like code and sentence for a value that does not fit; None when it does."""
    value = _whole(value)
    if not param.complaint(value):
        return None
    if param.kind == "choice":
        expected = " | ".join(f"'{choice}'" for choice in param.choices)
        return "invalid_enum_value", f"Invalid enum value. Expected {expected}, received '{value}'"
    if param.kind == "integer" and type(value) is int and param.range:
        low, high = param.range
        small = value < low
        bound = f"greater than or equal to {low}" if small else f"less than or equal to {high}"
        return "too_small" if small else "too_big", f"Number must be {bound}"
    expected = {"text": "string"}.get(param.kind, param.kind)
    return "invalid_type", f"Expected {expected}, received {_kind(value)}"


def _unknown_keys(model: Model, body: Body) -> Iterator[Issue]:
    """Nested objects are strict at Runway; the top level is not."""
    for parent in dict.fromkeys(p.name.split(".")[0] for p in model.param if "." in p.name):
        value = body.get(parent, {})
        known = {p.name.split(".")[1] for p in model.param if p.name.startswith(f"{parent}.")}
        if not isinstance(value, dict):
            yield _issue("invalid_type", [parent], f"Expected object, received {_kind(value)}")
        elif unknown := sorted(set(value) - known):
            yield _strange([parent], unknown)


def _frame_issues(model: Model, field: str, body: Body) -> Iterator[Issue]:
    slots = _slots(model, field)
    value = body.get(field, _MISSING)
    if value is _MISSING:
        if any(slot.required for slot in slots):
            yield _issue("invalid_type", [field], "Required")
    elif isinstance(value, str):
        yield from _uri_issues([field], value)
    elif not isinstance(value, list):
        yield _issue("invalid_type", [field], "Expected string or array")
    elif not value or len(value) > len(slots):
        yield _issue("invalid_union", [field], f"Array must contain 1 to {len(slots)} element(s)")
    else:
        for index, item in enumerate(value):
            yield from _item_issues([field, index], item, slots)
        yield from _position_issues(field, value, slots)


def _item_issues(path: list[str | int], item: object, slots: list[Slot]) -> Iterator[Issue]:
    if not isinstance(item, dict):
        yield _issue("invalid_type", path, f"Expected object, received {_kind(item)}")
        return
    yield from _uri_issues([*path, "uri"], item.get("uri", _MISSING))
    if item.get("position") not in [slot.role for slot in slots]:
        expected = " | ".join(f"'{slot.role}'" for slot in slots)
        message = f"Invalid enum value. Expected {expected}"
        yield _issue("invalid_enum_value", [*path, "position"], message)
    if unknown := sorted(set(item) - {"uri", "position"}):
        yield _strange(path, unknown)


def _position_issues(field: str, value: list[Any], slots: list[Slot]) -> Iterator[Issue]:
    positions = [item.get("position") for item in value if isinstance(item, dict)]
    if len({str(position) for position in positions}) < len(positions):
        yield _issue("custom", [field], "Each position may be used once")
    for slot in slots:
        if slot.required and slot.role not in positions:
            yield _issue("custom", [field], f"An image with position '{slot.role}' is required")
        if slot.role in positions and slot.needs and slot.needs not in positions:
            message = f"Position '{slot.role}' requires an image with position '{slot.needs}'"
            yield _issue("custom", [field], message)


def _uri_issues(path: list[str | int], uri: object) -> Iterator[Issue]:
    if uri is _MISSING:
        yield _issue("invalid_type", path, "Required")
    elif not isinstance(uri, str):
        yield _issue("invalid_type", path, f"Expected string, received {_kind(uri)}")
    elif problem := assets.complaint(uri):
        yield _issue("invalid_string", path, problem)


def _frames(model: Model, field: str, body: Body) -> Iterator[tuple[str, str]]:
    value = body.get(field, [])
    if isinstance(value, str):
        yield _slots(model, field)[0].role, value
    else:
        yield from ((item["position"], item["uri"]) for item in value)


def _fields(model: Model) -> list[str]:
    return list(dict.fromkeys(slot.field for slot in model.input))


def _slots(model: Model, field: str) -> list[Slot]:
    return [slot for slot in model.input if slot.field == field]


def _whole(value: object) -> object:
    """5.0 as 5: JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _dig(body: Body, name: str) -> Any:
    """The value at a dotted name."""
    value: Any = body
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return _MISSING
        value = value[part]
    return value


def _issue(code: str, path: list[str | int], message: str) -> Issue:
    return {"code": code, "path": path, "message": message}


def _strange(path: list[str | int], keys: list[str]) -> Issue:
    names = ", ".join(f"'{key}'" for key in keys)
    return _issue("unrecognized_keys", path, f"Unrecognized key(s) in object: {names}")


def _kind(value: object) -> str:
    """What JavaScript would call it."""
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")
