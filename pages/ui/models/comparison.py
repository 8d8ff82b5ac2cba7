"""Every model in one table, to sort and to filter; the row that is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.catalog.model import Model
from pages.ui import formatting
from pages.ui.models import guide

COLUMNS = {
    "Credits": st.column_config.NumberColumn(
        format="localized", help="With its default settings. Empty where that is not known."
    ),
    "A second, from": st.column_config.NumberColumn(format="%g"),
    "to": st.column_config.NumberColumn(format="%g"),
    "Price differed": st.column_config.NumberColumn(
        help="How often Runway's price was another than ours."
    ),
}


def filtered(models: Sequence[Model]) -> list[Model]:
    """Draw the filters; the models that they let through."""
    kinds = list(dict.fromkeys(model.kind for model in models))
    makers = sorted({model.vendor for model in models})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        search = st.text_input(
            "Search", key="models_search", icon=":material/search:", placeholder="Name or purpose"
        )
        kind = st.multiselect("For", kinds, key="models_kind", format_func=formatting.kind)
        maker = st.multiselect("Made by", makers, key="models_maker")
        retired = st.toggle("Show retired models", key="models_retired")
    wanted = (search or "").casefold().split()
    return [
        model
        for model in models
        if (retired or model.status == "current")
        and (not kind or model.kind in kind)
        and (not maker or model.vendor in maker)
        and all(word in _text(model) for word in wanted)
    ]


def table(models: Sequence[Model], misquoted: Mapping[tuple[str, str], int]) -> Model | None:
    """One row a model; the one whose row is chosen."""
    if not models:
        st.info("No model fits these filters.", icon=":material/filter_alt_off:")
        return None
    chosen = st.dataframe(
        [_row(model, misquoted.get((model.endpoint, model.id), 0)) for model in models],
        key="models_table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config=COLUMNS,
        placeholder="—",
        alt="Models compared",
    )
    rows = chosen["selection"]["rows"]
    return models[rows[0]] if rows and rows[0] < len(models) else None


def _row(model: Model, misquoted: int) -> dict[str, Any]:
    rates = [float(rate) for rate in model.rates]
    return {
        "Model": model.name,
        "Does": model.does,
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
        "Price differed": misquoted or None,
    }


def _text(model: Model) -> str:
    return f"{model.name} {model.id} {model.about} {model.vendor} {model.pick_for}".casefold()
