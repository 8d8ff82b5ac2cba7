"""Credits by day and so far, as charts and as a table, and what the month will come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.accounting import forecast
from core.catalog.prices import CREDIT_USD
from core.storage.spending.bought import Bought
from pages.ui import charts
from pages.ui.spending import tables
from pages.ui.spending.periods import MONTH, Days

HOW = (
    "Spent so far, and for each day to come the mean of the last {days} days. The band is where"
    " eight of ten months would end whose days differ as much as those did."
)


def show(days: Days, spent: Sequence[Bought], month: forecast.Forecast | None) -> None:
    """`spent` are the sums of these days; `month` is what this month will come to."""
    by_day = {date.fromisoformat(str(day.value)): day for day in spent}
    if not by_day:
        st.caption("Nothing in this time.")
        return
    first = min(by_day) if days.first is None else days.first
    ahead = month if days.name == MONTH else None
    grid = st.grid(columns=2, min_column_width=300, gap="medium")
    with grid.cell():
        st.markdown(f"**Credits by {charts.bar_of(first, days.last)}**")
        bars = {day: (one.settled, one.pending) for day, one in by_day.items()}
        charts.spent(bars, first, days.last)
    with grid.cell():
        st.markdown("**Credits so far**")
        charts.so_far({day: one.spent for day, one in by_day.items()}, first, days.last, ahead)
        if ahead:
            st.caption(_said(ahead), help=HOW.format(days=ahead.days))
    tables.folded(_rows(by_day), "credits-by-day", "Credits by day")


def _said(month: forecast.Forecast) -> str:
    likely, low, high = (f"{_rounded(one):,}" for one in (month.likely, month.low, month.high))
    last = f"{month.until:%-d %B}"
    if low == high:
        return f"At this rate {likely} by {last}."
    return f"At this rate {likely} by {last}, most likely between {low} and {high}."


def _rounded(credits: int) -> int:
    """To two figures: it is a guess."""
    return round(credits, -max(0, len(str(credits)) - 2))


def _rows(by_day: dict[date, Bought]) -> list[dict[str, object]]:
    so_far, rows = 0, []
    for day, one in sorted(by_day.items()):
        so_far += one.spent
        rows.append(
            {
                "Day (UTC)": day,
                "Generations": one.generations,
                "Spent": one.settled,
                "Not final": one.pending,
                "Dollars": float(one.spent * CREDIT_USD),
                "So far": so_far,
            }
        )
    return rows[::-1]
