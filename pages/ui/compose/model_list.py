"""The list of models to choose from: by maker, with what each costs and how long it takes here."""

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
    """Draw it for these models; `choose` is called with the key of the one that is chosen."""
    paces = _paces(studio, tuple(one.id for one in models), studio.settings.demo)
    component("compose/model_list")(
        data={"chosen": key(chosen), "groups": _groups(studio, models, paces)},
        key=MODELS,
        on_choose_change=lambda: choose(str(message(MODELS, "choose"))),
    )


def key(model: Model) -> str:
    """What the browser calls it."""
    return f"{model.endpoint}/{model.id}"


def _groups(
    studio: Studio, models: Sequence[Model], paces: Mapping[str, float]
) -> list[dict[str, Any]]:
    """By maker, in the catalogue's order; those of unknown price below, retired ones below all."""
    groups: dict[str, list[Model]] = {}
    for one in sorted(models, key=lambda one: (one.status == "retired", not one.price)):
        groups.setdefault(_group(one), []).append(one)
    return [
        {"name": name, "models": [_told(studio, one, paces.get(one.id)) for one in members]}
        for name, members in groups.items()
    ]


def _group(model: Model) -> str:
    if model.status == "retired":
        return RETIRED
    return model.vendor if model.price else NO_PRICE


def _told(studio: Studio, model: Model, pace: float | None) -> dict[str, Any]:
    measured = "" if pace is None else f"about {formatting.seconds(pace)} here"
    return {
        "key": key(model),
        "name": model.name,
        "price": formatting.rate(model, studio.catalog.suppliers[model.provider]),
        "pace": measured or model.speed.lower(),
        "about": model.about,
        "old": model.status == "retired",
    }


@st.cache_data(ttl=FRESH, max_entries=64, show_spinner=False)
def _paces(_studio: Studio, models: Sequence[str], demo: bool) -> dict[str, float]:
    return _studio.history.typical_seconds(models, demo=demo)
