"""A table below a chart, or in the open, with its figures as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from core.export.tables import as_csv

WHOLE = st.column_config.NumberColumn(format="localized")
TENTH = st.column_config.NumberColumn(format="%.1f")
DOLLAR = st.column_config.NumberColumn(format="dollar")
FORMATS = {
    "Generations": WHOLE,
    "Spent": WHOLE,
    "Not final": WHOLE,
    "Dollars": DOLLAR,
    "So far": WHOLE,
    "Approved": WHOLE,
    "Per approved clip": TENTH,
    "Takes per approved": TENTH,
    "On rejected": WHOLE,
    "On failures": WHOLE,
    "Repeat orders": WHOLE,
}
"""How the figures of each column are shown."""
AMOUNTS = (
    "Spent",
    "Not final",
    "So far",
    "Per approved clip",
    "On rejected",
    "On failures",
    "Repeat orders",
)
"""The columns of amounts, of which each is in the measure of the page."""
Rows = Sequence[Mapping[str, object]]


def show(rows: Rows, name: str, alt: str, *, in_dollars: bool = False) -> None:
    """A table of figures; `name` is its file's."""
    formats = FORMATS | dict.fromkeys(AMOUNTS, DOLLAR) if in_dollars else FORMATS
    st.dataframe(rows, hide_index=True, column_config=formats, placeholder="—", alt=alt)
    st.download_button(
        "CSV",
        partial(as_csv, rows),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def folded(rows: Rows, name: str, alt: str, *, in_dollars: bool = False) -> None:
    with st.expander("As a table", icon=":material/table:"):
        show(rows, name, alt, in_dollars=in_dollars)
