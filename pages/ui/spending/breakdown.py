"""What credits bought: by model, kind, person, project, batch or state, as chart and table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.catalog.prices import CREDIT_USD
from core.storage.bitmaps.dimensions import Value
from core.storage.spending.bought import Bought, together
from core.studio import Studio
from pages.ui import charts, formatting
from pages.ui.spending import tables
from pages.ui.spending.periods import Days

BY = {
    "Model": "model",
    "Kind": "kind",
    "Person": "author",
    "Project": "project",
    "Batch": "batch",
    "State": "review",
}
"""The names appear in addresses, so they never change."""
NOBODY = {"author": "No name", "project": "No project", "batch": "No batch"}
MOST_BARS, MOST_BATCHES = 12, 10_000
HELP = {
    "For one approved": "All credits of these days, divided by the clips that were approved.",
    "Takes for one": "Clips that were made for each one that was approved.",
    "On rejected": "Credits of clips that were rejected.",
    "On failures": "Credits of what failed or was cancelled, and was not refunded.",
    "Ordered again": "Credits of exactly the same order once more.",
}


def figures(spent: Sequence[Bought]) -> None:
    """What one approved clip cost, and what led to none."""
    sums = together(spent)
    with st.container(horizontal=True, gap="medium"):
        for name, shown in {
            "Approved": f"{sums.approved:,}",
            "For one approved": _tenths(sums.per_approved),
            "Takes for one": _tenths(sums.takes_per_approved),
            "On rejected": f"{sums.rejected:,}",
            "On failures": f"{sums.failed:,}",
            "Ordered again": f"{sums.repeated:,}",
        }.items():
            st.metric(name, shown, help=HELP.get(name), width="content")


def show(studio: Studio, days: Days) -> None:
    by = st.segmented_control(
        "By",
        list(BY),
        key="by",
        bind="query-params",
        default="Model",
        required=True,
        label_visibility="collapsed",
    )
    column = by or "Model"
    dimension = BY[column]
    demo = studio.settings.demo
    spent = studio.history.bought(dimension, demo=demo, since=days.first, until=days.last)
    name = _names(studio, dimension)
    charts.ranked([(name(one.value), one.settled, one.pending) for one in spent[:MOST_BARS]])
    if len(spent) > MOST_BARS:
        st.caption(f"The dearest {MOST_BARS} of {len(spent):,}; the table has them all.")
    rows = [_row(column, name(one.value), one) for one in spent]
    tables.show(rows, f"credits-by-{column.lower()}", f"Credits by {column.lower()}")


def _names(studio: Studio, dimension: str) -> Callable[[Value | None], str]:
    """What each value of the dimension is called on the screen."""
    known: dict[Value, str] = {}
    if dimension == "model":
        return lambda value: formatting.model(str(value or ""), studio.catalog.names)
    if dimension == "kind":
        return lambda value: formatting.kind(str(value or ""))
    if dimension == "project":
        known = {one.id: one.name for one in studio.projects.all()}
    if dimension == "batch":
        known = {one.id: one.name for one in studio.batches.newest(MOST_BATCHES)}
    if dimension == "review":
        known.update(formatting.REVIEW.items())
    return lambda value: known.get(value, str(value)) if value else NOBODY[dimension]


def _row(column: str, name: str, one: Bought) -> dict[str, object]:
    return {
        column: name,
        "Generations": one.generations,
        "Spent": one.settled,
        "Not final": one.pending,
        "Dollars": float(one.spent * CREDIT_USD),
        "Approved": one.approved,
        "For one approved": one.per_approved,
        "Takes for one": one.takes_per_approved,
        "On rejected": one.rejected,
        "On failures": one.failed,
        "Ordered again": one.repeated,
    }


def _tenths(figure: float | None) -> str:
    return "—" if figure is None else f"{figure:,.1f}"
