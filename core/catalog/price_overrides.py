"""Prices that an owner of Dailies corrects: a file beside the history, in place of our own rows.

    [[model]]
    endpoint = "text_to_video"
    id = "its id"
      [[model.price]]
      per_second = 14
      source = "https://docs.dev.runwayml.com/guides/pricing"
      checked = 2026-11-20

The rows are those of the catalogue, and take the place of all rows of that model. What is wrong in
the file is said, and left out; the rest holds.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.catalog.catalog import Catalog
from core.catalog.consistency import complaints
from core.catalog.model import Model
from core.catalog.params import Entry
from core.catalog.prices import Price

FILE = "prices.toml"
LARGEST = 1_000_000
"""In bytes: a larger file is no list of prices."""
Key = tuple[str, str]
"""Endpoint and id of a model."""


class Correction(Entry):
    endpoint: str
    id: str
    price: tuple[Price, ...] = ()


@dataclass(frozen=True)
class Overrides:
    """What a file corrects, and sentences on what in it cannot be used."""

    prices: dict[Key, tuple[Price, ...]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def read(path: Path, catalog: Catalog) -> Overrides:
    """The file at `path`, held against the catalogue. Where there is none, nothing is corrected."""
    try:
        data = _toml(path)
    except (OSError, ValueError, RecursionError) as error:
        return Overrides(faults=(f"{path.name} cannot be read: {error}.",))
    blocks = data.pop("model", [])
    faults = [f"{path.name}: “{name}” is not known; it holds [[model]] alone." for name in data]
    prices: dict[Key, tuple[Price, ...]] = {}
    for number, block in enumerate(blocks if isinstance(blocks, list) else [blocks], 1):
        try:
            model = _corrected(block, catalog)
            if (model.endpoint, model.id) in prices:
                raise ValueError("it stands twice, and the first holds.")
        except ValueError as error:
            faults.append(f"{path.name}: {_name(block, number)}: {_sentence(error)}")
        else:
            prices[model.endpoint, model.id] = model.price
    return Overrides(prices, tuple(faults))


def _toml(path: Path) -> dict[str, Any]:
    """Empty where there is no file. Raises OSError, ValueError or RecursionError."""
    if not path.exists():
        return {}
    if path.stat().st_size > LARGEST:
        raise ValueError("it is too large")
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _corrected(block: object, catalog: Catalog) -> Model:
    """Raises ValueError."""
    wanted = Correction.model_validate(block)
    model = catalog.find(wanted.endpoint, wanted.id)
    if model is None:
        raise ValueError("there is no such model on this endpoint.")
    if not wanted.price:
        raise ValueError("it has no [[model.price]].")
    corrected = model.model_copy(update={"price": wanted.price})
    for complaint in complaints(corrected):
        raise ValueError(f"{complaint}.")
    return corrected


def _name(block: object, number: int) -> str:
    if isinstance(block, dict) and {"id", "endpoint"} <= block.keys():
        return f"{block['id']} on {block['endpoint']}"
    return f"model {number}"


def _sentence(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    where = ", ".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said}." if where else f"{said}."
