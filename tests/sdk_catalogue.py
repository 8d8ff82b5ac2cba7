"""The catalogue beside the installed SDK, both ways: what is missing, extra or different.

Alone: `python -m tests.sdk_catalogue`. After an update of `runwayml` it says what changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from tests.conftest import ROOT
from tests.sdk_types import Leaf, leaves, variants

EXCEPTIONS = {
    "video_to_video aleph2 ratio": "any string is taken and ignored; targetAspectRatio does it",
    "image_to_video klingO3_* references[].position": "frames stand in promptImage here",
    "text_to_image seedream5_lite ratio": "free sizes are left out; the named ones are offered",
    "text_to_image bria_fibo_edit_1_5 referenceImages": "its docstring wants one at least",
}
"""Where the two differ on purpose, and why. `*` stands for any end of a model's id."""
NOTHING: frozenset[str] = frozenset()
TYPES = {"integer": "int", "number": "float", "boolean": "bool"}


def offered(model: Model) -> dict[str, Leaf]:
    """Every place of the bodies that a model's form writes, by its path."""
    found = {"model": Leaf(NOTHING, frozenset({model.id}), True)}
    if model.prompt.offered:
        needed = model.prompt.required and not model.prompt.unless and not model.prompt.when
        found[model.prompt.field] = Leaf(frozenset({"str"}), NOTHING, needed)
    for field in dict.fromkeys(slot.field for slot in model.input):
        found |= _of_inputs(model, field, [slot for slot in model.input if slot.field == field])
    for param in model.param:
        found |= _of_setting(param.name, param, param.required)
    return found


def _of_inputs(model: Model, field: str, slots: list[Slot]) -> dict[str, Leaf]:
    roles = {slot.role for slot in slots}
    needed = any(slot.required for slot in slots) or any(roles >= {*g} for g in model.any_of)
    if slots[0].wire == "uri":
        return {field: Leaf(frozenset({"str"}), NOTHING, needed)}
    kind, path = ("object", field) if slots[0].wire == "object" else ("list", f"{field}[]")
    found = {
        field: Leaf(frozenset({kind}), NOTHING, needed),
        f"{path}.uri": Leaf(frozenset({"str"}), NOTHING, True),
    }
    if positions := frozenset(slot.position for slot in slots if slot.position):
        found[f"{path}.position"] = Leaf(NOTHING, positions, all(s.position for s in slots))
    if slots[0].typed:
        media = frozenset(medium for slot in slots for medium in slot.media)
        found[f"{path}.type"] = Leaf(NOTHING, media, True)
    for slot in slots:
        for param in slot.settings:
            found |= _of_setting(f"{path}.{param.name}", param, param.name in slot.together)
    return found


def _of_setting(path: str, param: Param, required: bool) -> dict[str, Leaf]:
    if param.kind == "shots":
        return {
            path: Leaf(frozenset({"list"}), NOTHING, required),
            f"{path}[].prompt": Leaf(frozenset({"str"}), NOTHING, True),
            f"{path}[].duration": Leaf(frozenset({"int"}), NOTHING, True),
        }
    if param.kind == "colours":
        return {
            path: Leaf(frozenset({"list"}), NOTHING, required),
            f"{path}[]": Leaf(frozenset({"str"}), NOTHING, True),
        }
    types = NOTHING if param.kind == "choice" else frozenset({TYPES.get(param.kind, "str")})
    return {path: Leaf(types, frozenset({*param.choices, *param.outdated}), required)}


def differences(catalog: Catalog) -> Iterator[str]:
    """All differences that no exception names, and the exceptions that nothing needs any more."""
    ours = {(model.endpoint, model.id): model for model in catalog}
    left = set(EXCEPTIONS)
    for endpoint in catalog.endpoints:
        typed = variants(endpoint)
        for model_id, kind in typed.items():
            model = ours.get((endpoint, model_id))
            if model is None:
                yield f"{endpoint} {model_id}: the SDK has it, the catalogue does not"
                continue
            for place, said in _between(model, leaves(kind)):
                if name := _exception(endpoint, model_id, place):
                    left.discard(name)
                else:
                    yield f"{endpoint} {model_id} {place}: {said}"
        for model in ours.values():
            if model.endpoint == endpoint and (model.status == "current") != (model.id in typed):
                yield f"{endpoint} {model.id}: {model.status} here, and not so in the SDK"
    yield from (f"{name}: the exception is not needed" for name in sorted(left))


def _between(model: Model, typed: dict[str, Leaf]) -> Iterator[tuple[str, str]]:
    mine = offered(model) | _parents(model)
    untyped = [path for path, leaf in typed.items() if leaf.types == {"anything"}]
    for path in dict.fromkeys([*typed, *mine]):
        if any(path.startswith(start) for start in untyped):
            continue  # the SDK itself does not say what stands there
        if path not in mine:
            yield path, f"missing; the SDK takes {typed[path]}"
        elif path not in typed:
            yield path, f"extra; we send {mine[path]}"
        elif mine[path] != typed[path]:
            yield path, _difference(mine[path], typed[path])


def _difference(mine: Leaf, typed: Leaf) -> str:
    """Of choices only what differs: there can be fifty."""
    if (mine.types, mine.required) != (typed.types, typed.required):
        return f"we send {mine}; the SDK takes {typed}"
    sides = {"we lack": typed.choices - mine.choices, "we add": mine.choices - typed.choices}
    return "; ".join(f"{what} {sorted(c, key=str)}" for what, c in sides.items() if c)


def _parents(model: Model) -> dict[str, Leaf]:
    """The objects that dots in names make, none of which a body needs."""
    names = [param.name for param in model.param]
    names += [f"{s.field}[].{param.name}" for s in model.input for param in s.settings]
    parents = {name.rpartition(".")[0] for name in names if "." in name}
    parents = {name for name in parents if not name.endswith("[]") and name}
    return {name: Leaf(frozenset({"object"}), NOTHING, False) for name in parents}


def _exception(endpoint: str, model_id: str, place: str) -> str:
    for name in EXCEPTIONS:
        where, who, what = name.split()
        if (where, what) != (endpoint, place):
            continue
        if who == model_id or (who.endswith("*") and model_id.startswith(who[:-1])):
            return name
    return ""


def main() -> int:
    """Print the report; 1 where anything differs."""
    catalog = by_provider.only(Catalog.load(ROOT / "data" / "catalog"), "runway")
    models = [model for model in catalog if model.status == "current"]
    found = list(differences(catalog))
    places = sum(len(offered(model)) for model in models)
    print(f"{len(models)} models with {places} places beside runwayml {version('runwayml')}")  # noqa: T201
    for line in [*found, *(f"on purpose: {name}: {why}" for name, why in EXCEPTIONS.items())]:
        print(f"  {line}")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
