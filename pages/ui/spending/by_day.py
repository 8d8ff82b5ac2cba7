"""Credits by day and so far, as charts and as a table, and what the month will come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.accounting import forecast
from core.accounting.spending import Measure
from core.storage.spending.bought import Bought
from pages.ui import charts, money
from pages.ui.spending import tables
from pages.ui.spending.periods import MONTH, Days

HOW = (
    "Spent so far, and for each day to come the mean of the last {days} days. The band is where"
    " eight of ten months would end whose days differ as much as those did."
)


def show(
    days: Days, spent: Sequence[Bought], month: forecast.Forecast | None, measure: Measure
) -> None:
    """`spent` are the sums of these days; `month` is what this month will come to."""
    by_day = {date.fromisoformat(str(day.value)): day for day in spent}
    if not by_day:
        st.caption("Nothing in this time.")
        return
    first = min(by_day) if days.first is None else days.first
    ahead = month if days.name == MONTH else None
    grid = st.grid(columns=2, min_column_width=300, gap="medium")
    with grid.cell():
        st.markdown(f"**{measure.unit} by {charts.bar_of(first, days.last)}**")
        bars = {
            day: (measure.figure(one.settled), measure.figure(one.pending))
            for day, one in by_day.items()
        }
        charts.spent(bars, first, days.last, measure.unit)
    with grid.cell():
        st.markdown(f"**{measure.unit} so far**")
        line = {day: measure.figure(one.spent) for day, one in by_day.items()}
        charts.so_far(line, first, days.last, _outlook(ahead, measure), measure.unit)
        if ahead:
            st.caption(money.escaped(_said(ahead, measure)), help=HOW.format(days=ahead.days))
    rows, name = _rows(by_day, measure), f"{measure.unit.lower()}-by-day"
    tables.folded(rows, name, f"{measure.unit} by day", in_dollars=measure.is_dollars)


def _outlook(month: forecast.Forecast | None, measure: Measure) -> charts.Outlook | None:
    if month is None:
        return None
    low, likely, high = map(measure.figure, (month.low, month.likely, month.high))
    return charts.Outlook(low, likely, high, month.until)


def _said(month: forecast.Forecast, measure: Measure) -> str:
    ends = (month.likely, month.low, month.high)
    likely, low, high = (measure.text(_rounded(one)) for one in ends)
    last = f"{month.until:%-d %B}"
    if low == high:
        return f"At this rate {likely} by {last}."
    return f"At this rate {likely} by {last}, most likely between {low} and {high}."


def _rounded(credits: int) -> int:
    """To two figures: it is a guess."""
    return round(credits, -max(0, len(str(credits)) - 2))


def _rows(by_day: dict[date, Bought], measure: Measure) -> list[dict[str, object]]:
    so_far, rows = 0, []
    for day, one in sorted(by_day.items()):
        so_far += one.spent
        rows.append(
            {
                "Day (UTC)": day,
                "Generations": one.generations,
                "Spent": measure.figure(one.settled),
                "Not final": measure.figure(one.pending),
                **({} if measure.is_dollars else {"Dollars": measure.worth(one.spent)}),
                "So far": measure.figure(so_far),
            }
        )
    return rows[::-1]
