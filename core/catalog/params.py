"""A setting of a model: its name on the wire, its kind, and what it may be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.generations import Value, is_shots
from core.text import visible_text

Number = int | float
Role = Literal[
    "ratio",
    "target_ratio",
    "resolution",
    "duration",
    "seed",
    "sound",
    "output_format",
    "draft",
    "tag",
]
"""What a setting means, whatever its name; data/catalog/shared.toml explains each."""
ROLE_KINDS: Mapping[Role, frozenset[str]] = {
    "ratio": frozenset({"choice"}),
    "target_ratio": frozenset({"choice"}),
    "resolution": frozenset({"choice"}),
    "duration": frozenset({"choice", "integer", "number"}),
    "seed": frozenset({"integer"}),
    "sound": frozenset({"boolean"}),
    "output_format": frozenset({"choice"}),
    "draft": frozenset({"boolean"}),
    "tag": frozenset({"text"}),
}
"""The kinds that a setting of each role can have."""
Values = tuple[bool | int | str, ...]
"""Values of a setting for which a condition holds; `""` stands for leaving it out."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EXAMPLE_TASK = "17f20503-6c24-4c16-946b-35dbbce2af2f"


def holds(when: Mapping[str, Values], params: Mapping[str, Value]) -> bool:
    return all(params.get(name, "") in values for name, values in when.items())


