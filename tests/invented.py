"""A catalogue of invented models that between them have a setting and an input of every kind."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from tests.conftest import ROOT

MODELS = ROOT / "tests" / "catalog" / "every_kind.toml"


def folder(parent: Path) -> Path:
    """A catalogue's folder in `parent`, with these models and what real ones share."""
    made = parent / "catalog"
    made.mkdir()
    for shared in ("endpoints.toml", "shared.toml"):
        shutil.copy(ROOT / "data" / "catalog" / shared, made)
    shutil.copy(MODELS, made)
    return made


def _load() -> Catalog:
    with TemporaryDirectory() as parent:
        return Catalog.load(folder(Path(parent)))


CATALOG = _load()


def model(model_id: str) -> Model:
    """The model of that id."""
    return next(found for found in CATALOG if found.id == model_id)
