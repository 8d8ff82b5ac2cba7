"""The catalogue beside Runway's own SDK: what we can send is what it types, no less and no more."""

from __future__ import annotations

import itertools
import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
import typing_extensions
from runwayml._utils import PropertyInfo
from runwayml.types import image_to_video_create_params, text_to_video_create_params

from core.catalog import Catalog
from core.generations import Input, Request, Value
from core.models import Model
from core.params import Param
from tests.conftest import ROOT

CATALOG = Catalog.load(ROOT / "data" / "catalog")
PARAMS = {
    "text_to_video": text_to_video_create_params,
    "image_to_video": image_to_video_create_params,
}
NOT_OFFERED = {"outputFormat", "proresProfile"}
"""Fields of the SDK that the form leaves out on purpose."""


class Field(typing.NamedTuple):
    """One field of a TypedDict: its type, and whether it must be there."""

    type: Any
    required: bool


def sdk_type(model: Model) -> Any:
    """The TypedDict whose `model` is exactly this one's id."""
    module = PARAMS[model.endpoint]
    for name in module.__all__:
        hints = get_type_hints(getattr(module, name)) if name != module.__all__[0] else {}
        if get_args(hints.get("model")) == (model.id,):
            return getattr(module, name)
    raise LookupError(model.id)


def fields(kind: Any) -> dict[str, Field]:
    """A TypedDict's fields by their name on the wire."""
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        required, alias = False, name
        while get_origin(hint) in (typing.Annotated, typing_extensions.Required, typing.Required):
            if get_origin(hint) is typing.Annotated:
                (info,) = hint.__metadata__
                assert isinstance(info, PropertyInfo)
                alias = info.alias or alias
                hint = hint.__origin__
            else:
                required = True
                (hint,) = get_args(hint)
        found[alias] = Field(hint, required)
    return found


def complaints(value: Any, kind: Any, path: str) -> Iterator[str]:
    """Every way in which `value` is not of `kind`."""
    origin = get_origin(kind)
    if origin is Literal:
        if not any(value == known and type(value) is type(known) for known in get_args(kind)):
            yield f"{path}: {value!r} is none of {get_args(kind)}"
    elif origin in (Union, UnionType):
        tries = [list(complaints(value, one, path)) for one in get_args(kind)]
        yield from min(tries, key=len)
    elif typing_extensions.is_typeddict(kind):
        yield from object_complaints(value, kind, path)
    elif origin:
        yield from list_complaints(value, get_args(kind)[0], path)
    elif type(value) is not kind:
        yield f"{path}: {value!r} is no {kind}"


def list_complaints(value: Any, kind: Any, path: str) -> Iterator[str]:
    """The same for a list."""
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    for index, item in enumerate(value):
        yield from complaints(item, kind, f"{path}[{index}]")


def object_complaints(value: Any, kind: Any, path: str) -> Iterator[str]:
    """The same for an object and a TypedDict: unknown, missing and wrong fields."""
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    known = fields(kind)
    for name in value:
        if name not in known:
            yield f"{path}.{name}: unknown"
    for name, field in known.items():
        if name in value:
            yield from complaints(value[name], field.type, f"{path}.{name}")
        elif field.required:
            yield f"{path}.{name}: missing"


# -- every body of the form -----------------------------------------------------------------------


def values(param: Param) -> list[Value | None]:
    """All that the form can make of one setting; None leaves it out."""
    optional: list[Value | None] = [] if param.default is not None else [None]
    if param.kind == "choice":
        return [*optional, *param.choices]
    if param.kind == "boolean":
        return [*optional, True, False]
    if param.kind == "text":
        return [*optional, "rain"]
    assert param.range
    low, high = param.range
    return [*optional, *(range(low, high + 1) if high - low < 100 else (low, high))]


def bodies(model: Model) -> Iterator[dict[str, Any]]:
    """Each body that the form of `model` can produce."""
    prompts = ["A quiet sea"] if model.prompt.required else ["A quiet sea", ""]
    frames = [
        chosen
        for count in range(len(model.input) + 1)
        for chosen in itertools.combinations(model.input, count)
        if all(slot in chosen for slot in model.input if slot.required)
    ]
    settings = itertools.product(*(values(param) for param in model.param))
    for prompt, slots, chosen in itertools.product(prompts, frames, settings):
        names = [param.name for param in model.param]
        params = {n: v for n, v in zip(names, chosen, strict=True) if v is not None}
        inputs = tuple(Input(slot.role, sha256="ab") for slot in slots)
        request = Request(model.endpoint, model.id, prompt, params, inputs)
        yield model.body(request, {slot.role: "runway://abc" for slot in slots})


def test_every_body_that_the_forms_can_produce_is_what_the_sdk_types() -> None:
    tried = 0
    for model in CATALOG:
        kind = sdk_type(model)
        for body in bodies(model):
            assert list(complaints(body, kind, f"{model.id}@{model.endpoint}")) == []
            tried += 1
    print(f"\n{tried} bodies of {len(list(CATALOG))} forms fit the SDK's types")  # noqa: T201
    assert tried > 2000


def test_the_checker_itself_sees_mistakes() -> None:
    entry = CATALOG.find("image_to_video", "gen4_turbo")
    assert entry
    good = next(bodies(entry))
    kind = sdk_type(entry)
    frame = good["promptImage"][0]
    for spoilt in (
        good | {"ratio": "16:9"},
        good | {"duration": "5"},
        good | {"duration": True},
        good | {"prompt_text": "x"},
        {k: v for k, v in good.items() if k != "ratio"},
        good | {"promptImage": [frame | {"position": "last"}]},
        good | {"promptImage": frame},
        good | {"contentModeration": {"publicFigureThreshold": "none"}},
        good | {"contentModeration": {"strict": True}},
    ):
        assert len(list(complaints(spoilt, kind, "body"))) == 1, spoilt


# -- the catalogue beside the types ---------------------------------------------------------------


def by_name(model: Model) -> str:
    return f"{model.id}@{model.endpoint}"


@pytest.mark.parametrize("model", list(CATALOG), ids=by_name)
def test_the_catalogue_offers_what_the_sdk_types(model: Model) -> None:
    known = fields(sdk_type(model))
    ours = {param.name.split(".")[0] for param in model.param}
    ours |= {"model", model.prompt.field, *(slot.field for slot in model.input)}
    assert ours == set(known) - NOT_OFFERED


@pytest.mark.parametrize("model", list(CATALOG), ids=by_name)
def test_choices_are_the_literals_of_the_sdk(model: Model) -> None:
    for param in model.param:
        kind = sdk_type(model)
        *parents, leaf = param.name.split(".")
        for parent in parents:
            kind = fields(kind)[parent].type
        literals = get_args(fields(kind)[leaf].type)
        assert set(literals) == set(param.choices), param.name


@pytest.mark.parametrize("model", list(CATALOG), ids=by_name)
def test_what_the_sdk_requires_is_always_sent(model: Model) -> None:
    required = {name for name, field in fields(sdk_type(model)).items() if field.required}
    always = {"model"} | {param.name for param in model.param if param.required}
    always |= {model.prompt.field} if model.prompt.required else set()
    always |= {slot.field for slot in model.input if slot.required}
    assert required == always


def test_frame_positions_are_the_literals_of_the_sdk() -> None:
    for model in CATALOG.of_kind("image"):
        _, frames = get_args(fields(sdk_type(model))["promptImage"].type)
        (item,) = get_args(frames)
        assert set(get_args(fields(item)["position"].type)) == {s.role for s in model.input}
