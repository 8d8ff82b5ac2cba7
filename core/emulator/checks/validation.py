"""Checks a create body against the catalogue: every issue at once, or the resulting order.

Written independently of the product's own check, so that each finds the other's mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.catalog.catalog import Catalog
from core.catalog.model import Model, utf16_units
from core.catalog.params import Param
from core.emulator.checks.input_roles import Reader, Sent
from core.emulator.checks.issues import (
    MISSING,
    dig,
    issue,
    object_issues,
    required,
    whole,
    wrong_type,
)
from core.emulator.checks.refusals import Issue, invalid
from core.emulator.checks.values import value_issues

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Order:
    """What a valid body asks for: settings by their wire name, inputs in the order of the body."""

    model: Model
    prompt: str
    params: dict[str, Any]
    inputs: tuple[Sent, ...] = ()

    @property
    def draft(self) -> str:
        ids = (self.params.get(p.name, "") for p in self.model.param if p.kind == "task")
        return next(filter(None, ids), "")


def read_order(catalog: Catalog, endpoint: str, body: object) -> Order:
    """Raises a refusal that lists every issue."""
    if not isinstance(body, dict):
        raise invalid([wrong_type([], "object", body)])
    model = _model(catalog, endpoint, body)
    params = {
        p.name: whole(value) for p in model.param if (value := dig(body, p.name)) is not MISSING
    }
    reader = Reader(model, body)
    roles = [sent.slot.role for sent in reader.sent]
    issues = [
        *_prompt_issues(model, body, params, roles),
        *_strange_keys(model, body),
        *(issue for param in model.param for issue in _param_issues(model, param, params)),
        *reader.issues,
        *_rule_issues(model, params, roles),
    ]
    if issues:
        raise invalid(issues)
    prompt = body.get(model.prompt.field, "") if model.prompt.offered else ""
    return Order(model, prompt, params, tuple(reader.sent))


def _model(catalog: Catalog, endpoint: str, body: Body) -> Model:
    sent = body.get("model")
    model = catalog.find(endpoint, sent) if isinstance(sent, str) else None
    if model is not None:
        return model
    accepted = [m.id for m in catalog if m.endpoint == endpoint and m.status == "current"]
    expected = " | ".join(f"'{name}'" for name in accepted)
    message = f"Invalid discriminator value. Expected {expected}"
    raise invalid([issue("invalid_union_discriminator", ["model"], message)])


def _rule_issues(model: Model, params: Body, roles: list[str]) -> Iterator[Issue]:
    for rule in model.rule:
        if field := rule.broken(params, roles):
            slot = model.slot(field)
            yield issue("custom", [slot.field] if slot else [*field.split(".")], rule.say)


def _prompt_issues(model: Model, body: Body, params: Body, roles: list[str]) -> Iterator[Issue]:
    rule = model.prompt
    if not rule.offered:
        return
    prompt = body.get(rule.field, MISSING)
    if prompt is MISSING:
        if rule.needed(params, roles):
            yield required([rule.field])
    elif not isinstance(prompt, str):
        yield wrong_type([rule.field], "string", prompt)
    elif utf16_units(prompt) < rule.min_units:
        message = f"String must contain at least {rule.min_units} character(s)"
        yield issue("too_small", [rule.field], message)
    elif rule.max_units is not None and utf16_units(prompt) > rule.max_units:
        message = f"String must contain at most {rule.max_units} character(s)"
        yield issue("too_big", [rule.field], message)


def _param_issues(model: Model, param: Param, params: Mapping[str, Any]) -> Iterator[Issue]:
    path = [*param.name.split(".")]
    if param.name not in params:
        if param.required:
            yield required(list(path))
        return
    yield from value_issues(param, params[param.name], list(path))
    chosen = {**model.defaults, **params}
    for name, values in param.when.items():
        if chosen.get(name, "") not in values:
            allowed = " | ".join(f"'{value}'" for value in values)
            yield issue("custom", list(path), f"Only valid when {name} is {allowed}")


def _strange_keys(model: Model, body: Body) -> Iterator[Issue]:
    """Nested objects are strict at Runway; so is the top level, unless the model is lenient."""
    if not model.lenient:
        known = ["model", *(slot.field for slot in model.input), *(p.name for p in model.param)]
        known += [model.prompt.field] if model.prompt.offered else []
        yield from object_issues([], body, known)
        return
    nested = [param.name for param in model.param if "." in param.name]
    for parent in dict.fromkeys(name.partition(".")[0] for name in nested):
        if parent in body:
            inside = [n.partition(".")[2] for n in nested if n.startswith(f"{parent}.")]
            yield from object_issues([parent], body[parent], inside)
