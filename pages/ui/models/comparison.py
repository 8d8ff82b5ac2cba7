"""Models side by side in one table, to sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.catalog.model import Model
from core.storage.making.precedents import Misquote
from pages.ui.models import guide

COLUMNS = {
    "Credits": st.column_config.NumberColumn(
        format="localized", help="With its default settings. Empty where that is not known."
    ),
    "A second, from": st.column_config.NumberColumn(format="%g"),
    "to": st.column_config.NumberColumn(format="%g"),
    "Price differed": st.column_config.NumberColumn(
        help="How often the provider's price was another than ours."
    ),
}


def table(models: Sequence[Model], misquoted: Mapping[tuple[str, str], Misquote]) -> None:
    st.dataframe(
        [_row(model, misquoted.get((model.endpoint, model.id))) for model in models],
        hide_index=True,
        column_config=COLUMNS,
        placeholder="—",
        alt="Models compared",
    )


def _row(model: Model, misquoted: Misquote | None) -> dict[str, Any]:
    rates = [float(rate) for rate in model.rates]
    return {
        "Model": model.name,
        "What it does": model.does,
        "Credits": model.quote(model.defaults),
        "A second, from": rates[0] if rates else None,
        "to": rates[-1] if rates else None,
        "Takes": guide.takes(model),
        "Makes": guide.MADE[model.makes],
        "Length": guide.length(model),
        "Shapes": guide.shapes(model),
        "Sound": guide.sound(model),
        "Speed": model.speed,
        "Made by": model.vendor,
        "Status": "Retired" if model.status == "retired" else "Current",
        "Price differed": misquoted.times if misquoted else None,
    }
