"""Whether a model's entry is consistent: names that exist, values that occur, rows in reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from core.catalog.model import Model
from core.catalog.params import Param, Role
from core.catalog.prices import Price
from core.generations import STORED_DURATION, Value

Choice = bool | int | str | None


def complaints(model: Model) -> Iterator[str]:
    """Everything wrong with the entry, as sentences without a full stop."""
    yield from _repeated("setting", [param.name for param in model.param])
    yield from _repeated("input", [slot.role for slot in model.input])
    yield from _roles(model)
    yield from _inputs(model)
    yield from _references(model)
    yield from _conditions(model)
    if model.sound and (sound := model.setting_with_role("sound")):
        yield f"sound is there always, or by the setting {sound.name}"
    if model.price:
        yield from _out_of_reach(model)


def _repeated(what: str, names: Sequence[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what} {name} stands twice"


def _roles(model: Model) -> Iterator[str]:
    for settings in (model.param, *(slot.settings for slot in model.input)):
        yield from _repeated("role", [param.role for param in settings if param.role])
    duration = model.setting_with_role("duration")
    if duration and duration.name != STORED_DURATION:
        yield f"the setting in the role duration is {duration.name}, not {STORED_DURATION}"
    counted = any(row.per_second is not None and not row.seconds_of for row in model.price)
    if counted and duration is None and all(param.kind != "shots" for param in model.param):
        yield "price: per_second needs a setting in the role duration, or seconds_of"


def disagreements(models: Iterable[Model]) -> Iterator[str]:
    """Names of settings that mean different things in different models: the names are used to read
    requests whose model is gone."""
    found: dict[str, tuple[Role | None, Model]] = {}
    for model in models:
        for param in every_setting(model):
            role, first = found.setdefault(param.name, (param.role, model))
            if role != param.role:
                here = f"{param.role or 'no role'} in {model.id} on {model.endpoint}"
                there = f"{role or 'none'} in {first.id} on {first.endpoint}"
                yield f"setting {param.name} has {here}, and {there}"


def every_setting(model: Model) -> Iterator[Param]:
    yield from model.param
    for slot in model.input:
        yield from slot.settings


def _inputs(model: Model) -> Iterator[str]:
    roles = {slot.role for slot in model.input}
    for slot in model.input:
        for role in {slot.needs, *slot.excludes} - {""} - roles:
            yield f"input {slot.role} needs {role}, which is no input"
        if slot.moment and slot.moment.video not in roles:
            yield f"input {slot.role} has its moments in {slot.moment.video}, which is no input"
    for rule in model.rule:
        yield from _strange("rule", [*rule.given, *rule.needs], roles)


def _references(model: Model) -> Iterator[str]:
    roles = {slot.role for slot in model.input}
    settings = {param.name for param in model.param}
    formats: set[Value] = {model.format}
    for param in model.param:
        if param.role == "output_format":
            formats |= {*param.choices}
    yield from _strange("any_of", (name for group in model.any_of for name in group), roles)
    yield from _strange("prompt", model.prompt.unless, roles | settings)
    lengths = [param.length_of for param in model.param if param.length_of]
    yield from _strange("length_of", lengths, roles)
    for row in model.price:
        counted = [row.seconds_of] if row.seconds_of else []
        yield from _strange("price", [*counted, *row.per_input, *row.per_input_second], roles)
    yield from _strange("format", map(str, formats), set(model.formats))


def _strange(where: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    if strange := set(names) - known:
        yield f"{where} speaks of {', '.join(sorted(strange))}, which is not there"


def _conditions(model: Model) -> Iterator[str]:
    found = [("price", row.when) for row in model.price]
    found += [("rule", each) for rule in model.rule for each in (rule.when, rule.allows)]
    found += [(f"setting {param.name}", param.when) for param in model.param]
    found += [(f"input {slot.role}", slot.when) for slot in model.input]
    found += [("prompt", each) for each in (model.prompt.when, model.prompt.needed_when)]
    for where, when in found:
        for name, values in when.items():
            param = model.setting(name)
            for value in values:
                if param is None or (value != "" and param.complaint(value)):
                    yield f"{where}: {name} = {value!r} can never be chosen"


def _out_of_reach(model: Model) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in model.price for name in row.when))
    reached: set[int] = set()
    for values in product(*(_possible(model, name) for name in names)):
        params: dict[str, Value] = {
            n: v for n, v in zip(names, values, strict=True) if v is not None
        }
        reached |= _found(model.price, params)
    for index, row in enumerate(model.price):
        if index not in reached:
            yield f"price: no input can reach the row with when = {dict(row.when)}"


def _found(rows: Iterable[Price], params: dict[str, Value]) -> set[int]:
    found = set()
    for index, row in enumerate(rows):
        if row.holds(params, ()) or (row.input_over and row.fits(params)):
            found.add(index)
            if not row.input_over:
                break
    return found


def _possible(model: Model, name: str) -> list[Choice]:
    """None among them stands for leaving the setting out."""
    param = model.setting(name)
    if param is None:
        return [None]
    if param.kind == "boolean":
        values: list[Choice] = [True, False]
    else:
        named = [v for row in model.price for v in row.when.get(name, ()) if v != ""]
        others: list[Choice] = list(param.range or ()) if param.kind == "integer" else []  # type: ignore[arg-type]
        values = [*dict.fromkeys((*param.choices, *named, *others))]
    return values if param.required else [*values, None]
