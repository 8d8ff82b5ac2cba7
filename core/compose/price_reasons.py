"""Why a request costs more than one would think: the settings by which it could cost far less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.prices import Given
from core.catalog.ratios import pixels
from core.generations import Value

SURPRISING = 1.5
"""A setting is named if its value makes the price at least so many times another value's."""


@dataclass(frozen=True)
class Dearer:
    """With `value` the request costs `credits`; with `other` it would cost `less`."""

    param: Param
    value: Value
    other: Value
    credits: int
    less: int


def dearer(model: Model, params: Mapping[str, Value], inputs: Sequence[Given]) -> list[Dearer]:
    """Of each setting that a price row names, the one that makes the most of it first."""
    credits = model.quote(params, inputs)
    if credits is None:
        return []
    priced = {name for row in model.price for name in row.when}
    found = []
    for param in model.param:
        if param.name not in priced or param.name not in params:
            continue
        value = params[param.name]
        others = list(_quoted(model, params, inputs, param))
        if not others:
            continue
        less, other = min(others, key=lambda each: (each[0], not _alike(each[1], value)))
        if credits >= SURPRISING * less:
            found.append(Dearer(param, value, other, credits, less))
    return sorted(found, key=lambda one: one.less)


def _quoted(
    model: Model, params: Mapping[str, Value], inputs: Sequence[Given], param: Param
) -> Iterator[tuple[int, Value]]:
    values: Sequence[Value] = (True, False) if param.kind == "boolean" else param.choices
    for value in values:
        if value != params[param.name]:
            quote = model.quote(model.sent({**params, param.name: value}), inputs)
            if quote is not None:
                yield quote, value


def _alike(one: Value, other: Value) -> bool:
    sizes = [pixels(str(value)) for value in (one, other)]
    shapes = [Fraction(*size) for size in sizes if size]
    return len(shapes) == 2 and shapes[0] == shapes[1]