class Entry(BaseModel):
    """A table in a catalogue file: unknown keys are errors, and it is immutable once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prompt(Entry):
    """The text a model takes. `min_units` and `max_units` count UTF-16 code units, as Runway does;
    None where Runway states no limit. `unless` names settings and inputs that can stand in its
    place, `needed_when` settings that make it necessary even so; `when` is as for a setting.
    """

    required: bool = True
    min_units: int = Field(1, gt=0)
    max_units: int | None = Field(None, gt=0)
    label: str = "Prompt"
    field: str = "promptText"
    unless: tuple[str, ...] = ()
    needed_when: Mapping[str, Values] = {}
    when: Mapping[str, Values] = {}
    offered: bool = True
    """False for a model that takes no text at all."""

    def fits(self, params: Mapping[str, Value]) -> bool:
        return self.offered and holds(self.when, params)

    def needed(self, params: Mapping[str, Value], roles: Collection[str]) -> bool:
        if not self.fits(params):
            return False
        if self.needed_when and holds(self.needed_when, params):
            return True
        return self.required and not any(name in roles or name in params for name in self.unless)


class Param(Entry):
    """One setting. `name` is its name on the wire, where a dot nests; no default means left out.

    - `role` is what it means; without one it is drawn, checked and sent, and nothing hangs on it.
    - `choices` are the values of a choice, or the words that can stand in place of a number, such
      as `auto`. `outdated` are values that Runway still takes and the form does not offer.
    - `range` limits a number, the length of a text, the items of a list of colours, or the seconds
      of all shots together.
    - `when` names settings and the values that they must have for this one to be offered and sent.
    - `names` are words for choices whose wire names say little; `unique` is for a setting of files:
      no two of them may share a value.
    - `length_of` names an input whose length it takes over, as far as it can, when a file comes.
    - `made_by` names the models whose tasks a setting of the kind task takes (without it, its own),
      and `made_with` the settings that these must have had.
    - `more` folds it under "More settings"; `assumed` says what about it Runway does not confirm.
    """

    name: str
    role: Role | None = None
    kind: Literal[
        "choice", "integer", "number", "boolean", "text", "colour", "colours", "shots", "task"
    ]  # fmt: skip
    label: str
    help: str = ""
    unit: str = ""
    choices: tuple[str | int, ...] = ()
    outdated: tuple[str | int, ...] = ()
    range: tuple[Number, Number] | None = None
    pattern: str = ""
    example: str = ""
    default: bool | int | float | str | list[str] | None = None
    required: bool = False
    more: bool = False
    when: Mapping[str, Values] = {}
    names: Mapping[str, str] = {}
    unique: bool = False
    length_of: str = ""
    made_by: tuple[str, ...] = ()
    made_with: Mapping[str, Values] = {}
    assumed: str = ""

    @field_validator("default", "range", mode="before")
    @classmethod
    def _plain_numbers(cls, value: Any) -> Any:
        if isinstance(value, list):
            return [cls._plain_numbers(item) for item in value]
        return float(value) if isinstance(value, Decimal) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.role and self.kind not in ROLE_KINDS[self.role]:
            raise ValueError(f"the role {self.role} is none for the kind {self.kind}")
        if self.kind == "choice" and not self.choices:
            raise ValueError("a choice needs choices")
        if len({*self.choices, *self.outdated}) != len(self.choices) + len(self.outdated):
            raise ValueError("choices repeat")
        if self.range and self.range[0] > self.range[1]:
            raise ValueError("range runs backwards")
        if self.kind in ("integer", "number") and self.range is None:
            raise ValueError("a number needs a range")
        if self.required and self.default is None and self.kind != "task":
            raise ValueError("a required setting needs a default")
        if self.default is not None and (complaint := self.complaint(self.default)):
            raise ValueError(f"default: {complaint}")
        return self

    def complaint(self, value: object) -> str:
        if self.kind == "choice":
            known = value in (*self.choices, *self.outdated) and not isinstance(value, bool)
            return "" if known else f"{self.label} is one of {', '.join(map(str, self.choices))}."
        if self.kind in ("integer", "number"):
            return "" if value in self.choices and isinstance(value, str) else self._number(value)
        return {
            "boolean": self._boolean,
            "text": self._text,
            "task": self._task,
            "colour": self._colour,
            "colours": self._colours,
            "shots": self._shots,
        }[self.kind](value)

    def _boolean(self, value: object) -> str:
        return "" if isinstance(value, bool) else f"{self.label} is either on or off."

    def _number(self, value: object) -> str:
        numbers = (int, float) if self.kind == "number" else int
        words = f", or {' or '.join(map(str, self.choices))}" if self.choices else ""
        if not isinstance(value, numbers) or isinstance(value, bool):
            what = "number" if self.kind == "number" else "whole number"
            return f"{self.label} is a {what}{words}."
        assert self.range is not None
        low, high = self.range
        unit = f" {self.unit}" if self.unit else ""
        within = low <= value <= high
        return "" if within else f"{self.label} is from {low:g} to {_plain(high)}{unit}{words}."

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            return f"{self.label} is text."
        if value and not visible_text.visible(value):
            return f"{self.label} has nothing that can be seen: write it, or leave it empty."
        if self.range and not self.range[0] <= len(value) <= self.range[1]:
            low, high = self.range
            return f"{self.label} has {low:g} to {high:g} characters, not {len(value)}."
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"{self.label} looks like {self.example}."
        return ""

    def _task(self, value: object) -> str:
        good = isinstance(value, str) and UUID.fullmatch(value)
        return "" if good else f"{self.label}: a task id looks like {EXAMPLE_TASK}."

    def _colour(self, value: object) -> str:
        good = isinstance(value, str) and COLOUR.fullmatch(value)
        return "" if good else f"{self.label} is a colour such as #ff8800."

    def _colours(self, value: object) -> str:
        if not isinstance(value, list):
            return f"{self.label} is a list of colours."
        low, high = self.range or (1, len(value))
        if not low <= len(value) <= high:
            return f"{self.label} has {low:g} to {high:g} colours."
        return next((complaint for item in value if (complaint := self._colour(item))), "")

    def _shots(self, value: object) -> str:
        if not is_shots(value):
            return f"{self.label} is a list of prompts, each with its whole seconds."
        if not all(visible_text.visible(shot["prompt"]) for shot in value):
            return f"{self.label}: each shot needs a prompt."
        if any(shot["duration"] < 1 for shot in value):
            return f"{self.label}: each shot lasts at least 1 second."
        low, high = self.range or (1, 10**6)
        total = sum(shot["duration"] for shot in value)
        if not low <= total <= high:
            span = f"{low:g} to {high:g} seconds"
            return f"{self.label}: all shots together last {span}, not {total}."
        return ""

    @property
    def is_shape(self) -> bool:
        return self.role in ("ratio", "target_ratio")

    def offered(self, params: Mapping[str, Value]) -> bool:
        return holds(self.when, params)


def with_role(settings: Iterable[Param], role: Role) -> Param | None:
    return next((param for param in settings if param.role == role), None)


def _plain(number: Number) -> str:
    """4294967295, not 4.29497e+09."""
    return str(number) if isinstance(number, int) or not number.is_integer() else str(int(number))
