"""What credits bought: by model, kind, person, project, batch or state, as chart and table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.accounting.spending import Measure
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
MOST_BARS = 12
HELP = {
    "Per approved clip": "All that these days cost, divided by the clips that were approved.",
    "Takes per approved": "Clips that were made for each one that was approved.",
    "On rejected": "What rejected clips cost.",
    "On failures": "What failed or was cancelled, and was not refunded.",
    "Repeat orders": "Exactly the same order once more.",
}


def figures(spent: Sequence[Bought], measure: Measure) -> None:
    """What one approved clip cost, and what was spent in vain."""
    sums = together(spent)
    with st.container(horizontal=True, gap="medium"):
        for name, shown in {
            "Approved": f"{sums.approved:,}",
            "Per approved clip": _each(sums.per_approved, measure),
            "Takes per approved": _tenths(sums.takes_per_approved),
            "On rejected": measure.text(sums.rejected),
            "On failures": measure.text(sums.failed),
            "Repeat orders": measure.text(sums.repeated),
        }.items():
            st.metric(name, shown, help=HELP.get(name), width="content")


def show(studio: Studio, days: Days, measure: Measure) -> None:
    names = BY | {"Provider": "provider"} if measure.is_dollars else BY
    by = st.segmented_control(
        "By",
        list(names),
        key="by",
        bind="query-params",
        default="Model",
        required=True,
        label_visibility="collapsed",
    )
    column = by or "Model"
    dimension = names[column]
    spent = studio.spending.bought(dimension, days.first, days.last)
    name = _names(studio, dimension, spent)
    bars = [
        (name(one.value), measure.figure(one.settled), measure.figure(one.pending))
        for one in spent[:MOST_BARS]
    ]
    charts.ranked(bars, measure.unit)
    if len(spent) > MOST_BARS:
        st.caption(f"The {MOST_BARS} that cost most of {len(spent):,}; the table has them all.")
    credits = (
        studio.spending.credits(dimension, days.first, days.last) if measure.is_dollars else {}
    )
    rows = [
        _row(column, name(one.value), one, measure) | _credits(measure, credits.get(one.value, {}))
        for one in spent
    ]
    file, alt = f"{measure.unit}-by-{column}".lower(), f"{measure.unit} by {column.lower()}"
    tables.show(rows, file, alt, in_dollars=measure.is_dollars)


def _names(
    studio: Studio, dimension: str, spent: Sequence[Bought]
) -> Callable[[Value | None], str]:
    known: dict[Value, str] = {}
    if dimension == "model":
        return lambda value: formatting.model(str(value or ""), studio.catalog.names)
    if dimension == "kind":
        return lambda value: formatting.kind(str(value or ""))
    if dimension == "provider":
        return lambda value: studio.catalog.suppliers[str(value)].title
    if dimension == "project":
        known.update(studio.projects.names().items())
    if dimension == "batch":
        known.update(studio.batches.names([str(one.value) for one in spent if one.value]))
    if dimension == "review":
        known.update(formatting.REVIEW.items())
    return lambda value: known.get(value, str(value)) if value else NOBODY[dimension]


def _credits(measure: Measure, spent: Mapping[str, Bought]) -> dict[str, object]:
    """In each provider's credits, in a column of its own, if there are several."""
    return {
        f"{of.title} credits": spent[of.id].spent if of.id in spent else 0
        for of in (measure.suppliers if measure.is_dollars else ())
    }


def _row(column: str, name: str, one: Bought, measure: Measure) -> dict[str, object]:
    return {
        column: name,
        "Generations": one.generations,
        "Spent": measure.figure(one.settled),
        "Not final": measure.figure(one.pending),
        **({} if measure.is_dollars else {"Dollars": measure.worth(one.spent)}),
        "Approved": one.approved,
        "Per approved clip": one.per_approved and measure.figure(one.per_approved),
        "Takes per approved": one.takes_per_approved,
        "On rejected": measure.figure(one.rejected),
        "On failures": measure.figure(one.failed),
        "Repeat orders": measure.figure(one.repeated),
    }


def _each(amount: float | None, measure: Measure) -> str:
    if amount is None or not measure.is_dollars:
        return _tenths(amount)
    return measure.text(amount)


def _tenths(figure: float | None) -> str:
    return "—" if figure is None else f"{figure:,.1f}"
