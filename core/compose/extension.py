"""A clip that goes on: its last frame becomes the first one of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.slots import Slot
from core.generations import Input, Request

ENDS = ("first", "last")
"""Positions of inputs that belong to one clip only."""


def opening(model: Model) -> Slot | None:
    return next((slot for slot in model.input if slot.position == "first"), None)


def models(request: Request, catalog: Catalog) -> list[Model]:
    """The models that can begin with a frame, those closest to the request's own first."""
    old = catalog.find(request.endpoint, request.model)

    def distance(model: Model) -> tuple[bool, bool, bool]:
        return (
            (model.endpoint, model.id) != (request.endpoint, request.model),
            model.id != request.model,
            old is None or model.vendor != old.vendor,
        )

    fitting = [
        model
        for model in catalog
        if model.status == "current"
        and catalog.endpoints[model.endpoint].makes == "video"
        and opening(model)
    ]
    return sorted(fitting, key=distance)


def extended(request: Request, model: Model, frame: str, old: Model | None) -> Request:
    slot = opening(model)
    assert slot
    return replace(request, inputs=(Input(slot.role, frame), *_others(request.inputs, old)))


def _others(inputs: Iterable[Input], old: Model | None) -> Iterable[Input]:
    for item in inputs:
        slot = old.slot(item.role) if old else None
        if slot is None or slot.position not in ENDS:
            yield item
