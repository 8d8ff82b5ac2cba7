"""Prices of the catalogue in words: each row with its condition, its extras and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.prices import Price
from core.catalog.ratios import pixels
from core.catalog.suppliers import Supplier
from core.text.quantities import counted
from pages.ui import formatting, money

FEW = 2
"""Up to this many sizes are named one by one; of more, only the largest."""


def lines(model: Model, of: Supplier) -> list[str]:
    if not model.price:
        return [f"The price is not known before {of.title} says it."]
    rows = [f"- {_row(model, row, of.credit)}" for row in model.price]
    usual = model.quote(model.defaults)
    said = ["\n".join(rows)]
    if usual is not None:
        said.append(f"With its default settings: {formatting.price(usual, of)}.")
    return [money.escaped(text) for text in said]


def sources(model: Model) -> list[str]:
    dated = sorted({(row.source, row.checked) for row in model.price})
    assumed = dict.fromkeys(row.assumed for row in model.price if row.assumed)
    return [f"Price from {source}, checked {checked}." for source, checked in dated] + [
        f"Assumed: {text}" for text in assumed
    ]


def _row(model: Model, row: Price, credit: str) -> str:
    most = "up to " if row.at_most else ""
    parts = [most + _measure(model, row, credit), *_extras(model, row, credit)]
    conditions = [
        _condition(model.setting(name), name, values) for name, values in row.when.items()
    ]
    if row.input_over:
        conditions.append(f"an input over {row.input_over / 1_000_000:g} megapixels")
    return ", ".join(parts) + (f", with {' and '.join(conditions)}" if conditions else "")


def _measure(model: Model, row: Price, credit: str) -> str:
    if row.flat is not None:
        return (
            f"{_credits(row.flat, credit)} {'an' if model.makes[0] in 'ai' else 'a'} {model.makes}"
        )
    if row.per_frame is not None:
        return f"{_credits(row.per_frame, credit)} a frame"
    assert row.per_second is not None
    of = f" of the {_label(model, row.seconds_of)}" if row.seconds_of else ""
    return f"{_credits(row.per_second, credit)} a second{of}"


def _extras(model: Model, row: Price, credit: str) -> list[str]:
    extras = [
        *_each(model, row.per_input, "for each", credit),
        *_each(model, row.per_input_second, "for", credit),
    ]
    if row.minimum:
        extras.append(f"at least {_credits(Decimal(row.minimum), credit)}")
    if row.minimum_seconds:
        extras.append(f"at least {counted(row.minimum_seconds, 'seconds')}")
    return extras


def _each(model: Model, amounts: Mapping[str, Decimal], link: str, credit: str) -> list[str]:
    second = " each second of" if link == "for" else ""
    return [
        f"plus {_credits(amount, credit)} {link}{second} {_label(model, role)}"
        for role, amount in amounts.items()
    ]


def _label(model: Model, role: str) -> str:
    slot = model.slot(role)
    return (slot.label if slot else role).lower()


def _condition(param: Param | None, name: str, values: Sequence[bool | int | str]) -> str:
    label = (param.label if param else name).lower()
    if values == (True,) or values == (False,):
        return f"{label} {'on' if values[0] else 'off'}"
    sizes = [size for value in values if (size := pixels(str(value)))]
    if len(sizes) > FEW:
        width, height = max(sizes, key=lambda size: size[0] * size[1])
        return f"frames up to {width} × {height}"
    return f"{label} {' or '.join(_value(param, value) for value in values)}"


def _value(param: Param | None, value: bool | int | str) -> str:
    if value == "":
        return "left out"
    if isinstance(value, bool):
        return "on" if value else "off"
    return formatting.ratio(str(value)) if param and param.is_shape else str(value)


def _credits(amount: Decimal, credit: str) -> str:
    return f"{amount.normalize():f} {credit}{'' if amount == 1 else 's'}"
