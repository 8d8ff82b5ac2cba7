"""A catalogue by those who make its models: one's own, those in front that are reached, and the
same model at two of them."""

from __future__ import annotations

from collections.abc import Container, Iterable

from core.catalog.catalog import Catalog
from core.catalog.loader import Endpoint
from core.catalog.model import Model


def only(catalog: Catalog, provider: str) -> Catalog:
    return _of(catalog, (one for one in catalog.endpoints.values() if one.provider == provider))


def led_by(catalog: Catalog, providers: Container[str]) -> Catalog:
    endpoints = catalog.endpoints.values()
    return _of(catalog, sorted(endpoints, key=lambda one: one.provider not in providers))


def same(catalog: Catalog, model: Model) -> Model | None:
    others = (
        one
        for one in catalog.of_kind(model.kind)
        if one.provider != model.provider and (one.same_as == model.id or model.same_as == one.id)
    )
    return next(others, None)


def _of(catalog: Catalog, endpoints: Iterable[Endpoint]) -> Catalog:
    kept = {one.id: one for one in endpoints}
    models = {
        (model.endpoint, model.id): model
        for endpoint in kept
        for model in catalog
        if model.endpoint == endpoint
    }
    return Catalog(models, kept, catalog.suppliers)
