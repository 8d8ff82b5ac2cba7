"""The settings of a request in words, by their names in the catalogue."""

from __future__ import annotations

from core.catalog.model import Model
from core.catalog.params import Param
from core.compose.convert import measured, shown
from core.generations import Request, Value
from pages.ui import formatting


def named(model: Model | None, request: Request) -> dict[str, str]:
    """Every setting that was sent; what the catalogue does not know is last, as Other."""
    known = {
        "Model": model.name if model else request.model,
        "Starts from": formatting.KIND.get(model.kind, model.kind) if model else request.endpoint,
    }
    unknown = []
    for name, value in request.params.items():
        if param := model.setting(name) if model else None:
            known[param.label] = value_of(param, value)
        else:
            unknown.append(f"{name}: {shown(value)}")
    return known | ({"Other": "\n".join(unknown)} if unknown else {})


def value_of(param: Param, value: Value) -> str:
    if isinstance(value, bool):
        return formatting.sentence(shown(value))
    if param.is_shape and not param.complaint(value):
        return formatting.ratio(str(value))
    return param.names.get(str(value)) or measured(value, param.unit)
