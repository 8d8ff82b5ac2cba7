"""The catalogue: every model of data/catalog, loaded and checked.

A TOML block is one model on one endpoint; adding a model changes no Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import CatalogError
from core.models import Entry, Model


class _File(Entry):
    model: tuple[Model, ...]


class Catalog:
    """Every model, by endpoint and id, in the order of the files."""

    def __init__(self, models: Mapping[tuple[str, str], Model]) -> None:
        self._models = dict(models)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    @classmethod
    def load(cls, folder: Path) -> Catalog:
        """Read every TOML file of `folder`. Raises CatalogError naming file, model and field."""
        models: dict[tuple[str, str], Model] = {}
        for path in sorted(folder.glob("*.toml")):
            for model in _read(path):
                if (model.endpoint, model.id) in models:
                    raise CatalogError(f"{path.name}: {model.id} on {model.endpoint} stands twice.")
                models[model.endpoint, model.id] = model
        if not models:
            raise CatalogError(
                f"No model in {folder}.", "The folder data/catalog belongs to Dailies."
            )
        return cls(models)

    def find(self, endpoint: str, model_id: str) -> Model | None:
        """The model, or None when the catalogue has never heard of it."""
        return self._models.get((endpoint, model_id))

    def of_kind(self, kind: str) -> list[Model]:
        """The current models for what a person has: text, image."""
        return [m for m in self if m.kind == kind and m.status == "current"]

    @cached_property
    def kinds(self) -> list[str]:
        """Every kind of start, in the order of the files."""
        return list(dict.fromkeys(model.kind for model in self))

    @cached_property
    def names(self) -> dict[str, str]:
        """Model id to the name on the screen."""
        return {model.id: model.name for model in self}


def _read(path: Path) -> tuple[Model, ...]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name} cannot be read: {error}.") from error
    try:
        return _File.model_validate(data).model
    except ValidationError as error:
        raise CatalogError(f"{path.name}: {_where(data, error)}") from error


def _where(data: Mapping[str, Any], error: ValidationError) -> str:
    """The first complaint, with the model's own id in place of its index."""
    first = error.errors(include_url=False)[0]
    location = list(first["loc"])
    if len(location) > 1 and location[0] == "model" and isinstance(location[1], int):
        entry = data["model"][location[1]]
        if isinstance(entry, dict):
            location[:2] = [f"{entry.get('id', '?')} on {entry.get('endpoint', '?')}"]
    message = first["msg"].removeprefix("Value error, ")
    return f"{', '.join(map(str, location)) or 'the file'}: {message}."
