"""A model: what it takes, what it costs and how its request is written.

The only place where a setting has meaning. Prices are rows; the first that holds is taken.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.generations import Request, Value

CREDIT_USD = Decimal("0.01")
"""One credit in US dollars (docs.dev.runwayml.com, pricing)."""


class Entry(BaseModel):
    """A table of a catalogue file: unknown keys are mistakes, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prompt(Entry):
    """The text a model takes. `max_units` counts UTF-16 code units, as Runway does."""

    required: bool = True
    max_units: int = Field(gt=0)
    label: str = "Prompt"
    field: str = "promptText"


class Slot(Entry):
    """A picture that a model takes, and the shape it accepts (width / height)."""

    role: str
    field: str
    label: str
    help: str = ""
    required: bool = False
    needs: str = ""
    aspect: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.aspect and not 0 < self.aspect[0] <= self.aspect[1]:
            raise ValueError("aspect runs backwards")
        return self


class Param(Entry):
    """One setting. `name` is its name on the wire, where a dot nests; no default means left out."""

    name: str
    kind: Literal["choice", "integer", "boolean", "text"]
    label: str
    help: str = ""
    unit: str = ""
    choices: tuple[str | int, ...] = ()
    range: tuple[int, int] | None = None
    default: bool | int | str | None = None
    required: bool = False
    more: bool = False
    assumed: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "choice" and not self.choices:
            raise ValueError("a choice needs choices")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("choices repeat")
        if self.range and self.range[0] > self.range[1]:
            raise ValueError("range runs backwards")
        if self.required and self.default is None:
            raise ValueError("a required setting needs a default")
        if self.default is not None and (complaint := self.complaint(self.default)):
            raise ValueError(f"default: {complaint}")
        return self

    def complaint(self, value: object) -> str:
        """Why `value` cannot be this setting, as a sentence; empty when it can."""
        name = self.label
        if self.kind == "boolean":
            return "" if isinstance(value, bool) else f"{name} is either on or off."
        if self.kind == "text":
            return "" if isinstance(value, str) else f"{name} is text."
        if self.kind == "choice":
            known = value in self.choices and not isinstance(value, bool)
            return "" if known else f"{name} is one of {', '.join(map(str, self.choices))}."
        if not isinstance(value, int) or isinstance(value, bool):
            return f"{name} is a whole number."
        low, high = self.range or (value, value)
        unit = f" {self.unit}" if self.unit else ""
        return "" if low <= value <= high else f"{name} is from {low} to {high}{unit}."


class Price(Entry):
    """A price row. It holds when every setting named in `when` has the value given there."""

    when: Mapping[str, bool | int | str] = {}
    per_second: Decimal | None = Field(None, ge=0)
    flat: Decimal | None = Field(None, ge=0)
    minimum: int = Field(0, ge=0)
    source: str
    checked: date

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.per_second is None) == (self.flat is None):
            raise ValueError("a price is either per_second or flat")
        return self

    def holds(self, params: Mapping[str, Value]) -> bool:
        """True when this row prices a request with these settings."""
        return all(params.get(name) == value for name, value in self.when.items())

    def credits(self, params: Mapping[str, Value]) -> int | None:
        """Whole credits, rounded up; None when the length is not known before Runway says."""
        if self.flat is not None:
            return max(self.minimum, math.ceil(self.flat))
        duration = params.get("duration")
        if self.per_second is None or not isinstance(duration, int) or isinstance(duration, bool):
            return None
        return max(self.minimum, math.ceil(self.per_second * duration))


class Model(Entry):
    """One model on one endpoint."""

    id: str
    endpoint: str
    name: str
    vendor: str
    about: str
    speed: str
    status: Literal["current", "retired"] = "current"
    retired_on: date | None = None
    successor: str = ""
    prompt: Prompt
    input: tuple[Slot, ...] = ()
    param: tuple[Param, ...] = ()
    price: tuple[Price, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for what, names in (
            ("setting", [param.name for param in self.param]),
            ("input", [slot.role for slot in self.input]),
        ):
            for name, count in Counter(names).items():
                if count > 1:
                    raise ValueError(f"{what} {name} stands twice")
        roles = {slot.role for slot in self.input}
        for slot in self.input:
            if slot.needs and slot.needs not in roles:
                raise ValueError(f"input {slot.role} needs {slot.needs}, which is no input")
        self._check_prices()
        return self

    def _check_prices(self) -> None:
        """Every condition names a value that can occur, and no row hides behind an earlier one."""
        seen: list[Price] = []
        for row in self.price:
            for name, value in row.when.items():
                param = self.setting(name)
                if param is None or param.complaint(value):
                    raise ValueError(f"price: {name} = {value!r} can never be chosen")
            if any(earlier.when.items() <= row.when.items() for earlier in seen):
                raise ValueError(f"price: no input can reach the row with when = {dict(row.when)}")
            seen.append(row)

    @property
    def kind(self) -> str:
        """What a person must have to use it: the endpoint's first word, such as text or image."""
        return self.endpoint.split("_to_")[0]

    def setting(self, name: str) -> Param | None:
        """The setting of that wire name."""
        return next((param for param in self.param if param.name == name), None)

    @property
    def defaults(self) -> dict[str, Value]:
        """The settings that are sent when nobody touches the form."""
        return {p.name: p.default for p in self.param if p.default is not None}

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The frame sizes to choose from, in pixels (width, height)."""
        ratio = self.setting("ratio")
        return tuple(pixels(str(choice)) for choice in ratio.choices) if ratio else ()

    def nearest_ratio(self, width: int, height: int) -> str:
        """The choice of `ratio` whose shape is nearest to width:height."""
        ratio = self.setting("ratio")
        if ratio is None:
            raise ValueError(f"{self.id} has no ratio")

        def distance(choice: str | int) -> float:
            w, h = pixels(str(choice))
            return abs(math.log((w / h) / (width / height)))

        return str(min(ratio.choices, key=distance))

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """Credits a second, from the lowest to the highest that settings can make it."""
        return tuple(sorted({row.per_second for row in self.price if row.per_second is not None}))

    def price_row(self, params: Mapping[str, Value]) -> Price | None:
        """The row that prices these settings, or None where the catalogue knows no price."""
        return next((row for row in self.price if row.holds(params)), None)

    def quote(self, params: Mapping[str, Value]) -> int | None:
        """Credits for these settings, or None where the price is not known before submit."""
        row = self.price_row(params)
        return row.credits(params) if row else None

    def body(self, request: Request, uris: Mapping[str, str]) -> dict[str, Any]:
        """The JSON to POST. `uris` maps each input's role to the address that Runway can read."""
        body: dict[str, Any] = {"model": self.id}
        if request.prompt:
            body[self.prompt.field] = request.prompt
        for slot in self.input:
            if slot.role in uris:
                frame = {"uri": uris[slot.role], "position": slot.role}
                body.setdefault(slot.field, []).append(frame)
        for name, value in request.params.items():
            *parents, leaf = name.split(".")
            target = body
            for parent in parents:
                target = target.setdefault(parent, {})
            target[leaf] = value
        return body


def pixels(ratio: str) -> tuple[int, int]:
    """`1280:720` as (1280, 720)."""
    width, height = ratio.split(":")
    return int(width), int(height)


def utf16_units(text: str) -> int:
    """The length of a prompt as Runway counts it: an emoji is 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def dollars(credits: int) -> str:
    """`25` as `$0.25`."""
    return f"${credits * CREDIT_USD:,.2f}"
