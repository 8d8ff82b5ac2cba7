"""The catalogue: every model of data/catalog, to be found by what a request asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from core.catalog.consistency import every_setting
from core.catalog.loader import Endpoint, load
from core.catalog.model import Model
from core.catalog.params import ROLE_KINDS, Role
from core.catalog.prices import Price
from core.catalog.suppliers import Supplier, Suppliers
from core.generations import FIRST_PROVIDER, Request


class Catalog:
    """Every model, by endpoint and id, in the order of endpoints and files."""

    def __init__(
        self,
        models: Mapping[tuple[str, str], Model],
        endpoints: Mapping[str, Endpoint],
        suppliers: Suppliers,
    ) -> None:
        self._models = dict(models)
        self.endpoints = dict(endpoints)
        self.suppliers = suppliers

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    @classmethod
    def load(cls, folder: Path) -> Catalog:
        """Raises CatalogError naming file, model and field."""
        return cls(*load(folder))

    def with_prices(self, prices: Mapping[tuple[str, str], tuple[Price, ...]]) -> Catalog:
        models = {
            key: model.model_copy(update={"price": prices[key]}) if key in prices else model
            for key, model in self._models.items()
        }
        return Catalog(models, self.endpoints, self.suppliers)

    def find(self, endpoint: str, model_id: str) -> Model | None:
        return self._models.get((endpoint, model_id))

    def of_kind(self, kind: str, *, retired: bool = False) -> list[Model]:
        """The current models of a kind, then the retired ones if asked. A model with several
        endpoints of this kind appears once for each."""
        known = [model for model in self if model.kind == kind]
        current = [model for model in known if model.status == "current"]
        return current + [m for m in known if m.status == "retired"] if retired else current

    def successor(self, model: Model) -> Model | None:
        same = [m for m in self if m.id == model.successor and m.status == "current"]
        return next(
            (m for m in same if m.endpoint == model.endpoint),
            next((m for m in same if m.kind == model.kind), None),
        )

    def supplier(self, request: Request) -> Supplier:
        model = self.find(request.endpoint, request.model)
        return self.suppliers[model.provider if model else FIRST_PROVIDER]

    def name_in(self, request: Request, role: Role) -> str:
        """The name of the request's setting with that role; empty where it has none. For a model
        that is gone, by the names that other models use."""
        model = self.find(request.endpoint, request.model)
        param = model.setting_with_role(role) if model else None
        names = [param.name] if param else []
        return next((n for n in (*names, *self.names_of(role)) if n in request.params), "")

    def names_of(self, role: Role) -> tuple[str, ...]:
        return self._names[role]

    @cached_property
    def _names(self) -> Mapping[Role, tuple[str, ...]]:
        settings = [param for model in self for param in every_setting(model)]
        return {
            role: tuple(dict.fromkeys(param.name for param in settings if param.role == role))
            for role in ROLE_KINDS
        }

    @cached_property
    def kinds(self) -> list[str]:
        present = {model.kind for model in self}
        kinds = dict.fromkeys(endpoint.kind for endpoint in self.endpoints.values())
        return [kind for kind in kinds if kind in present]

    @cached_property
    def names(self) -> dict[str, str]:
        return {model.id: model.name for model in self}
