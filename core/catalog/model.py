"""A model: what it takes, what it costs and how its request is written.

What a setting means it knows by the setting's role, never by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from core.catalog.params import Entry, Param, Prompt, Role, with_role
from core.catalog.prices import Given, Price
from core.catalog.ratios import Size, frame
from core.catalog.rules import Rule
from core.catalog.slots import Slot, nest
from core.generations import Input, Request, Value, is_shots

UNKNOWN_MODEL = "Unknown model"
"""For generations without a model: imported tasks, and files that were found."""


class Format(Entry):
    label: str
    suffix: str
    media_type: str
    assumed: str = ""

    @property
    def medium(self) -> str:
        return self.media_type.partition("/")[0]


class Model(Entry):
    """One model on one endpoint.

    `kind`, `does` (its name), `makes` and `provider` are those of its endpoint, and `formats` those
    of the catalogue: the loader fills them in. `any_of` lists groups of roles, of each of which one
    at least must be given; `most_images` counts the pictures of all roles together.
    """

    id: str
    endpoint: str
    name: str
    vendor: str
    about: str
    speed: str
    pick_for: str = ""
    """What to choose it for, if it is the recommended one."""
    status: Literal["current", "retired"] = "current"
    retired_on: date | None = None
    successor: str = ""
    same_as: str = ""
    """The id of the same model at another provider, whose price is shown beside its own."""
    kind: str
    does: str
    provider: str
    makes: Literal["video", "image", "audio"]
    format: str
    """Its output format if no setting says otherwise."""
    sound: bool = False
    """True if its outputs always have sound, without a setting for it."""
    formats: Mapping[str, Format]
    prompt: Prompt = Prompt(required=False, offered=False)
    input: tuple[Slot, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    most_images: int = 0
    rule: tuple[Rule, ...] = ()
    param: tuple[Param, ...] = ()
    price: tuple[Price, ...] = ()
    lenient: bool = False
    """True if its provider is not known to refuse settings that the model lacks."""

    def setting(self, name: str) -> Param | None:
        return next((param for param in self.param if param.name == name), None)

    def setting_with_role(self, role: Role) -> Param | None:
        return with_role(self.param, role)

    def value_of(self, role: Role, params: Mapping[str, Value]) -> Value | None:
        param = self.setting_with_role(role)
        return params.get(param.name) if param else None

    def tag(self, item: Input) -> Value | None:
        slot = self.slot(item.role)
        param = slot.setting_with_role("tag") if slot else None
        return item.settings.get(param.name) if param else None

    def slot(self, role: str) -> Slot | None:
        return next((slot for slot in self.input if slot.role == role), None)

    @property
    def defaults(self) -> dict[str, Value]:
        return self.sent({p.name: p.default for p in self.param if p.default is not None})

    def sent(self, params: Mapping[str, Value]) -> dict[str, Value]:
        """Those of these settings that the model has and that go together, in its order. The first
        one that the others rule out goes first, and then the rest is judged again."""
        kept = {p.name: params[p.name] for p in self.param if p.name in params}
        while gone := next((p for p in self.param if p.name in kept and not p.offered(kept)), None):
            del kept[gone.name]
        return kept

    @property
    def ratios(self) -> tuple[str, ...]:
        ratio = self.setting_with_role("ratio")
        return tuple(map(str, ratio.choices)) if ratio else ()

    def frame(self, params: Mapping[str, Value], inputs: Sequence[Given] = ()) -> Size:
        ratio = self.value_of("ratio", params) or self.value_of("target_ratio", params) or ""
        seen = [(g.width, g.height) for g in inputs if g.width and g.height]
        given = next(iter(seen), None)
        return frame(str(ratio), str(self.value_of("resolution", params) or ""), given)

    def output(self, params: Mapping[str, Value]) -> Format:
        name = self.value_of("output_format", params) or self.format
        return self.formats.get(str(name)) or self.formats[self.format]

    def duration(self, params: Mapping[str, Value]) -> float | None:
        """Seconds of the output; None where no setting says.

        Where Runway chooses, the longest: it bills that first and gives back the rest
        (docs.dev.runwayml.com, pricing). Shots have lengths of their own.
        """
        for shots in params.values():
            if shots and is_shots(shots):
                return sum(shot["duration"] for shot in shots)
        value = self.value_of("duration", params)
        if isinstance(value, (int, float)):
            return value
        param = self.setting_with_role("duration")
        return param.range[1] if param and param.range and isinstance(value, str) else None

    def chooses_length(self, params: Mapping[str, Value]) -> bool:
        return isinstance(self.value_of("duration", params), str)

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """Credits per second, from the lowest to the highest that settings allow."""
        return tuple(sorted({row.per_second for row in self.price if row.per_second is not None}))

    def price_row(self, params: Mapping[str, Value], inputs: Sequence[Given] = ()) -> Price | None:
        for row in self.price:
            holds = row.holds(params, inputs)
            if holds is None:
                return None
            if holds:
                return row
        return None

    def quote(self, params: Mapping[str, Value], inputs: Sequence[Given] = ()) -> int | None:
        """Credits at most, or None if the price is not known before submitting."""
        row = self.price_row(params, inputs)
        return row.credits(params, inputs, self.duration(params)) if row else None

    def body(self, request: Request, uris: Sequence[str]) -> dict[str, Any]:
        """The JSON to POST. `uris` are the addresses of `request.inputs`, in the same order."""
        body: dict[str, Any] = {"model": self.id}
        if request.prompt:
            body[self.prompt.field] = request.prompt
        for slot in self.input:
            for given, uri in zip(request.inputs, uris, strict=True):
                if given.role == slot.role:
                    slot.write(body, given, uri)
        nest(body, request.params)
        return body


def utf16_units(text: str) -> int:
    """The length of a prompt as Runway counts it: an emoji is 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
