"""What was spent in a period, as a card and as a table by model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.catalog.prices import CREDIT_USD, dollars
from core.storage.history import ModelSpend
from pages.ui import formatting


def card(period: str, models: Sequence[ModelSpend]) -> None:
    count = sum(model.generations for model in models)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{period}** · {count:,} generation{'' if count == 1 else 's'}")
        with st.container(horizontal=True):
            _figure("Spent", sum(model.settled for model in models))
            _figure("Not final", sum(model.pending for model in models))


def by_model(models: Sequence[ModelSpend], names: Mapping[str, str]) -> None:
    plain = st.column_config.NumberColumn(format="localized")
    dollar = st.column_config.NumberColumn(format="dollar")
    st.dataframe(
        [
            {
                "Model": formatting.model(model.model, names),
                "Made": model.generations,
                "Spent": model.settled,
                "Not final": model.pending,
                "Dollars": float((model.settled + model.pending) * CREDIT_USD),
            }
            for model in models
        ],
        hide_index=True,
        column_config={"Spent": plain, "Not final": plain, "Dollars": dollar},
        alt="Credits by model",
    )


def _figure(label: str, credits: int) -> None:
    st.metric(label, f"{credits:,}", dollars(credits), delta_color="off", delta_arrow="off")
