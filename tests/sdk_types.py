"""What the installed `runwayml` types about each create call, by introspection."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic import BaseModel, ConfigDict, Field, create_model
from runwayml._utils import PropertyInfo

WRAPPERS = (typing.Required, typing_extensions.Required)


@dataclass(frozen=True)
class Entry:
    """A field of a TypedDict: its type, whether it must be there, its name in Python."""

    type: Any
    required: bool
    name: str


def variants(endpoint: str) -> dict[str, Any]:
    """Model id to the TypedDict of its body, of one endpoint."""
    module = importlib.import_module(f"runwayml.types.{endpoint}_create_params")
    whole = getattr(module, module.__all__[0])
    found = {}
    for kind in members(whole):
        (model_id,) = get_args(fields(kind)["model"].type)
        found[model_id] = kind
    return found


def fields(kind: Any) -> dict[str, Entry]:
    """A TypedDict's fields by their name on the wire."""
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        required, alias = False, name
        while get_origin(hint) in (typing.Annotated, *WRAPPERS):
            if get_origin(hint) is typing.Annotated:
                (info,) = hint.__metadata__
                assert isinstance(info, PropertyInfo)
                alias = info.alias or alias
                hint = hint.__origin__
            else:
                required = True
                (hint,) = get_args(hint)
        found[alias] = Entry(hint, required, name)
    return found


def members(kind: Any) -> tuple[Any, ...]:
    """The types of a union; a type alone is its own."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def item(kind: Any) -> Any:
    """The type of the items of a list; None for what is no list."""
    origin = get_origin(kind)
    return get_args(kind)[0] if origin not in (None, Literal, Union, UnionType) else None


def is_object(kind: Any) -> bool:
    """True for a TypedDict."""
    return typing_extensions.is_typeddict(kind)


# -- what a body may be, leaf by leaf --------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """One place in a body: the names of its types, its choices, whether its parent needs it."""

    types: frozenset[str]
    choices: frozenset[Any]
    required: bool

    def __str__(self) -> str:
        shown = [*sorted(self.types), *(repr(c) for c in sorted(self.choices, key=str))]
        return f"{' | '.join(shown)}{', required' if self.required else ''}"


def leaves(kind: Any) -> dict[str, Leaf]:
    """Every place of a TypedDict by its path, such as `keyframes[].range.start_seconds`."""
    found: dict[str, Leaf] = {}
    for name, entry in fields(kind).items():
        for path, leaf in _places(name, entry.type, entry.required):
            found[path] = leaf
    return found


def _places(path: str, kind: Any, required: bool) -> Iterator[tuple[str, Leaf]]:
    options = members(kind)
    lists = [option for option in options if item(option)]
    objects = [option for option in options if is_object(option)]
    if lists:  # an address alone is short for a list of one
        yield path, Leaf(frozenset({"list"}), frozenset(), required)
        inner = item(lists[0])
        if any(is_object(member) for member in members(inner)):
            yield from _inside(f"{path}[]", members(inner))
        else:
            yield from _places(f"{path}[]", inner, True)
    elif objects:
        yield path, Leaf(frozenset({"object"}), frozenset(), required)
        yield from _inside(path, objects)
    else:
        choices = frozenset(c for o in options if get_origin(o) is Literal for c in get_args(o))
        plain = [option for option in options if get_origin(option) is not Literal]
        types = frozenset("anything" if o is object else o.__name__ for o in plain)
        yield path, Leaf(types, choices, required)


def _inside(path: str, kinds: typing.Sequence[Any]) -> Iterator[tuple[str, Leaf]]:
    """The places of one object, or of several between which a body chooses."""
    each = [leaves(kind) for kind in kinds]
    for name in dict.fromkeys(name for known in each for name in known):
        known = [places[name] for places in each if name in places]
        types = frozenset().union(*(leaf.types for leaf in known))
        choices = frozenset().union(*(leaf.choices for leaf in known))
        required = len(known) == len(each) and all(leaf.required for leaf in known)
        if "." in name or "[]" in name:  # of an object that is there: its own parts count
            required = all(leaf.required for leaf in known)
        yield f"{path}.{name}", Leaf(types, choices, required)


# -- a strict judge of whole bodies ----------------------------------------------------------------


def judge(kind: Any) -> type[BaseModel]:
    """A model of a TypedDict that takes exactly its fields, by their names on the wire."""
    taken: dict[str, Any] = {
        entry.name: (_strict(entry.type), Field(... if entry.required else None, alias=alias))
        for alias, entry in fields(kind).items()
    }
    config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())
    return create_model(kind.__name__, __config__=config, **taken)


def _strict(kind: Any) -> Any:
    if is_object(kind):
        return judge(kind)
    if len(members(kind)) > 1:
        return Union[tuple(_strict(member) for member in members(kind))]  # noqa: UP007
    if inner := item(kind):
        return list[_strict(inner)]  # type: ignore[misc]
    return Any if kind is object else kind
