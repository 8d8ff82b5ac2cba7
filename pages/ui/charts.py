"""Credits over time, as bars by day and as a line that grows, and the dearest of several."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

HEIGHT = 220
BAR = 26
"""Pixels for each bar that lies."""
GIGABYTE = 1024**3
FORTNIGHT = timedelta(days=13)
"""The least that is shown."""
LABELS = 6
"""The most that fit below a chart of a phone."""
A_QUARTER = 92
"""Of more days the bars are months: single days would be too thin to see."""
A_YEAR = 366
STATES = ("Spent", "Not final")
PALE = {
    "field": "State",
    "type": "nominal",
    "scale": {"domain": STATES, "range": [1, 0.4]},
    "legend": {"title": None, "orient": "top", "symbolType": "square"},
}
"""What is not final is the same colour, but paler."""
Amounts = tuple[float, float]
"""Spent, and not final."""
CREDITS = "Credits"


@dataclass(frozen=True)
class Outlook:
    """Where the line is likely to be by `until`, and the band around it."""

    low: float
    likely: float
    high: float
    until: date


def spent(by_day: Mapping[date, Amounts], since: date, until: date, unit: str = CREDITS) -> None:
    """Credits or dollars of each day or month; one without any is an empty place."""
    first = min(since, until - FORTNIGHT)
    if bar_of(since, until) == "day":
        bars = {day: by_day.get(day, (0, 0)) for day in _every_day(first, until)}
        axis = _days_axis(list(bars))
    else:
        bars = _by_month(by_day, since, until)
        axis = {**_days_axis(list(bars)), "labelExpr": _dated("%b %Y")}
    bars_drawn = {
        "mark": "bar",
        "encoding": {
            "x": {"field": "Day", "type": "ordinal", "title": None, "axis": axis},
            "y": _amount(max(map(sum, bars.values())), unit),
            "order": {"field": "State", "sort": "descending"},
            "opacity": PALE,
            "tooltip": _told("Day", unit),
        },
    }
    rows = [
        {"Day": day.isoformat(), "State": state, unit: credits}
        for day, amounts in bars.items()
        for state, credits in zip(STATES, amounts, strict=True)
        if credits or state == STATES[0]
    ]
    _draw(rows, bars_drawn, f"{unit} by {bar_of(since, until)}")


def bar_of(since: date, until: date) -> str:
    return "day" if (until - since).days < A_QUARTER else "month"


def so_far(
    by_day: Mapping[date, float],
    since: date,
    until: date,
    ahead: Outlook | None = None,
    unit: str = CREDITS,
) -> None:
    """The running sum by day. It starts at 0, so that one day is a line too. With `ahead`, a band
    leads to where the month is likely to end."""
    line: dict[date, float] = {}
    total: float = 0
    for day in _every_day(min(since - timedelta(days=1), until - FORTNIGHT), until):
        line[day] = total = total + by_day.get(day, 0)
    rows: list[dict[str, Any]] = [{"Day": d.isoformat(), unit: c} for d, c in line.items()]
    shown = [*line]
    y = _amount(max(total, ahead.high if ahead else 0), unit)
    told = {"y": y, "tooltip": _told("Day", unit, state=False)}
    layers: list[dict[str, Any]] = [{"mark": "line", "encoding": told}]
    if ahead:
        layers += _band(y)
        if ahead.until > until:
            rows += _widening(until, total, ahead)
            shown = _every_day(shown[0], ahead.until)
    x = {
        "field": "Day",
        "type": "ordinal",
        "title": None,
        "axis": _days_axis(shown),
        "scale": {"domain": [day.isoformat() for day in shown]},
    }
    _draw(rows, {"encoding": {"x": x}, "layer": layers}, f"{unit} so far, by day")


def _widening(since: date, total: float, ahead: Outlook) -> list[dict[str, Any]]:
    ends = {since: (total, total, total), ahead.until: (ahead.low, ahead.likely, ahead.high)}
    return [
        {"Day": day.isoformat(), "Low": low, "Likely": likely, "High": high}
        for day, (low, likely, high) in ends.items()
    ]


def _band(y: Mapping[str, Any]) -> list[dict[str, Any]]:
    between = {"y": {**y, "field": "Low"}, "y2": {"field": "High"}}
    likely = {"y": {**y, "field": "Likely"}}
    return [
        {"mark": {"type": "area", "opacity": 0.2}, "encoding": between},
        {"mark": {"type": "line", "strokeDash": [3, 4], "opacity": 0.7}, "encoding": likely},
    ]


def ranked(named: Iterable[tuple[str, float, float]], unit: str = CREDITS) -> None:
    sums = list(named)
    names = list(dict.fromkeys(name for name, *_ in sums))
    bars = {
        "mark": "bar",
        "encoding": {
            "y": {
                "field": "Name",
                "type": "nominal",
                "title": None,
                "sort": {"field": "Place", "op": "min"},
                "axis": {"labelLimit": 140, "labelOverlap": False},
            },
            "x": {
                **_amount(max((spent + pending for _, spent, pending in sums), default=0), unit),
                "axis": {"tickCount": 5},
            },
            "order": {"field": "State", "sort": "descending"},
            "opacity": {**PALE, "legend": None},
            "tooltip": _told("Name", unit),
        },
    }
    rows = [
        {"Name": name, "State": state, unit: credits, "Place": place}
        for place, (name, *amounts) in enumerate(sums)
        for state, credits in zip(STATES, amounts, strict=True)
    ]
    _draw(rows, bars, f"{unit} by name, what cost most first", height=BAR * len(names) + 50)


def weekly(bytes_by_monday: Mapping[date, int]) -> None:
    """A bar for each week, in gigabytes or, if small, in megabytes."""
    most = max(bytes_by_monday.values(), default=0)
    unit, one = ("GB", GIGABYTE) if most >= GIGABYTE else ("MB", GIGABYTE / 1024)
    rows: list[dict[str, Any]] = [
        {"Week": monday.isoformat(), unit: round(size / one, 1)}
        for monday, size in bytes_by_monday.items()
    ]
    amount = {"field": unit, "type": "quantitative", "title": unit}
    week = {"field": "Week", "type": "ordinal", "title": None}
    bars = {
        "mark": "bar",
        "encoding": {
            "x": {**week, "axis": _days_axis(list(bytes_by_monday))},
            "y": {**amount, "scale": {"domain": [0, max(1, most / one)]}},
            "tooltip": [week, amount],
        },
    }
    _draw(rows, bars, f"{unit} that came in each week")


def labelled(days: Sequence[date]) -> list[date]:
    step = math.ceil(len(days) / LABELS)
    return list(days[::-1][::step][::-1])


def _every_day(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def _by_month(by_day: Mapping[date, Amounts], since: date, until: date) -> dict[date, Amounts]:
    settled: defaultdict[date, float] = defaultdict(float)
    pending: defaultdict[date, float] = defaultdict(float)
    for day, (charged, most) in by_day.items():
        settled[day.replace(day=1)] += charged
        pending[day.replace(day=1)] += most
    months = dict.fromkeys(day.replace(day=1) for day in _every_day(since, until))
    return {month: (settled[month], pending[month]) for month in months}


def _days_axis(days: Sequence[date]) -> dict[str, Any]:
    form = "%b %-d" if len(days) <= A_YEAR else "%b %-d, %Y"
    values = [day.isoformat() for day in labelled(days)]
    return {"values": values, "labelExpr": _dated(form), "labelAngle": 0}


def _dated(form: str) -> str:
    return f"utcFormat(toDate(datum.value), '{form}')"


def _amount(most: float, unit: str) -> dict[str, Any]:
    # Set here, as Vega looks for a domain before the figures arrive.
    scale = {"domain": [0, max(1, most) if unit == CREDITS else most or 1]}
    return {"field": unit, "type": "quantitative", "title": None, "scale": scale}


def _told(of: str, unit: str, *, state: bool = True) -> list[dict[str, str]]:
    told = [{"field": of, "type": "nominal"}, *([{"field": "State", "type": "nominal"}] * state)]
    return [
        *told,
        {"field": unit, "type": "quantitative", "format": "," if unit == CREDITS else "$,.2f"},
    ]


def _draw(rows: list[dict[str, Any]], drawing: dict[str, Any], alt: str, height: int = 0) -> None:
    spec = {"data": {"values": rows}, **drawing}
    st.vega_lite_chart(spec=spec, height=height or HEIGHT, alt=alt)
