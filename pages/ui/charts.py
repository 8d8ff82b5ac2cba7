"""Credits over time, as a line that grows and as bars by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core.storage.totals import DailyCredits

HEIGHT = 220
FORTNIGHT = timedelta(days=13)
"""The least that is shown."""
LABELS = 6
"""The most that fit below a chart of a phone."""
A_YEAR = 366


def cumulative(days: Sequence[DailyCredits], today: date) -> None:
    """The sum of credits up to each day. It starts at nothing, so that one day is a line too."""
    sums = {day.day: day.cumulative for day in days}
    start = min(days[0].day - timedelta(days=1), today - FORTNIGHT)
    line, so_far = {}, 0
    for day in _every_day(start, max(today, days[-1].day)):
        line[day] = so_far = sums.get(day, so_far)
    _draw(line, "Credits so far", "line", "Credits so far, by day")


def daily(days: Sequence[DailyCredits], since: date, until: date) -> None:
    """Credits of each day; a day without any is an empty place."""
    sums = {day.day: day.credits for day in days}
    bars = {day: sums.get(day, 0) for day in _every_day(since, until)}
    _draw(bars, "Credits", "bar", "Credits by day")


def labelled(days: Sequence[date]) -> list[date]:
    step = math.ceil(len(days) / LABELS)
    return list(days[::-1][::step][::-1])


def _every_day(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def _draw(figures: dict[date, int], name: str, mark: str, alt: str) -> None:
    days = list(figures)
    form = "%b %-d" if len(days) <= A_YEAR else "%b %-d, %Y"
    field: dict[str, Any] = {"field": "Day", "type": "ordinal", "title": None}
    axis = {
        "values": [day.isoformat() for day in labelled(days)],
        "labelExpr": f"utcFormat(toDate(datum.value), '{form}')",
        "labelAngle": 0,
    }
    amount = {"field": name, "type": "quantitative", "title": name, "stack": None}
    # Said here, because the figures reach the drawing after it has looked for its extent.
    scale = {"domain": [0, max(1, *figures.values())]}
    values = [{"Day": day.isoformat(), name: figure} for day, figure in figures.items()]
    st.vega_lite_chart(
        spec={
            "data": {"values": values},
            "mark": mark,
            "encoding": {
                "x": {**field, "axis": axis},
                "y": {**amount, "scale": scale},
                "tooltip": [
                    {"field": "Day", "type": "nominal"},
                    {"field": name, "type": "quantitative", "format": ","},
                ],
            },
        },
        height=HEIGHT,
        alt=alt,
    )
