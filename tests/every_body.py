"""Every kind of request that a model's form can make: its defaults, and each thing once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.compose.checks import problems
from core.generations import Input, Request, Shot, Value

PROMPT = "A quiet sea"
TASK = "17f20503-6c24-4c16-946b-35dbbce2af2f"
SUFFIXES = {"image": "png", "video": "mp4", "audio": "mp3"}


@dataclass(frozen=True)
class Case:
    """A request and what it tries, in words; which input, by its role, or which setting."""

    what: str
    request: Request
    role: str = ""
    setting: str = ""

    @property
    def uris(self) -> list[str]:
        """The addresses of its inputs."""
        return [given.url for given in self.request.inputs]


def cases(model: Model) -> Iterator[Case]:
    """The form as it opens, then every value of every setting and every number of files, alone."""
    starts = [_request(model, inputs) for inputs in _least_inputs(model)]
    for start in starts:
        yield Case("its defaults", start)
    yield from _prompts(model, starts[0])
    for param in model.param:
        for value in values(param):
            what = f"{param.name} = {value!r}"
            yield Case(what, _with_setting(model, starts, param, value), setting=param.name)
        if param.default is not None and not param.required:
            rest = {k: v for k, v in starts[0].params.items() if k != param.name}
            without = replace(starts[0], params=rest)
            if not complaints(model, without):
                yield Case(f"no {param.name}", without)
    for slot in model.input:
        for files in _files(slot):
            what = f"{len(files)} {slot.role} {[dict(file.settings) for file in files]}"
            yield Case(what, _with_files(model, slot, files), slot.role)


def values(param: Param) -> list[Value]:
    """The choices of a setting, or the ends of its range."""
    if param.kind == "boolean":
        return [True, False]
    if param.kind in ("integer", "number"):
        assert param.range
        return [*param.range, *param.choices]
    if param.kind == "choice":
        return [*param.choices, *param.outdated]
    if param.kind == "shots":
        assert param.range
        low, high = map(int, param.range)
        return [_shots(low), _shots(1, high - 1)]
    if param.kind == "colours":
        assert param.range
        return [["#ff8800"] * int(n) for n in param.range]
    if param.kind == "text":
        lengths = {max(1, int(n)) for n in param.range or (4,)}  # an empty one is left out
        return ["a" * length for length in sorted(lengths)]
    return ["#ff8800" if param.kind == "colour" else TASK]


def _shots(*seconds: int) -> list[Shot]:
    return [{"prompt": PROMPT, "duration": each} for each in seconds]


def _least_inputs(model: Model) -> Iterator[tuple[Input, ...]]:
    """The fewest files that the model takes, once for each way to begin."""
    groups = model.any_of or ((),)
    for role in groups[0] or ("",):
        needed = [slot for slot in model.input if slot.required or slot.role == role]
        yield tuple(file for slot in needed for file in _some(slot, max(1, slot.count[0])))


def _some(slot: Slot, number: int, medium: str = "") -> list[Input]:
    medium = medium or slot.media[0]
    settings: dict[str, Value] = {}
    if slot.one_of:
        chosen = slot.setting(slot.one_of[0])
        assert chosen
        settings[chosen.name] = values(chosen)[0]
    address = f"https://files.example.com/{slot.role}"
    return [
        Input(slot.role, url=f"{address}{i}.{SUFFIXES[medium]}", medium=medium, settings=settings)
        for i in range(number)
    ]


def _files(slot: Slot) -> Iterator[list[Input]]:
    """The files of one input: the fewest, the most, of each medium, and with each setting."""
    low, high = max(1, slot.count[0]), slot.most
    for medium in slot.media:
        yield _some(slot, low, medium)
    if high > low:
        yield _some(slot, high)
    for param in slot.settings:
        for value in values(param):
            settings: dict[str, Value] = {param.name: value}
            if slot.moment and param.name in slot.together:
                settings = _stretch(slot, param, value)
            if slot.one_of and param.name not in slot.one_of:
                settings = {**_some(slot, 1)[0].settings, **settings}
            yield [replace(file, settings=settings) for file in _some(slot, low)]


def _stretch(slot: Slot, param: Param, value: Value) -> dict[str, Value]:
    """A stretch of one second that begins or ends there, with its moment at its start."""
    moment = slot.moment
    assert moment
    assert isinstance(value, int)
    start = value if param.name == moment.start else value - 1
    return {moment.start: start, moment.end: start + 1, moment.seconds: start}


def _request(model: Model, inputs: Sequence[Input]) -> Request:
    prompt = PROMPT if model.prompt.offered else ""
    tasks = {param.name: TASK for param in model.param if param.kind == "task" and param.required}
    return Request(model.endpoint, model.id, prompt, {**model.defaults, **tasks}, tuple(inputs))


def _prompts(model: Model, start: Request) -> Iterator[Case]:
    roles = {given.role for given in start.inputs}
    if model.prompt.offered and not model.prompt.needed(start.params, roles):
        yield Case("no prompt", replace(start, prompt=""))
    if model.prompt.max_units:
        yield Case("the longest prompt", replace(start, prompt="a" * model.prompt.max_units))


def _with_setting(model: Model, starts: Sequence[Request], param: Param, value: Value) -> Request:
    """The first start that can have the value, with what the value asks for beside it."""
    kept = [with_value(model, start, param.name, value) for start in starts]
    return next((each for each in kept if not complaints(model, each)), kept[0])


def with_value(model: Model, start: Request, name: str, value: Value) -> Request:
    """The start with that value of a setting, and with what the value asks for beside it."""
    chosen = model.setting(name)
    assert chosen
    params = {**start.params, name: value}
    for other, allowed in chosen.when.items():
        _put(params, other, allowed[0])
    request = _only_offered(model, replace(start, params=params))
    for rule in model.rule:
        field = rule.broken(request.params, [given.role for given in request.inputs])
        if field in rule.allows and field != name:
            params = dict(request.params)
            _put(params, field, rule.allows[field][0])
            request = replace(request, params=params)
        elif slot := model.slot(field):
            request = replace(request, inputs=(*request.inputs, *_some(slot, rule.least)))
    return _renumbered(request)


def _with_files(model: Model, slot: Slot, files: Sequence[Input]) -> Request:
    """A start with these files, what they need beside them, and nothing that they shut out."""
    start = next(_least_inputs(model))
    beside = [given for given in start if given.role not in (slot.role, *slot.excludes)]
    if any(slot.role in other.excludes for other in model.input):
        beside = [given for given in beside if slot.role not in _slot(model, given.role).excludes]
    if slot.needs and not any(given.role == slot.needs for given in beside):
        beside += _some(_slot(model, slot.needs), 1)
    if model.most_images and slot.media == ("image",):
        pictures = sum(given.medium == "image" for given in beside)
        files = files[: model.most_images - pictures]
    return _only_offered(model, _request(model, (*beside, *files)))


def _only_offered(model: Model, request: Request) -> Request:
    """Without what the settings leave no room for."""
    params = dict(request.params)
    for param in model.param:
        if not param.offered(params):
            params.pop(param.name, None)
    inputs = [given for given in request.inputs if _slot(model, given.role).offered(params)]
    prompt = request.prompt if model.prompt.fits(params) else ""
    return replace(request, params=params, inputs=tuple(inputs), prompt=prompt)


def _renumbered(request: Request) -> Request:
    """No two files of a role have one address."""
    numbers: Mapping[str, Iterator[int]] = {given.role: count() for given in request.inputs}
    inputs = [
        replace(given, url=f"https://files.example.com/{given.role}{next(numbers[given.role])}.png")
        if given.medium == "image"
        else given
        for given in request.inputs
    ]
    return replace(request, inputs=tuple(inputs))


def _put(params: dict[str, Any], name: str, value: Value) -> None:
    """Set a setting; `""` leaves it out."""
    params.pop(name, None)
    if value != "":
        params[name] = value


def _slot(model: Model, role: str) -> Slot:
    found = model.slot(role)
    assert found
    return found


def complaints(model: Model, request: Request) -> list[str]:
    """What the form says against a request: a case that it refuses tries nothing."""
    return [p.message for p in problems(model, request, lambda _: None, retired_runs=True)]
