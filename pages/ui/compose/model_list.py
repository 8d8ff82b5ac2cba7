"""The list of models to choose from: by maker and provider, with what each costs and how long it
takes here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.catalog.model import Model
from core.studio import Studio
from pages.ui import formatting
from pages.ui.components import component, message
from pages.ui.compose.form_state import MODELS

FRESH = 60
"""Seconds before the pace of the models is measured again."""
NO_PRICE, RETIRED = "Price not known", "Retired"


def show(
    studio: Studio, models: Sequence[Model], chosen: Model, choose: Callable[[str], None]
) -> None:
    """Draw it for these models; `choose` is called with the key of the chosen one."""
    paces = _paces(studio, tuple(one.id for one in models), studio.settings.demo)
    component("compose/model_list")(
        data={"chosen": key(chosen), "groups": _groups(studio, models, paces)},
        key=MODELS,
        on_choose_change=lambda: choose(str(message(MODELS, "choose"))),
    )


def key(model: Model) -> str:
    return f"{model.endpoint}/{model.id}"


def _groups(
    studio: Studio, models: Sequence[Model], paces: Mapping[str, float]
) -> list[dict[str, Any]]:
    """By maker, in the catalogue's order; below them those of unknown price, those of providers
    without a key, and retired ones."""
    groups: dict[str, list[Model]] = {}

    def low(one: Model) -> tuple[bool, bool, bool]:
        return one.status == "retired", not studio.compose.is_reached(one), not one.price

    for one in sorted(models, key=low):
        groups.setdefault(_group(studio, one), []).append(one)
    return [
        {"name": name, "models": [_told(studio, one, paces.get(one.id)) for one in members]}
        for name, members in groups.items()
    ]


def _group(studio: Studio, model: Model) -> str:
    at = studio.catalog.suppliers[model.provider].title
    if model.status == "retired":
        return RETIRED
    if not studio.compose.is_reached(model):
        return f"{at}: no key"
    if not model.price:
        return NO_PRICE
    return model.vendor if model.provider == studio.accounts.usual else f"{model.vendor} at {at}"


def _told(studio: Studio, model: Model, pace: float | None) -> dict[str, Any]:
    measured = "" if pace is None else f"about {formatting.seconds(pace)} here"
    return {
        "key": key(model),
        "name": model.name,
        "price": _price(studio, model),
        "pace": measured or model.speed.lower(),
        "about": model.about,
        "old": model.status == "retired",
    }


def _price(studio: Studio, model: Model) -> str:
    """In its provider's credits, and in dollars where others have credits of their own."""
    of = studio.catalog.suppliers[model.provider]
    usual, said = model.quote(model.defaults), formatting.rate(model, of)
    worth = of.dollars(usual) if usual is not None else ""
    return said if model.provider == studio.accounts.usual or not worth else f"{said} · {worth}"


@st.cache_data(ttl=FRESH, max_entries=64, show_spinner=False)
def _paces(_studio: Studio, models: Sequence[str], demo: bool) -> dict[str, float]:
    return _studio.history.typical_seconds(models, demo=demo)
